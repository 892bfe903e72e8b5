/** Path patterns of rules, compared with one reading of a request's path at a time. */

import type { PathMatch } from '../policy/rule-match.ts';
import { type CompileAllowance, countPath, newAllowance } from '../regex/allowance.ts';
import type { Effort } from '../regex/machine.ts';
import { checkRegex, compileInBothCases } from '../regex/regex.ts';
import { fold, withoutTrailingSlash } from './folding.ts';
import { type Literal, literal, sameLiteral } from './literals.ts';
import type { Reading } from './readings.ts';

export interface PathPattern {
  /** Its own text makes readings that fold case or slash differ from the others even for a plain path. */
  readonly varies: boolean;
  /** What a comparison costs at most, whatever the path, in steps of a regular expression; these count their own. */
  readonly cost: number;
  /** Regular expressions take of the effort. Once that is spent, the answer is of no worth. */
  matches(reading: Reading, effort?: Effort): boolean;
  /** Whether that segment of the paths that it matches stands in it letter by letter; 0 is the empty one in front. */
  spells(segment: number): boolean;
  /** The template's parameters (none for other types), as a path spells them that matches but for its case. */
  params(path: string): PathParams;
}

export type PathParams = Readonly<Record<string, string>>;

export type CompiledPath = { readonly kind: 'compiled'; readonly pattern: PathPattern } | PathRefusal;

interface PathRefusal {
  readonly kind: 'refused';
  /** Says what is wrong with the value and what to write instead. */
  readonly problem: string;
  readonly tooLarge?: boolean;
}

/**
 * Prepares a rule's path match. A pattern that is no absolute path, or no RE2, is refused, and so is one that takes
 * more than is left of the allowance.
 */
export function compilePath(match: PathMatch, allowance: CompileAllowance = newAllowance()): CompiledPath {
  const { type, value } = match;
  const problem = type === 'RegularExpression' ? undefined : textProblem(type, value, allowance);
  if (problem !== undefined) return refuse(problem);
  switch (type) {
    case 'RegularExpression':
      return compileRegularExpression(value, allowance);
    case 'Exact':
      return compileExact(value);
    case 'PathPrefix':
      return compilePrefix(value);
    case 'Template':
      return compileTemplate(value);
  }
}

/** Why the path would not be compiled. It is not, which takes several times as long. */
export function checkPath({ type, value }: PathMatch, allowance: CompileAllowance): PathRefusal | undefined {
  if (type === 'RegularExpression') return checkRegex(value, 'insensitive', allowance);
  const problem = textProblem(type, value, allowance);
  return problem === undefined ? undefined : refuse(problem);
}

function textProblem(
  type: Exclude<PathMatch['type'], 'RegularExpression'>,
  value: string,
  allowance: CompileAllowance,
): string | undefined {
  countPath(allowance, value.length);
  return type === 'Template' ? templateProblem(value) : literalProblem(value);
}

export const NO_PARAMS: PathParams = {};

function compileExact(value: string): CompiledPath {
  const [plain, withoutSlash] = [literal(value), literal(withoutTrailingSlash(value))];
  return compiled({
    varies: fold(value) !== value || withoutTrailingSlash(value) !== value,
    spells: () => true,
    matches: ({ path, foldCase, foldSlash }) => sameLiteral(foldSlash ? withoutSlash : plain, path, foldCase),
  });
}

/** Whole segments, as in Ingress and the Gateway API: `/admin/` means the same as `/admin`. */
function compilePrefix(value: string): CompiledPath {
  const prefix = withoutTrailingSlash(value);
  if (prefix === '/') return compiled({ varies: false, matches: () => true });
  const text = literal(prefix);
  const depth = prefix.split('/').length;
  return compiled({
    varies: fold(prefix) !== prefix,
    cost: COMPARISON + depth,
    spells: (segment) => segment < depth,
    matches: ({ path, foldCase }) => sameLiteral(text, firstSegments(path, depth), foldCase),
  });
}

/** `/a/b/c` has four segments, the first of them empty. */
function firstSegments(path: string, count: number): string {
  let end = -1;
  for (let i = 0; i < count; i++) {
    end = path.indexOf('/', end + 1);
    if (end < 0) return path;
  }
  return path.slice(0, end);
}

type TemplateSegment =
  | { readonly kind: 'literal'; readonly literal: Literal }
  | { readonly kind: 'variable'; readonly name: string };

/** The name of the variable that the segment is, if it is one. */
const variableIn = (segment: string): string | undefined =>
  /^\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(segment)?.[1];

/** The template with a word in the place of each variable. */
const withoutVariables = (value: string): string =>
  value
    .split('/')
    .map((segment) => (variableIn(segment) === undefined ? segment : 'variable'))
    .join('/');

function templateProblem(value: string): string | undefined {
  const names = value.split('/').flatMap((segment) => variableIn(segment) ?? []);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return `the variable {${name}} stands in it twice`;
    seen.add(name);
  }
  const fixed = withoutVariables(value);
  return /[{}]/.test(fixed)
    ? 'a variable is a whole segment, like /users/{id}, its name made of letters, digits and _'
    : literalProblem(fixed);
}

function compileTemplate(value: string): CompiledPath {
  const fixed = withoutVariables(value);
  const segments = value.split('/').map((segment): TemplateSegment => {
    const name = variableIn(segment);
    return name === undefined ? { kind: 'literal', literal: literal(segment) } : { kind: 'variable', name };
  });
  const withoutSlash = segments.slice(0, withoutTrailingSlash(value).split('/').length);
  return compiled({
    varies: fold(fixed) !== fixed || withoutTrailingSlash(fixed) !== fixed,
    cost: COMPARISON * (1 + segments.length),
    spells: (segment) => segments[segment]?.kind === 'literal',
    matches: ({ path, foldCase, foldSlash }) =>
      matchesTemplate(foldSlash ? withoutSlash : segments, path, foldCase),
    params: (path) => templateParams(segments, path),
  });
}

/** Segment by segment, so that a long path costs no more than the template has segments. */
function matchesTemplate(segments: readonly TemplateSegment[], path: string, isFolded: boolean): boolean {
  let start = 0;
  for (const [i, segment] of segments.entries()) {
    const slash = path.indexOf('/', start);
    const isLast = i === segments.length - 1;
    if (isLast !== slash < 0) return false;
    const text = path.slice(start, isLast ? undefined : slash);
    if (segment.kind === 'variable' ? text === '' : !sameLiteral(segment.literal, text, isFolded)) {
      return false;
    }
    start = slash + 1;
  }
  return true;
}

function templateParams(segments: readonly TemplateSegment[], path: string): PathParams {
  const found = path.split('/', segments.length);
  // Not by assignment, for which __proto__ is no name like others.
  return Object.fromEntries(
    segments.flatMap((segment, i) => (segment.kind === 'variable' ? [[segment.name, found[i] ?? '']] : [])),
  );
}

function compileRegularExpression(value: string, allowance: CompileAllowance): CompiledPath {
  const found = compileInBothCases(value, allowance);
  if (found.kind === 'refused') return found;
  const { sensitive, insensitive } = found;
  return compiled({
    varies: true,
    cost: 0,
    matches: ({ path, foldCase, foldSlash }, effort) => {
      const regex = foldCase ? insensitive : sensitive;
      return (
        regex.matches(path, effort) || (foldSlash && !path.endsWith('/') && regex.matches(`${path}/`, effort))
      );
    },
  });
}

/** Such a path could be matched under some readings only, so that every request to it were refused. */
function literalProblem(value: string): string | undefined {
  if (!value.startsWith('/')) return 'it must begin with /';
  if (/[?#]/.test(value)) return 'a path ends before ? and #; expressions can look at request.query';
  if (/\/\//.test(value)) return 'it has an empty segment (//), which servers merge';
  if (/\/\.{1,2}(?:\/|$)/.test(value)) return 'it has a dot segment (/./ or /../), which servers resolve';
  if (value.includes('\\')) return 'it has a backslash, which servers read as a slash';
  if (value.includes(';')) return 'it has a semicolon, after which servers drop what follows';
  if (/\/ | (?:\/|$)/.test(value)) return 'a segment begins or ends with a space, which servers trim';
  if (/[{}]/.test(value)) return 'it has braces; variables are for the type Template';
  if (/\p{Cc}/u.test(value) || !value.isWellFormed()) return 'it has control characters';
  if (value.includes('%')) return 'it has a percent sign; write the character that the escape stands for';
  return undefined;
}

/** Of a literal of usual length. */
const COMPARISON = 4;

function compiled(pattern: Pick<PathPattern, 'varies' | 'matches'> & Partial<PathPattern>): CompiledPath {
  return {
    kind: 'compiled',
    pattern: { cost: COMPARISON, spells: () => false, params: () => NO_PARAMS, ...pattern },
  };
}

function refuse(problem: string): PathRefusal {
  return { kind: 'refused', problem: `not a path to compare with: ${problem}` };
}
