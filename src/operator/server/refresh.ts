/** Requests of validators that met an unknown kid: each has the keys of one source of the validator's own policy fetched. */

import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { parseRefresh } from '../../policy/envelope.ts';
import type { Caller } from './caller.ts';
import { type PollRefusal, pollRefusal, unavailable } from './refusal.ts';
import type { ServedPolicy } from './served-policies.ts';

export type Refreshed =
  | {
      readonly kind: 'refreshed';
      readonly version: string;
      /** Seconds until it is of use to ask again. */
      readonly retryAfter: string;
    }
  | PollRefusal;

interface RefreshParts {
  /** The asker's own, as it is at that moment. */
  readonly entry: () => ServedPolicy;
  /** What the asker has in force, as far as it has said. */
  readonly acknowledged: string | undefined;
  /** Undefined within the source's cooldown. Resolves when what was fetched is in the policy. */
  readonly refreshKeys: (sourceUid: string) => Promise<void> | undefined;
  /** The source's `unknownKeyCooldown`, in seconds; undefined = its keys are not fetched. */
  readonly refreshCooldown: (sourceUid: string) => number | undefined;
  readonly clock: Pick<Clock, 'after'>;
}

/** A validator waits for 15 s. */
export const REFRESH_ANSWER_LIMIT = 14_000;
/** Of a source that has just gone: a source's default, in seconds. */
const USUAL_COOLDOWN = 30;

async function refresh(body: string, parts: RefreshParts): Promise<Refreshed> {
  const uid = parseRefresh(body);
  if (uid === undefined) return pollRefusal(400, 'the body must be {"source": "<uid>"}');
  const entry = parts.entry();
  if (entry.kind === 'notReady') return unavailable('the cluster has not been read yet');
  if (entry.kind === 'behind') return unavailable('the policy is being compiled');
  const source =
    entry.kind === 'policy'
      ? entry.update.policy.sources.find((candidate) => candidate.uid === uid)
      : undefined;
  // The response must not show whether the policy of another pod has such a source.
  if (source?.maxStale === undefined)
    return pollRefusal(404, 'there is no such source in the policy of this pod');
  const retryAfter = String(Math.max(1, Math.ceil(parts.refreshCooldown(uid) ?? USUAL_COOLDOWN)));
  const fetching = parts.refreshKeys(uid);
  if (fetching === undefined) {
    const version = versionOf(parts.entry());
    // Another validator has just asked for the same keys, and the new policy is on its way.
    if (version !== undefined && version !== parts.acknowledged)
      return { kind: 'refreshed', version, retryAfter };
    return pollRefusal(429, 'the keys of this source were asked for just now', { 'retry-after': retryAfter });
  }
  const late = Promise.withResolvers<'late'>();
  const cancel = parts.clock.after(REFRESH_ANSWER_LIMIT, () => late.resolve('late'));
  const how = await Promise.race([fetching, late.promise]).finally(cancel);
  const version = versionOf(parts.entry());
  if (how === 'late' || version === undefined) return unavailable('the keys are still being fetched');
  return { kind: 'refreshed', version, retryAfter };
}

function versionOf(entry: ServedPolicy): string | undefined {
  return entry.kind === 'policy' ? entry.update.policy.version : undefined;
}

export interface RefreshRequests {
  /** Undefined: the caller has closed its connection. `parts` is called when the body has been read. */
  answer(
    caller: Caller,
    request: IncomingMessage,
    parts: () => Pick<RefreshParts, 'entry' | 'acknowledged'>,
  ): Promise<Refreshed | undefined>;
}

const MAX_BODY_BYTES = 1024;
/** A validator has one request under way for each of its sources. */
const MAX_PER_POD = 32;

/** Limits the body of each request, and the requests of one pod at a time. */
export function createRefreshRequests(
  common: Pick<RefreshParts, 'refreshKeys' | 'refreshCooldown' | 'clock'>,
): RefreshRequests {
  const underWay = new Map<string, number>();

  const readAndRefresh = async (
    request: IncomingMessage,
    parts: () => Pick<RefreshParts, 'entry' | 'acknowledged'>,
  ): Promise<Refreshed | undefined> => {
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body.kind === 'cut') return undefined;
    if (body.kind === 'tooLong') return pollRefusal(413, `at most ${MAX_BODY_BYTES} bytes`);
    return refresh(body.text, { ...common, ...parts() });
  };

  return {
    async answer({ uid }, request, parts) {
      const others = underWay.get(uid) ?? 0;
      if (others >= MAX_PER_POD) return pollRefusal(429, 'too many reports at once');
      underWay.set(uid, others + 1);
      try {
        return await readAndRefresh(request, parts);
      } finally {
        const left = (underWay.get(uid) ?? 1) - 1;
        if (left > 0) underWay.set(uid, left);
        else underWay.delete(uid);
      }
    },
  };
}

type RequestBody =
  | { readonly kind: 'body'; readonly text: string }
  | { readonly kind: 'tooLong' }
  /** The connection was closed before the end of the body. */
  | { readonly kind: 'cut' };

async function readBody(message: IncomingMessage, maxBytes: number): Promise<RequestBody> {
  if (Number(message.headers['content-length'] ?? 0) > maxBytes) return { kind: 'tooLong' };
  const chunks: Buffer[] = [];
  let length = 0;
  const { promise, resolve } = Promise.withResolvers<RequestBody>();
  message.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= maxBytes) chunks.push(chunk);
    else resolve({ kind: 'tooLong' });
  });
  message.once('end', () => resolve({ kind: 'body', text: Buffer.concat(chunks).toString() }));
  message.once('close', () => resolve({ kind: 'cut' }));
  message.once('error', () => resolve({ kind: 'cut' }));
  return promise;
}
