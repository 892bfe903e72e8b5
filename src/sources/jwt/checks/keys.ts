/** Which of a source's keys a token's signature is tried with; keys_unavailable and key_unknown where there are none. */

import type { Algorithm } from '../../../keys/algorithms.ts';
import { MAX_CANDIDATES, selectKeys } from '../../../keys/select.ts';
import { joined, shown, shownTime } from '../../shown.ts';
import { KEYS_UNAVAILABLE } from '../../verification.ts';
import { keyServesIssuer } from '../issuer.ts';
import type { Jws } from '../jws.ts';
import type { PreparedSource } from '../source.ts';
import type { SourceKeySelection, UnsignedCheck, UnsignedLook } from './look.ts';

export function selectFor(source: PreparedSource, alg: Algorithm, jws: Jws): SourceKeySelection {
  if (source.keys.kind === 'unavailable') return { kind: 'unavailable' };
  return selectKeys(source.keys.keys, {
    kid: jws.keyId,
    alg,
    areFetched: areFetched(source),
    serves: (key) => keyServesIssuer(key.issuer, source, jws.claims),
  });
}

export const areFetched = ({ policy }: PreparedSource): boolean => policy.maxStale !== undefined;

/** Fetched keys serve for maxStale after the last good fetch, and not at all before the first. */
export function isStale(source: PreparedSource, now: number): boolean {
  const { maxStale } = source.policy;
  if (maxStale === undefined) return false;
  return source.checkedAt === undefined || now - source.checkedAt > maxStale;
}

/** Returns the keys of a selection; none of one that a check refuses. */
export const selectedKeys = (selection: SourceKeySelection) =>
  selection.kind === 'keys' ? selection.keys : [];

export const KEYS_AVAILABLE: UnsignedCheck = {
  problem: ({ selection, source, now }) =>
    selection.kind === 'unavailable' || isStale(source, now) ? KEYS_UNAVAILABLE : undefined,
  findings({ source: { keys, checkedAt, policy } }, problem) {
    if (problem === undefined) return [];
    if (keys.kind === 'unavailable') return [keys.problem];
    if (checkedAt === undefined) return ['The keys were never fetched'];
    return [`The keys were last fetched at ${shownTime(checkedAt)}; they serve for ${policy.maxStale} s`];
  },
};

export const KEY_KNOWN: UnsignedCheck = {
  problem({ selection, jws }) {
    if (selection.kind === 'unknown') {
      return { reason: 'key_unknown', detail: "The issuer's keys do not include the token's." };
    }
    if (selection.kind !== 'too_many') return undefined;
    const names = jws.keyId === undefined ? 'names no key (kid)' : "names none of the issuer's keys (kid)";
    return {
      reason: 'key_unknown',
      detail: `The token ${names}, and ${selection.fitting} keys fit its algorithm: no more than ${MAX_CANDIDATES} can be tried.`,
    };
  },
  findings(look) {
    const { jws, source } = look;
    if (source.keys.kind === 'unavailable') return [];
    const { keys } = source.keys;
    const named = jws.keyId === undefined ? [] : keys.filter(({ kid }) => kid === jws.keyId);
    if (named.length === 0) {
      const found = jws.keyId === undefined ? 'no kid' : `kid ${shown(jws.keyId)}`;
      const known = keys.map(({ kid }) => (kid === undefined ? 'without kid' : shown(kid)));
      return [`${found}; keys: ${joined(known)}${tried(look)}`];
    }
    return named.map(({ type: kind, curve, thumbprint, issuer }) => {
      const print = thumbprint === undefined ? '' : `, thumbprint ${thumbprint}`;
      const serves = keyServesIssuer(issuer, source, jws.claims);
      const foreign = serves ? '' : `, which says that it is for tokens of ${shown(issuer)} alone`;
      return `kid ${shown(jws.keyId)}: ${curve ?? kind} key${print}${foreign}`;
    });
  },
};

/** What is done with the keys of which the token names none. */
function tried({ selection, algorithm }: UnsignedLook): string {
  switch (selection.kind) {
    case 'keys':
      return `; tried with ${selection.keys.length} that ${selection.keys.length === 1 ? 'fits' : 'fit'} ${algorithm}`;
    case 'too_many':
      return `; ${selection.fitting} fit ${algorithm}, and no more than ${MAX_CANDIDATES} can be tried`;
    default:
      return '';
  }
}
