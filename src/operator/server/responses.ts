/** Writes the answers of the policy server as HTTP. A refusal closes the connection: the next request may go to another replica. */

import type { ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { serializeRefreshed } from '../../policy/envelope.ts';
import {
  FORMAT_FIELD,
  formatEntityTag,
  formatKeysChecked,
  KEYS_CHECKED_FIELD,
} from '../../policy/exchange.ts';
import { POLICY_FORMAT, type PolicyUpdate } from '../../policy/policy.ts';
import type { PolicyBodies } from './bodies.ts';
import type { Refreshed } from './refresh.ts';
import type { PollRefusal } from './refusal.ts';
import type { ServedAnswer } from './served-answer.ts';

/** Milliseconds for which a validator may read its policy; it gives up after as long. */
export const READING_LIMIT = 30_000;

const COMMON = { [FORMAT_FIELD]: String(POLICY_FORMAT), 'cache-control': 'no-store' };

/** Returns the bytes of its body. */
export function writeAnswer(
  response: ServerResponse,
  answer: ServedAnswer,
  bodies: PolicyBodies,
  clock: Pick<Clock, 'after'>,
): number {
  switch (answer.kind) {
    case 'refusal':
      writeRefusal(response, answer);
      return 0;
    case 'nothingNew':
      response.writeHead(304, { ...COMMON, ...fieldsOf(answer.update) }).end();
      return 0;
    case 'policy': {
      const body = bodies.of(answer.update);
      const cancel = clock.after(READING_LIMIT, () => response.destroy());
      response.once('close', cancel);
      response
        .writeHead(200, {
          ...COMMON,
          ...fieldsOf(answer.update),
          'content-type': 'application/json',
          'content-length': body.length,
        })
        .end(body);
      return body.length;
    }
  }
}

export function writeRefreshed(
  response: ServerResponse,
  { version, retryAfter }: Extract<Refreshed, { readonly kind: 'refreshed' }>,
): void {
  const body = serializeRefreshed(version);
  response
    .writeHead(200, {
      ...COMMON,
      'retry-after': retryAfter,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    })
    .end(body);
}

export function writeRefusal(response: ServerResponse, { status, problem, headers }: PollRefusal): void {
  const body = `${problem}\n`;
  response
    .writeHead(status, {
      ...COMMON,
      ...headers,
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    })
    .end(body);
}

function fieldsOf({ policy, keysChecked }: PolicyUpdate): Readonly<Record<string, string>> {
  return {
    etag: formatEntityTag(policy.version),
    ...(keysChecked.size > 0 && { [KEYS_CHECKED_FIELD]: formatKeysChecked(keysChecked) }),
  };
}
