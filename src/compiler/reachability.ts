/** Whether an earlier rule takes every request that a later one matches. Only what is certain is said. */

import { hostMatches } from '../matching/hosts.ts';
import type { PathMatch, RuleMatch } from '../policy/policy.ts';

interface Rule {
  readonly match: RuleMatch;
}

export function coveringRule<R extends Rule>(earlier: readonly R[], rule: Rule): R | undefined {
  return earlier.find((candidate) => covers(candidate.match, rule.match));
}

/** Whether there are requests that both match, but for their methods; false where it cannot be told. */
export function meet(a: Rule, b: Rule): boolean {
  const either = <T>(one: readonly T[], other: readonly T[], covering: (x: T, y: T) => boolean) =>
    one.length === 0 ||
    other.length === 0 ||
    one.some((x) => other.some((y) => covering(x, y) || covering(y, x)));
  const everyPath = [...a.match.paths, ...b.match.paths].some(isEverything);
  return (
    either(a.match.hosts, b.match.hosts, coversHost) &&
    (everyPath || either(a.match.paths, b.match.paths, coversPath))
  );
}

/** Whether the rule matches every request. */
export function takesAll({ match }: Rule): boolean {
  return covers(match, { paths: [], methods: [], hosts: [] });
}

function covers(a: RuleMatch, b: RuleMatch): boolean {
  return (
    coversAll(a.methods, b.methods, (method, other) => method === other) &&
    coversAll(a.hosts, b.hosts, coversHost) &&
    (a.paths.some(isEverything) || coversAll(a.paths, b.paths, coversPath))
  );
}

/** An empty list is everything. */
function coversAll<T>(a: readonly T[], b: readonly T[], coversOne: (a: T, b: T) => boolean): boolean {
  if (a.length === 0) return true;
  return b.length > 0 && b.every((other) => a.some((one) => coversOne(one, other)));
}

function coversHost(pattern: string, other: string): boolean {
  if (pattern === other) return true;
  if (!other.startsWith('*.')) return hostMatches([pattern], other);
  return pattern.startsWith('*.') && hostMatches([pattern], `x${other.slice(1)}`);
}

function isEverything({ type, value }: PathMatch): boolean {
  return type === 'PathPrefix' && value === '/';
}

/** A regular expression is compared with itself only: what else it matches, it alone knows. */
function coversPath(pattern: PathMatch, other: PathMatch): boolean {
  if (pattern.type === other.type && pattern.value === other.value) return true;
  if (pattern.type !== 'PathPrefix' || other.type === 'RegularExpression') return false;
  const prefix = pattern.value.replace(/\/+$/, '');
  return other.value === prefix || other.value.startsWith(`${prefix}/`);
}
