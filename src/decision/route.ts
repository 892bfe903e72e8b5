/** Which rule decides: the first that matches, and the same one under every reading of the path. */

import { detoursOf } from '../matching/detours.ts';
import { withoutTrailingSlash } from '../matching/folding.ts';
import { NO_PARAMS, type PathParams, type PathPattern } from '../matching/paths.ts';
import { pathReadings, type Reading } from '../matching/readings.ts';
import type { PathMatching } from '../policy/policy.ts';
import { type Effort, newEffort } from '../regex/machine.ts';
import type { PreparedRule, RuledBinding } from './binding.ts';
import { type Candidates, candidatesFor, type RouteInput, rulesFor } from './candidates.ts';

/** The path as one server could read it, with the parameters that the rule's template found in it. */
export interface RoutedReading {
  readonly path: string;
  readonly params: PathParams;
}

export type RoutedRule =
  /** No rule matched: a token is required and nothing more. */
  | {
      readonly kind: 'rule';
      readonly rule: PreparedRule | undefined;
      readonly readings: readonly RoutedReading[];
    }
  | { readonly kind: 'ambiguous'; readonly detail: string };

export function route(binding: RuledBinding, asking: RouteInput, path: string): RoutedRule {
  const candidates = candidatesFor(binding.rules, asking);
  if (!binding.readsPath) {
    const rule = rulesFor(candidates, () => true)[0];
    return { kind: 'rule', rule, readings: [{ path, params: NO_PARAMS }] };
  }
  if (path.length > MAX_PATH_LENGTH)
    return { kind: 'ambiguous', detail: 'The path is too long to be judged.' };
  const found = pathReadings(path, binding.judgement.pathMatching, binding.patternsVary);
  if (found.kind !== 'readings') return { kind: 'ambiguous', detail: UNREADABLE[found.kind] };
  const effort = newEffort();
  const matches = found.readings.map((reading) => ({ reading, ...firstRule(candidates, reading, effort) }));
  const rule = matches[0]?.rule;
  const elsewhere = matches.some(
    (match) =>
      match.rule === rule && otherWays(candidates, match, binding.judgement.pathMatching, effort).length > 0,
  );
  if (effort.left < 0) {
    return { kind: 'ambiguous', detail: 'It takes too much work to compare the path with so many patterns.' };
  }
  if (matches.some((match) => match.rule !== rule)) {
    return { kind: 'ambiguous', detail: 'Servers read this path differently, and the rules would too.' };
  }
  if (elsewhere) return { kind: 'ambiguous', detail: ELSEWHERE };
  const readings = matches.flatMap(({ reading, pattern }) => spellings(reading, pattern.params));
  return { kind: 'rule', rule, readings: readings.length > 1 ? distinct(readings) : readings };
}

const ELSEWHERE =
  'Some frameworks route this path like another one, by its suffix (/x.json) or behind a script (/index.php/x), and the rules would judge that one differently.';

const UNREADABLE = {
  malformed:
    'A percent sign in the path begins no escape, and servers differ in what they read there; a plain one is written %25.',
  too_many: 'The path can be read in too many ways.',
} as const;

/** Characters; a longer path is refused. Expressions have the same bound, and every reading of a path costs time. */
export const MAX_PATH_LENGTH = 8192;

interface Matched {
  readonly rule: PreparedRule | undefined;
  readonly pattern: PathPattern;
}

/** Returns the first rule that matches a reading. Not meaningful once the effort is spent. */
export function firstRule(candidates: Candidates, reading: Reading, effort: Effort): Matched {
  const rules = rulesFor(candidates, (rule) => takenBy(rule, reading, effort) !== undefined);
  for (const rule of rules) {
    const pattern = takenBy(rule, reading, effort);
    if (effort.left < 0) break;
    if (pattern !== undefined) return { rule, pattern };
  }
  return { rule: undefined, pattern: ANY_PATH };
}

/**
 * Where a framework could lead the request, by a suffix or a script, that another rule guards. A rule whose pattern
 * spells the suffix or the script speaks of that very path.
 */
export function otherWays(
  candidates: Candidates,
  { reading, rule }: { readonly reading: Reading; readonly rule: PreparedRule | undefined },
  settings: PathMatching,
  effort: Effort,
): readonly { readonly path: string; readonly rule: PreparedRule | undefined }[] {
  const ways: { readonly path: string; readonly rule: PreparedRule | undefined }[] = [];
  for (const { path: made, segments } of detoursOf(reading.path, settings)) {
    const path = reading.foldSlash ? withoutTrailingSlash(made) : made;
    effort.left -= Math.ceil(path.length / CHARACTERS_A_STEP);
    if (effort.left < 0) break;
    const other = firstRule(candidates, { ...reading, path, unfolded: path }, effort).rule;
    if (other === rule) continue;
    const isSpelled = rule?.patterns.some(
      (pattern) => segments.some((segment) => pattern.spells(segment)) && takes(pattern, reading, effort),
    );
    if (isSpelled !== true) ways.push({ path, rule: other });
  }
  return ways;
}

/** Of a path that is cut, and compared with many patterns. */
const CHARACTERS_A_STEP = 4;

/** The pattern by which a rule takes the reading. */
function takenBy(rule: PreparedRule, reading: Reading, effort: Effort): PathPattern | undefined {
  if (rule.patterns.length === 0) return ANY_PATH;
  return rule.patterns.find((pattern) => takes(pattern, reading, effort));
}

function takes(pattern: PathPattern, reading: Reading, effort: Effort): boolean {
  effort.left -= pattern.cost;
  return effort.left >= 0 && pattern.matches(reading, effort);
}

const ANY_PATH: PathPattern = {
  varies: false,
  cost: 0,
  matches: () => true,
  spells: () => false,
  params: () => NO_PARAMS,
};

/**
 * An app that compares paths loosely may still hand them on as they came, so expressions are asked about
 * both. A slash at the end belongs to no parameter.
 */
function spellings(
  { path, unfolded }: Reading,
  params: (path: string) => PathParams,
): readonly RoutedReading[] {
  return (path === unfolded ? [path] : [path, unfolded]).map((text) => ({
    path: text,
    params: params(text),
  }));
}

/** Kinds of servers differ in how they compare, and often not in the text: no expression is to be asked twice. */
function distinct(readings: readonly RoutedReading[]): readonly RoutedReading[] {
  const seen = new Set<string>();
  return readings.filter(({ path, params }) => {
    const key = params === NO_PARAMS ? path : JSON.stringify([path, params]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
