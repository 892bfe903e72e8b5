/** Which rule decides: the first that matches, and the same one under every reading of the path. */

import { hostMatches } from '../matching/hosts.ts';
import { NO_PARAMS, type PathParams } from '../matching/paths.ts';
import { pathReadings, type Reading } from '../matching/readings.ts';
import type { PreparedRule, RuledBinding } from './binding.ts';

/** The path as one server could read it, with the parameters that the rule's template found in it. */
export interface RoutedReading {
  readonly path: string;
  readonly params: PathParams;
}

export type Route =
  /** No rule matched: a token is required and nothing more. */
  | {
      readonly kind: 'rule';
      readonly rule: PreparedRule | undefined;
      readonly readings: readonly RoutedReading[];
    }
  | { readonly kind: 'ambiguous'; readonly detail: string };

const noParams = () => NO_PARAMS;

export function route(binding: RuledBinding, method: string, host: string, path: string): Route {
  const rules = binding.rules.filter(({ policy: { match } }) => matchesRequest(match, method, host));
  if (!binding.readsPath) {
    return { kind: 'rule', rule: rules[0], readings: [{ path, params: NO_PARAMS }] };
  }
  if (path.length > MAX_PATH_LENGTH)
    return { kind: 'ambiguous', detail: 'The path is too long to be judged.' };
  const found = pathReadings(path, binding.judgement.pathMatching, binding.patternsVary);
  if (found.kind !== 'readings') return { kind: 'ambiguous', detail: UNREADABLE[found.kind] };
  const effort: Effort = { left: MOST_SCANNED };
  const [first, ...others] = found.readings.map((reading) => firstRule(rules, reading, effort));
  if (effort.left < 0) {
    return { kind: 'ambiguous', detail: 'The path is too long for so many regular expressions.' };
  }
  if (first === undefined || others.some(({ rule }) => rule !== first.rule)) {
    return { kind: 'ambiguous', detail: 'Servers read this path differently, and the rules would too.' };
  }
  const readings = [first, ...others].flatMap((matched) => matched.readings);
  return { kind: 'rule', rule: first.rule, readings: readings.length > 1 ? distinct(readings) : readings };
}

const UNREADABLE = {
  malformed:
    'A percent sign in the path begins no escape, and servers differ in what they read there; a plain one is written %25.',
  too_many: 'The path can be read in too many ways.',
} as const;

/** Characters. What expressions may read is bounded alike, and every reading costs time before any token does. */
const MAX_PATH_LENGTH = 8192;

/** Characters that regular expressions may read, over all of them and all readings: some milliseconds. */
const MOST_SCANNED = 512 * 1024;

interface Effort {
  left: number;
}

function matchesRequest(match: PreparedRule['policy']['match'], method: string, host: string): boolean {
  return (
    (match.methods.length === 0 || match.methods.includes(method)) &&
    (match.hosts.length === 0 || hostMatches(match.hosts, host))
  );
}

interface Matched {
  readonly rule: PreparedRule | undefined;
  readonly readings: readonly RoutedReading[];
}

/** Without an answer of any worth when the effort is spent. */
function firstRule(rules: readonly PreparedRule[], reading: Reading, effort: Effort): Matched {
  for (const rule of rules) {
    if (rule.patterns.length === 0) return { rule, readings: spellings(reading, noParams) };
    for (const pattern of rule.patterns) {
      if (pattern.scans) effort.left -= reading.path.length;
      if (effort.left < 0) return { rule: undefined, readings: [] };
      if (pattern.matches(reading)) return { rule, readings: spellings(reading, pattern.params) };
    }
  }
  return { rule: undefined, readings: spellings(reading, noParams) };
}

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
