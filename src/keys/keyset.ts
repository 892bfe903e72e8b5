/** A JSON Web Key Set (RFC 7517 section 5): the keys in it that can be used, and why the others cannot. */

import { isJsonObject } from '../base/json.ts';
import type { PublicJwk } from '../policy/policy.ts';
import { importJwk, isForOthers, type KeyUses, SIGNATURES } from './jwk.ts';
import type { VerificationKey } from './key.ts';

export const MAX_KEYS = 64;
/** The most members that are read: far more than any provider's set has. Reading takes time. */
export const MAX_MEMBERS = 512;

export interface SkippedKey {
  /** Its place in the set's `keys`. */
  readonly index: number;
  readonly kid?: string;
  /** Completes "the key …". */
  readonly problem: string;
  /** It is meant for something else, such as encryption: nothing is missing without it. */
  readonly isForOthers?: true;
}

export interface KeySet {
  readonly keys: readonly VerificationKey[];
  /** The same keys in the same order, as they are stored and sent. */
  readonly jwks: readonly PublicJwk[];
  readonly skipped: readonly SkippedKey[];
  /** Members behind the last skipped one that were not looked at. */
  readonly unseen: number;
  /** Present when the document is no key set at all. Completes "the document …". */
  readonly problem?: string;
}

/**
 * Imports the keys of a set, up to 64 that can be used. A key that cannot be used is skipped and does no harm to the
 * others; keys of one kid all stay. Never throws, whatever the argument is.
 */
export function importKeySet(document: unknown, uses: KeyUses = SIGNATURES): KeySet {
  if (!isJsonObject(document)) return notAKeySet('is not a JSON object');
  const members: unknown = document.keys;
  if (!Array.isArray(members)) return notAKeySet('has no array named keys');

  const keys: VerificationKey[] = [];
  const jwks: PublicJwk[] = [];
  const skipped: SkippedKey[] = [];
  for (const [index, member] of members.entries()) {
    const limit = limitReached(keys.length, index);
    if (limit !== undefined) {
      const left = members.slice(index);
      // Keys for something else do not count: without them nothing is missing.
      if (left.every(isForOthers)) break;
      skipped.push({ index, ...shortKid(member), problem: `and all after it are left out: ${limit}` });
      return { keys, jwks, skipped, unseen: left.length - 1 };
    }
    const imported = importJwk(member, uses);
    if (imported.kind === 'key') {
      keys.push(imported.key);
      jwks.push(imported.jwk);
    } else {
      const place = { index, ...shortKid(member), problem: imported.problem };
      skipped.push(isForOthers(member) ? { ...place, isForOthers: true } : place);
    }
  }
  return { keys, jwks, skipped, unseen: 0 };
}

function limitReached(usable: number, seen: number): string | undefined {
  if (usable === MAX_KEYS) return `no more than ${MAX_KEYS} keys of a set are used`;
  return seen === MAX_MEMBERS ? `no more than ${MAX_MEMBERS} members of a set are looked at` : undefined;
}

const notAKeySet = (problem: string): KeySet => ({ keys: [], jwks: [], skipped: [], unseen: 0, problem });

/** The kid, where it is one that a message can show. */
function shortKid(member: unknown): { readonly kid?: string } {
  const kid = isJsonObject(member) ? member.kid : undefined;
  return typeof kid === 'string' && kid !== '' && kid.length <= 256 ? { kid } : {};
}
