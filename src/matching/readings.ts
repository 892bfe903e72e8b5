/** Every path that a server could make of the one that the client sent. */

import type { PathMatching } from '../policy/policy.ts';
import { hasMalformedEscape, hidesEscape } from './escapes.ts';
import { fold, withoutTrailingSlash } from './folding.ts';
import { decodings, repairs, texts } from './transformations.ts';

/** A path as some server reads it. */
export interface Reading {
  /** With `foldCase` in lower case, with `foldSlash` without a slash at its end (the root apart). */
  readonly path: string;
  /** The same before it was folded, as an app may hand it on. */
  readonly unfolded: string;
  /** This server compares paths without regard to case. */
  readonly foldCase: boolean;
  /** To this server a slash at the end makes no difference. */
  readonly foldSlash: boolean;
}

export type PathReadings =
  | { readonly kind: 'readings'; readonly readings: readonly [Reading, ...Reading[]] }
  /** An escape in it is malformed, as it was sent or after one decoding: servers disagree about what it stands for. */
  | { readonly kind: 'malformed' }
  /** The work is bounded, and this path exceeds the bounds: it cannot be judged, only refused. */
  | { readonly kind: 'too_many' };

/**
 * The readings of a path, given without its query; the path as it was sent is the first of them, folded
 * where the settings say that the server folds. A path that holds nothing to disagree about has one.
 *
 * A path that is not in origin form is also read as the rooted path that servers make of it. `patternsVary` says that some pattern in use tells cases or trailing
 * slashes apart by its own text, so that even a plain path must be tried folded and not folded.
 */
export function pathReadings(path: string, settings: PathMatching, patternsVary: boolean): PathReadings {
  if (PLAIN.test(path) && !patternsVary) {
    return { kind: 'readings', readings: [{ path, unfolded: path, foldCase: false, foldSlash: false }] };
  }
  if (UNDISGUISED.test(path)) {
    return { kind: 'readings', readings: foldings([path], settings, patternsVary) };
  }
  const closed = closure(path);
  if (closed.kind !== 'forms') return closed;
  return { kind: 'readings', readings: foldings([path, ...closed.forms], settings, patternsVary) };
}

/**
 * Nothing here is transformed: no escape, parameter, backslash, empty segment, delimiter, control or
 * non-ASCII character, and no segment that begins with a dot.
 */
const UNDISGUISED = /^\/(?:[!"$&-\-0-:<->@-[\]^-~][!"$&-.0-:<->@-[\]^-~]*(?:\/|$))*$/;

/** Nor is anything folded: no capital, no slash at the end. */
const PLAIN = /^(?:\/|(?:\/[!"$&-\-0-:<->@[\]^-~][!"$&-.0-:<->@[\]^-~]*)+)$/;

/** Servers decode once; a proxy before them may have done so too. */
const MOST_DECODINGS = 2;
const MOST_FORMS = 64;
const MOST_CHARACTERS = 64 * 1024;

type Closure =
  | { readonly kind: 'forms'; readonly forms: readonly string[] }
  | { readonly kind: 'malformed' | 'too_many' };

/** All that the transformations make of a path, in whatever order they are applied, as text. */
function closure(path: string): Closure {
  if (hasMalformedEscape(path)) return { kind: 'malformed' };
  const forms = new Set<string>();
  let characters = 0;
  const within = () => forms.size <= MOST_FORMS && characters <= MOST_CHARACTERS;
  const addNew = (form: string, to: string[]) => {
    if (forms.has(form)) return;
    forms.add(form);
    to.push(form);
    characters += form.length;
  };
  let fresh = texts.toBytes(path);
  for (let decoded = 0; decoded <= MOST_DECODINGS; decoded++) {
    const level: string[] = [];
    for (const form of fresh) addNew(form, level);
    // `level` grows while it is walked, until no repair yields anything new.
    for (const form of level) {
      for (const repair of repairs) addNew(repair(form), level);
      if (!within()) return { kind: 'too_many' };
    }
    if (!within()) return { kind: 'too_many' };
    if (decoded === 1 && level.flatMap(texts.fromBytes).some(hidesEscape)) return { kind: 'malformed' };
    fresh = level.flatMap((form) => decodings.map((decode) => decode(form)));
  }
  return { kind: 'forms', forms: [...forms].flatMap(texts.fromBytes) };
}

/** Each text under each kind of server that the settings allow for, without those that cannot differ. */
function foldings(
  paths: readonly [string, ...string[]],
  settings: PathMatching,
  patternsVary: boolean,
): readonly [Reading, ...Reading[]] {
  const kinds = serverKinds(settings);
  const seen = new Set<string>();
  const readings: Reading[] = [];
  for (const path of paths) {
    for (const { foldCase, foldSlash } of kinds) {
      const slashed = foldSlash ? withoutTrailingSlash(path) : path;
      const folded = foldCase ? fold(slashed) : slashed;
      const key = `${patternsVary ? `${foldCase} ${foldSlash} ` : ''}${folded}${folded === path ? '' : ` ${path}`}`;
      if (seen.has(key)) continue;
      seen.add(key);
      readings.push({ path: folded, unfolded: path, foldCase, foldSlash });
    }
  }
  const [first, ...others] = readings;
  return first === undefined
    ? [{ path: paths[0], unfolded: paths[0], foldCase: false, foldSlash: false }]
    : [first, ...others];
}

type ServerKind = Pick<Reading, 'foldCase' | 'foldSlash'>;

const CASES = { Sensitive: [false], Insensitive: [true], Unknown: [false, true] } as const;
const SLASHES = { Distinct: [false], Ignore: [true], Unknown: [false, true] } as const;

function serverKinds(settings: PathMatching): readonly ServerKind[] {
  return CASES[settings.case].flatMap((foldCase) =>
    SLASHES[settings.trailingSlash].map((foldSlash) => ({ foldCase, foldSlash })),
  );
}
