/** Questions to a policy server, as validators ask them, and others. */

import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import type { Authority } from '../../issuers/testing/certificates.ts';
import {
  ASKED_FIELD,
  FORMAT_FIELD,
  formatEntityTag,
  formatTakes,
  POLICY_PATH,
  REJECTED_FIELD,
  TAKES_ALL,
  TAKES_FIELD,
  type TakenMembers,
  TELLS_ROUTES_FIELD,
} from '../../policy/exchange.ts';
import { POLICY_FORMAT } from '../../policy/policy.ts';
import { WOULD_DENY_FIELD } from '../../policy/would-deny.ts';

export interface Question {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export async function ask(
  { port, authority }: { readonly port: number; readonly authority: Pick<Authority, 'certificate'> },
  { method = 'GET', path = POLICY_PATH, headers = {}, body, signal }: Question,
): Promise<Reply> {
  const asking = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    agent: false,
    ca: authority.certificate,
    // Whether it stays is to be the server's decision.
    headers: { connection: 'keep-alive', ...headers },
    ...(signal !== undefined && { signal }),
  });
  asking.end(body);
  const [response] = await once(asking, 'response');
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode, headers: response.headers, body: text };
}

export interface PollOptions {
  readonly version?: string;
  readonly rejected?: string;
  readonly asked?: string;
  readonly tellsRoutes?: string;
  /** Default: as one of this version does. Empty: as those did that did not say. */
  readonly takes?: TakenMembers;
  /** As it stands in the field. */
  readonly wouldDeny?: string;
  readonly gateway?: string;
  readonly signal?: AbortSignal;
}

export const FORMAT = { [FORMAT_FIELD]: String(POLICY_FORMAT) };

export function pollOf(
  token: string,
  { version, rejected, asked, tellsRoutes, takes = TAKES_ALL, wouldDeny, gateway, signal }: PollOptions = {},
): Question {
  return {
    path: gateway === undefined ? POLICY_PATH : `${POLICY_PATH}?gateway=${encodeURIComponent(gateway)}`,
    headers: {
      ...FORMAT,
      authorization: `Bearer ${token}`,
      ...(version !== undefined && { 'if-none-match': formatEntityTag(version) }),
      ...(asked !== undefined && { [ASKED_FIELD]: asked }),
      ...(takes.size > 0 && { [TAKES_FIELD]: formatTakes(takes) }),
      ...(tellsRoutes !== undefined && { [TELLS_ROUTES_FIELD]: tellsRoutes }),
      ...(wouldDeny !== undefined && { [WOULD_DENY_FIELD]: wouldDeny }),
      ...(rejected !== undefined && { [REJECTED_FIELD]: `${rejected}; cannot be read` }),
    },
    ...(signal !== undefined && { signal }),
  };
}
