/** The random keys in the paths of the webhooks: what their Secret holds, and when they change. Pure. */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { SecretData } from './authority.ts';
import { CERTIFICATE_TIMES } from './names.ts';

/** All three are accepted; `current` alone stands in the webhook configurations. */
export interface PathKeys {
  /** Every replica knows it for one period before it is used. */
  readonly next: string;
  readonly current: string;
  /** API servers that do not have the current one yet still use it. */
  readonly previous: string | undefined;
  /** Milliseconds since 1970: when `current` became current. */
  readonly since: number;
}

export type PathKeyStep =
  /** Nothing before that time. */
  | { readonly kind: 'keep'; readonly until: number; readonly keys: PathKeys }
  | { readonly kind: 'write'; readonly keys: PathKeys; readonly what: string };

const KEY_BYTES = 32;
/** In hexadecimal: the API server takes only small letters, digits, - and . in a path of a webhook. */
const KEY = /^[0-9a-f]{64}$/;

/** Undefined where it is not whole. */
export function readPathKeys(data: SecretData): PathKeys | undefined {
  const [next, current, previous] = [data.next, data.current, data.previous].map((text) =>
    text !== undefined && KEY.test(text) ? text : undefined,
  );
  const since = Date.parse(data.since ?? '');
  if (next === undefined || current === undefined || Number.isNaN(since)) return undefined;
  return { next, current, previous, since };
}

export function writePathKeys({ next, current, previous, since }: PathKeys): SecretData {
  const times = { since: new Date(since).toISOString() };
  return { next, current, ...(previous !== undefined && { previous }), ...times };
}

/**
 * @param published the key that stands in every webhook configuration, if there is one that does: until then no key
 * is taken away.
 */
export function decidePathKeys(
  stored: PathKeys | undefined,
  published: string | undefined,
  now: number,
  randomBytes: (length: number) => Uint8Array,
): PathKeyStep {
  const newKey = (): string => Buffer.from(randomBytes(KEY_BYTES)).toString('hex');
  if (stored === undefined) {
    const keys = { next: newKey(), current: newKey(), previous: undefined, since: now };
    return { kind: 'write', keys, what: 'Made keys, for there were none that are whole' };
  }
  const until = stored.since + CERTIFICATE_TIMES.pathKeyLife;
  const isAhead = stored.since > now + CERTIFICATE_TIMES.skew;
  if (published !== stored.current || (now < until && !isAhead)) return { kind: 'keep', until, keys: stored };
  const keys = { next: newKey(), current: stored.next, previous: stored.current, since: now };
  return { kind: 'write', keys, what: 'Put the next key in use' };
}

/** Takes the same time whichever it is. */
export function acceptsKey({ next, current, previous }: PathKeys, key: string): boolean {
  const shown = digest(key);
  const equal = [next, current, previous ?? current].map((one) => timingSafeEqual(digest(one), shown));
  return equal.includes(true);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
