/** A JSON Web Key Set (RFC 7517 section 5): the keys in it that can be used, and why the others cannot. */

import { isJsonObject } from '../matching/json.ts';
import type { PublicJwk } from '../policy/policy.ts';
import { importJwk } from './jwk.ts';
import type { VerificationKey } from './key.ts';

export const MAX_KEYS = 64;

export interface SkippedKey {
  /** Its place in the set's `keys`. */
  readonly index: number;
  readonly kid?: string;
  /** Completes "the key …". */
  readonly problem: string;
}

export interface KeySet {
  readonly keys: readonly VerificationKey[];
  /** The same keys in the same order, as they are stored and sent. */
  readonly jwks: readonly PublicJwk[];
  readonly skipped: readonly SkippedKey[];
  /** Present when the document is no key set at all. Completes "the document …". */
  readonly problem?: string;
}

/**
 * Imports the first 64 members of a key set. A key that cannot be used is skipped and does no harm to the
 * others; keys of one kid all stay. Never throws, whatever the argument is.
 */
export function importKeySet(document: unknown): KeySet {
  if (!isJsonObject(document)) return notAKeySet('is not a JSON object');
  const members: unknown = document.keys;
  if (!Array.isArray(members)) return notAKeySet('has no array named keys');

  const keys: VerificationKey[] = [];
  const jwks: PublicJwk[] = [];
  const skipped: SkippedKey[] = [];
  for (const [index, member] of members.slice(0, MAX_KEYS).entries()) {
    const imported = importJwk(member);
    if (imported.kind === 'key') {
      keys.push(imported.key);
      jwks.push(imported.jwk);
    } else {
      skipped.push({ index, ...shortKid(member), problem: imported.problem });
    }
  }
  if (members.length > MAX_KEYS) {
    const problem = `and all after it are ignored: a set may hold ${MAX_KEYS} keys, this one has ${members.length}`;
    skipped.push({ index: MAX_KEYS, ...shortKid(members[MAX_KEYS]), problem });
  }
  return { keys, jwks, skipped };
}

const notAKeySet = (problem: string): KeySet => ({ keys: [], jwks: [], skipped: [], problem });

/** The kid, where it is one that a message can show. */
function shortKid(member: unknown): { readonly kid?: string } {
  const kid = isJsonObject(member) ? member.kid : undefined;
  return typeof kid === 'string' && kid.length <= 256 ? { kid } : {};
}
