/** Which rule decides: the first that matches, and the same one under every reading of the path. */

import { withoutTrailingSlash } from '../matching/folding.ts';
import { hostMatches } from '../matching/hosts.ts';
import type { PathParams, PathPattern } from '../matching/paths.ts';
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

const NO_PARAMS: PathParams = {};

export function route(binding: RuledBinding, method: string, host: string, path: string): Route {
  const rules = binding.rules.filter(({ policy: { match } }) => matchesRequest(match, method, host));
  if (!binding.readsPath) {
    return { kind: 'rule', rule: rules[0], readings: [{ path, params: NO_PARAMS }] };
  }
  if (path.length > MAX_PATH_LENGTH)
    return { kind: 'ambiguous', detail: 'The path is too long to be judged.' };
  const found = pathReadings(path, binding.judgement.pathMatching, binding.patternsVary);
  if (found.kind !== 'readings') {
    return { kind: 'ambiguous', detail: 'The path can be read in too many ways.' };
  }
  const [first, ...others] = found.readings.map((reading) => firstRule(rules, reading));
  if (first === undefined || others.some(({ rule }) => rule !== first.rule)) {
    return { kind: 'ambiguous', detail: 'Servers read this path differently, and the rules would too.' };
  }
  return { kind: 'rule', rule: first.rule, readings: [first, ...others].flatMap(({ readings }) => readings) };
}

/** Characters. What expressions may read is bounded alike, and every reading costs time before any token does. */
const MAX_PATH_LENGTH = 8192;

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

function firstRule(rules: readonly PreparedRule[], reading: Reading): Matched {
  for (const rule of rules) {
    if (rule.patterns.length === 0) return { rule, readings: withoutParams(reading) };
    for (const pattern of rule.patterns) {
      const params = pattern.match(reading);
      if (params !== undefined) return { rule, readings: withParams(reading, params, pattern) };
    }
  }
  return { rule: undefined, readings: withoutParams(reading) };
}

function withoutParams({ path, unfolded }: Reading): readonly RoutedReading[] {
  return (path === unfolded ? [path] : [path, unfolded]).map((read) => ({ path: read, params: NO_PARAMS }));
}

/**
 * An app that compares paths loosely may still hand them on as they came, so expressions are asked about
 * both. Only the case of parameters can differ: a slash at the end belongs to none of them.
 */
function withParams(reading: Reading, params: PathParams, pattern: PathPattern): readonly RoutedReading[] {
  const { path, unfolded, foldSlash } = reading;
  if (path === unfolded) return [{ path, params }];
  const asSent = pattern.match({ ...reading, path: foldSlash ? withoutTrailingSlash(unfolded) : unfolded });
  return [
    { path, params },
    { path: unfolded, params: asSent ?? params },
  ];
}
