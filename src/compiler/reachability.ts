/** Whether an earlier rule takes every request that a later one matches. Only what is certain is said. */

import { withoutTrailingSlash } from '../matching/folding.ts';
import { hostMatches } from '../matching/hosts.ts';
import { fitsName } from '../matching/mcp-match.ts';
import type { McpMatch, PathMatch, RuleMatch } from '../policy/rule-match.ts';

interface Rule {
  readonly match: RuleMatch;
}

/** What is left of the comparisons of one object's rules with each other. Below 0: nothing is certain any more. */
export interface Comparisons {
  left: number;
}

/** Some 5 ms. 64 rules with a few paths of usual length each take a third of it, or less. */
const MOST_COMPARISONS = 300_000;
/** Characters that are compared in the time of one short comparison. */
const CHARACTERS = 8;

export const newComparisons = (): Comparisons => ({ left: MOST_COMPARISONS });

export function coveringRule<R extends Rule>(
  earlier: readonly R[],
  rule: Rule,
  comparisons: Comparisons = newComparisons(),
): R | undefined {
  return earlier.find((candidate) => covers(candidate.match, rule.match, comparisons));
}

/** Whether there are requests that both match, but for their methods; false where that is not certain. */
export function meet(a: Rule, b: Rule, comparisons: Comparisons = newComparisons()): boolean {
  const either = <T>(one: readonly T[], other: readonly T[], covering: Covering<T>) =>
    one.length === 0 ||
    other.length === 0 ||
    one.some((x) => other.some((y) => covering(x, y, comparisons) || covering(y, x, comparisons)));
  if (comparisons.left < 0) return false;
  const everyPath = [...a.match.paths, ...b.match.paths].some(isEverything);
  return (
    either(a.match.hosts, b.match.hosts, coversHost) &&
    either(a.match.mcp?.methods ?? [], b.match.mcp?.methods ?? [], isSame) &&
    either(a.match.mcp?.names ?? [], b.match.mcp?.names ?? [], coversName) &&
    (everyPath || either(a.match.paths, b.match.paths, coversPath))
  );
}

/** Whether the rule matches every request. */
export function takesAll({ match }: Rule): boolean {
  return covers(match, { paths: [], methods: [], hosts: [] }, newComparisons());
}

function covers(a: RuleMatch, b: RuleMatch, comparisons: Comparisons): boolean {
  return (
    comparisons.left >= 0 &&
    coversAll(a.methods, b.methods, isSame, comparisons) &&
    coversAll(a.hosts, b.hosts, coversHost, comparisons) &&
    (a.mcp === undefined || coversMcp(a.mcp, b.mcp, comparisons)) &&
    (a.paths.some(isEverything) || coversAll(a.paths, b.paths, coversPath, comparisons))
  );
}

/** Other requests than those of MCP are taken by a rule without match.mcp alone. */
function coversMcp(a: McpMatch, b: McpMatch | undefined, comparisons: Comparisons): boolean {
  return (
    b !== undefined &&
    coversAll(a.methods, b.methods, isSame, comparisons) &&
    coversAll(a.names, b.names, coversName, comparisons)
  );
}

type Covering<T> = (pattern: T, other: T, comparisons: Comparisons) => boolean;

/** An empty list is everything. */
function coversAll<T>(
  a: readonly T[],
  b: readonly T[],
  coversOne: Covering<T>,
  comparisons: Comparisons,
): boolean {
  if (a.length === 0) return true;
  return b.length > 0 && b.every((other) => a.some((one) => coversOne(one, other, comparisons)));
}

/** False: they are spent. */
function draw(comparisons: Comparisons, pattern: string): boolean {
  if (comparisons.left < 0) return false;
  comparisons.left -= 1 + Math.floor(pattern.length / CHARACTERS);
  return comparisons.left >= 0;
}

const isSame: Covering<string> = (method, other, comparisons) =>
  draw(comparisons, method) && method === other;

const coversHost: Covering<string> = (pattern, other, comparisons) => {
  if (!draw(comparisons, pattern)) return false;
  if (pattern === other) return true;
  if (!other.startsWith('*.')) return hostMatches([pattern], other);
  return pattern.startsWith('*.') && hostMatches([pattern], `x${other.slice(1)}`);
};

function isEverything({ type, value }: PathMatch): boolean {
  return type === 'PathPrefix' && value === '/';
}

/** Of a pattern with a star at its end, all that begins as it does; without one, itself alone. */
const coversName: Covering<string> = (pattern, other, comparisons) =>
  draw(comparisons, pattern) && fitsName(pattern, other);

/** A regular expression is compared with itself only: what else it matches, it alone knows. */
const coversPath: Covering<PathMatch> = (pattern, other, comparisons) => {
  if (!draw(comparisons, pattern.value)) return false;
  if (pattern.type === other.type && pattern.value === other.value) return true;
  if (pattern.type !== 'PathPrefix' || other.type === 'RegularExpression') return false;
  const prefix = pattern.value === '/' ? '' : withoutTrailingSlash(pattern.value);
  const next = other.value.charAt(prefix.length);
  return other.value.startsWith(prefix) && (next === '' || next === '/');
};
