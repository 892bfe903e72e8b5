/** Reads the head of a request as a poll or a refresh, and refuses everything else. Pure. */

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import {
  ASKED_FIELD,
  FORMAT_FIELD,
  GATEWAY_PARAMETER,
  isGatewayName,
  POLICY_PATH,
  parseEntityTag,
  parseRejection,
  parseTakes,
  REFRESH_PATH,
  REJECTED_FIELD,
  type Rejection,
  speaksOurFormat,
  TAKES_FIELD,
  type TakenMembers,
  TELLS_ROUTES_FIELD,
} from '../../policy/exchange.ts';
import { POLICY_FORMAT } from '../../policy/policy.ts';
import { parseWouldDeny, WOULD_DENY_FIELD, type WouldDenyReport } from '../../policy/would-deny.ts';
import { type Bearer, NO_TOKEN, readBearer } from './caller.ts';
import { type PollRefusal, pollRefusal } from './refusal.ts';

export interface PollReport {
  /** The policy in force; undefined = none. */
  readonly version: string | undefined;
  readonly rejected: Rejection | undefined;
  /** Of a gateway's validator: whether it has been asked to judge a request so far. Undefined: it does not say. */
  readonly wasAsked: boolean | undefined;
  /** Of a gateway's validator: whether all checks of late have said which route matched. Undefined: it does not say. */
  readonly tellsRoutes: boolean | undefined;
  /** The members that it knows of those that not every version does. */
  readonly takes: TakenMembers;
}

export type PollQuestion =
  | {
      readonly kind: 'poll';
      readonly bearer: Bearer;
      readonly gateway: string | undefined;
      readonly asked: PollReport;
      /** Beside the report, which is kept and compared: this is summed up. */
      readonly wouldDeny: WouldDenyReport | undefined;
    }
  | { readonly kind: 'refresh'; readonly bearer: Bearer };

export type RequestHead = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'headersDistinct'>;

const METHODS: Readonly<Record<string, string>> = { [POLICY_PATH]: 'GET', [REFRESH_PATH]: 'POST' };

export function readQuestion({
  method,
  url,
  headers,
  headersDistinct,
}: RequestHead): PollQuestion | PollRefusal {
  const [, path = '', query] = /^([^?]*)(?:\?(.*))?$/s.exec(url ?? '') ?? [];
  const allowed = Object.hasOwn(METHODS, path) ? METHODS[path] : undefined;
  if (allowed === undefined) return pollRefusal(404, `there are ${Object.keys(METHODS).join(' and ')}`);
  if (method !== allowed) return pollRefusal(405, `${path} takes ${allowed}`, { allow: allowed });
  if (!speaksOurFormat(field(headers, FORMAT_FIELD))) {
    return pollRefusal(
      406,
      `${FORMAT_FIELD} must be ${POLICY_FORMAT}: validator and operator do not fit together`,
    );
  }
  // Of several Node.js would take the first, and say nothing.
  if ((headersDistinct.authorization?.length ?? 0) > 1)
    return pollRefusal(400, 'authorization stands there twice');
  const bearer = readBearer(headers.authorization);
  if (bearer === undefined) {
    return pollRefusal(NO_TOKEN.status, NO_TOKEN.problem, { 'www-authenticate': 'Bearer' });
  }
  if (path === REFRESH_PATH) {
    return query === undefined ? { kind: 'refresh', bearer } : pollRefusal(400, `${path} takes no query`);
  }
  if (hasBody(headers)) return pollRefusal(400, `${path} takes no body`);
  const gateway = query === undefined ? undefined : readGateway(query);
  if (gateway === false) {
    return pollRefusal(400, `the query may hold one ${GATEWAY_PARAMETER}, as namespace/name`);
  }
  const asked = readAsked(headers);
  if ('kind' in asked) return asked;
  const wouldDeny = parseWouldDeny(field(headers, WOULD_DENY_FIELD));
  return { kind: 'poll', bearer, gateway, asked, wouldDeny };
}

/** False for any other query. */
function readGateway(query: string): string | false {
  const parameters = [...new URLSearchParams(query)];
  const [name, value = ''] = parameters[0] ?? [];
  return parameters.length === 1 && name === GATEWAY_PARAMETER && isGatewayName(value) && value;
}

function readAsked(headers: IncomingHttpHeaders): PollReport | PollRefusal {
  const tag = headers['if-none-match'];
  const version = parseEntityTag(tag);
  if (tag !== undefined && version === undefined)
    return pollRefusal(400, 'if-none-match must hold one version');
  const report = headers[REJECTED_FIELD];
  const rejected = parseRejection(field(headers, REJECTED_FIELD));
  if (report !== undefined && rejected === undefined) {
    return pollRefusal(400, `${REJECTED_FIELD} must hold a version and a reason`);
  }
  return {
    version,
    rejected,
    wasAsked: readFlag(field(headers, ASKED_FIELD)),
    tellsRoutes: readFlag(field(headers, TELLS_ROUTES_FIELD)),
    takes: parseTakes(field(headers, TAKES_FIELD)),
  };
}

function readFlag(text: string | undefined): boolean | undefined {
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** Node.js joins repeated fields of ours, which then cannot be read. */
function field(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
