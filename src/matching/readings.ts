/** Every path that a server could make of the one that the client sent. */

import type { PathMatching } from '../policy/policy.ts';
import { fold, withoutTrailingSlash } from './folding.ts';
import { formsOf } from './forms.ts';

/** A path as some server reads it. */
export interface Reading {
  /** With `foldCase` in lower case, with `foldSlash` without a slash at its end (the root apart). */
  readonly path: string;
  /** The same before it was folded, as an app may hand it on. */
  readonly unfolded: string;
  /** This server compares paths without regard to case. */
  readonly foldCase: boolean;
  /** This server ignores a slash at the end. */
  readonly foldSlash: boolean;
}

export type PathReadings =
  | { readonly kind: 'readings'; readonly readings: readonly [Reading, ...Reading[]] }
  /** An escape in it is malformed, as it was sent or after one decoding: servers disagree about its meaning. */
  | { readonly kind: 'malformed' }
  /** The work is bounded, and this path exceeds the bounds: it cannot be judged, only refused. */
  | { readonly kind: 'too_many' };

/**
 * The readings of a path, given without its query; the path as it was sent is the first of them, folded
 * where the settings say that the server folds. A path that holds nothing to disagree about has one.
 *
 * A path that is not in origin form is also read as the rooted path that servers make of it. `patternsVary`
 * says that some pattern in use tells cases or trailing slashes apart by its own text, so that even a plain
 * path must be tried folded and not folded.
 */
export function pathReadings(path: string, settings: PathMatching, patternsVary: boolean): PathReadings {
  if (PLAIN.test(path) && !patternsVary) {
    return { kind: 'readings', readings: [{ path, unfolded: path, foldCase: false, foldSlash: false }] };
  }
  if (UNDISGUISED.test(path)) {
    return { kind: 'readings', readings: foldings([path], settings, patternsVary) };
  }
  const found = formsOf(path);
  if (found.kind !== 'forms') return { kind: found.kind };
  return { kind: 'readings', readings: foldings([path, ...found.forms], settings, patternsVary) };
}

/**
 * Nothing here is transformed: no escape, parameter, backslash, empty segment, delimiter, control or
 * non-ASCII character, and no segment that begins with a dot.
 */
const UNDISGUISED = /^\/(?:[!"$&-\-0-:<->@-[\]^-~][!"$&-.0-:<->@-[\]^-~]*(?:\/|$))*$/;

/** Nor is anything folded: no capital, no slash at the end. */
const PLAIN = /^(?:\/|(?:\/[!"$&-\-0-:<->@[\]^-~][!"$&-.0-:<->@[\]^-~]*)+)$/;

/** Each text under each kind of server that the settings allow for, without those that cannot differ. */
function foldings(
  paths: readonly [string, ...string[]],
  settings: PathMatching,
  patternsVary: boolean,
): readonly [Reading, ...Reading[]] {
  const seen = new Set<string>();
  const readings = paths
    .flatMap((path) => foldedEachWay(path, settings))
    .filter((reading) => {
      const { path, unfolded, foldCase, foldSlash } = reading;
      const server = patternsVary ? `${foldCase} ${foldSlash} ` : '';
      const key = `${server}${path}${path === unfolded ? '' : ` ${unfolded}`}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  const [first, ...others] = readings;
  return first === undefined
    ? [{ path: paths[0], unfolded: paths[0], foldCase: false, foldSlash: false }]
    : [first, ...others];
}

const CASES = { Sensitive: [false], Insensitive: [true], Unknown: [false, true] } as const;
const SLASHES = { Distinct: [false], Ignore: [true], Unknown: [false, true] } as const;

function foldedEachWay(unfolded: string, settings: PathMatching): readonly Reading[] {
  return CASES[settings.case].flatMap((foldCase) => {
    const cased = foldCase ? fold(unfolded) : unfolded;
    return SLASHES[settings.trailingSlash].map((foldSlash) => {
      const path = foldSlash ? withoutTrailingSlash(cased) : cased;
      return { path, unfolded, foldCase, foldSlash };
    });
  });
}
