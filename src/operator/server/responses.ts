/** Answers as HTTP, with a policy's bytes written once for all. Refusals close the connection: the next question may belong to another replica. */

import type { ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { serializeEnvelope, serializeRefreshed } from '../../policy/envelope.ts';
import {
  FORMAT_FIELD,
  formatEntityTag,
  formatKeysChecked,
  KEYS_CHECKED_FIELD,
} from '../../policy/exchange.ts';
import { POLICY_FORMAT, type PolicyUpdate } from '../../policy/policy.ts';
import type { ServedAnswer } from './judge.ts';
import type { Refreshed } from './refresh.ts';
import type { PollRefusal } from './refusal.ts';

/** Milliseconds for which a validator may read its policy; it gives up after as long. */
export const READING_LIMIT = 30_000;

const COMMON = { [FORMAT_FIELD]: String(POLICY_FORMAT), 'cache-control': 'no-store' };

/** Returns the bytes of its body. */
export function writeAnswer(
  response: ServerResponse,
  answer: ServedAnswer,
  bodies: Bodies,
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

/** Policies as bytes: written once for all validators that have the same one. */
export interface Bodies {
  /** The very same buffer for the same policy, as long as it is among those that were wanted last. */
  of(update: Pick<PolicyUpdate, 'policy' | 'secrets'>): Buffer;
}

/** Bytes that are kept; the last one in any case. */
const MAX_BYTES = 16 * 1024 * 1024;

interface Body {
  readonly secrets: PolicyUpdate['secrets'];
  readonly bytes: Buffer;
}

export function createBodies(maxBytes = MAX_BYTES): Bodies {
  /** By version; those that were wanted last stand last. */
  const bodies = new Map<string, Body>();
  let total = 0;

  const remove = (version: string): void => {
    total -= bodies.get(version)?.bytes.length ?? 0;
    bodies.delete(version);
  };

  return {
    of({ policy, secrets }) {
      const { version } = policy;
      const known = bodies.get(version);
      const body =
        known !== undefined && haveSame(known.secrets, secrets)
          ? known
          : { secrets, bytes: Buffer.from(serializeEnvelope(policy, secrets)) };
      remove(version);
      bodies.set(version, body);
      total += body.bytes.length;
      for (const oldest of bodies.keys()) {
        if (total <= maxBytes || oldest === version) break;
        remove(oldest);
      }
      return body.bytes;
    },
  };
}

function haveSame(a: PolicyUpdate['secrets'], b: PolicyUpdate['secrets']): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  return [...a].every(([id, bytes]) => {
    const other = b.get(id);
    return other !== undefined && Buffer.compare(bytes, other) === 0;
  });
}
