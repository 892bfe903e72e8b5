/** Path patterns of rules, compared with one reading of a request's path at a time. */

import type { PathMatch } from '../policy/policy.ts';
import { fold, withoutTrailingSlash } from './folding.ts';
import { type Literal, literal, sameLiteral } from './literals.ts';
import type { Reading } from './readings.ts';
import { compileRegex } from './regex.ts';

export interface PathPattern {
  /** Its own text makes readings that fold case or slash differ from the others even for a plain path. */
  readonly varies: boolean;
  /** The template's parameters (none for other types), or undefined when it does not match. */
  match(reading: Reading): PathParams | undefined;
}

export type PathParams = Readonly<Record<string, string>>;

export type CompiledPath =
  | { readonly kind: 'compiled'; readonly pattern: PathPattern }
  /** `problem` says what is wrong with the value and what to write instead. */
  | { readonly kind: 'refused'; readonly problem: string };

/** Prepares a rule's path match. A pattern that is no absolute path, or no RE2, is refused. */
export function compilePath(match: PathMatch): CompiledPath {
  switch (match.type) {
    case 'Exact':
      return compileExact(match.value);
    case 'PathPrefix':
      return compilePrefix(match.value);
    case 'Template':
      return compileTemplate(match.value);
    case 'RegularExpression':
      return compileRegularExpression(match.value);
  }
}

const NO_PARAMS: PathParams = {};

function compileExact(value: string): CompiledPath {
  const problem = literalProblem(value);
  if (problem !== undefined) return refuse(problem);
  const [plain, withoutSlash] = [literal(value), literal(withoutTrailingSlash(value))];
  return compiled({
    varies: fold(value) !== value || withoutTrailingSlash(value) !== value,
    match: (reading) =>
      sameLiteral(reading.foldSlash ? withoutSlash : plain, reading.path, reading.foldCase)
        ? NO_PARAMS
        : undefined,
  });
}

/** Whole segments, as in Ingress and the Gateway API: `/admin/` means the same as `/admin`. */
function compilePrefix(value: string): CompiledPath {
  const problem = literalProblem(value);
  if (problem !== undefined) return refuse(problem);
  const prefix = withoutTrailingSlash(value);
  if (prefix === '/') return compiled({ varies: false, match: () => NO_PARAMS });
  const text = literal(prefix);
  const depth = prefix.split('/').length;
  return compiled({
    varies: fold(prefix) !== prefix,
    match: ({ path, foldCase }) =>
      sameLiteral(text, firstSegments(path, depth), foldCase) ? NO_PARAMS : undefined,
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

function compileTemplate(value: string): CompiledPath {
  const texts = value.split('/');
  const segments: TemplateSegment[] = [];
  const names = new Set<string>();
  for (const text of texts) {
    const name = /^\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(text)?.[1];
    if (name !== undefined && names.has(name)) return refuse(`the variable {${name}} stands in it twice`);
    if (name !== undefined) names.add(name);
    segments.push(
      name === undefined ? { kind: 'literal', literal: literal(text) } : { kind: 'variable', name },
    );
  }
  const fixed = texts.map((text, i) => (segments[i]?.kind === 'variable' ? 'variable' : text)).join('/');
  if (/[{}]/.test(fixed)) {
    return refuse('a variable is a whole segment, like /users/{id}, its name made of letters, digits and _');
  }
  const problem = literalProblem(fixed);
  if (problem !== undefined) return refuse(problem);
  const withoutSlash = segments.slice(0, withoutTrailingSlash(value).split('/').length);
  return compiled({
    varies: fold(fixed) !== fixed || withoutTrailingSlash(fixed) !== fixed,
    match: (reading) => matchTemplate(reading.foldSlash ? withoutSlash : segments, reading),
  });
}

function matchTemplate(
  segments: readonly TemplateSegment[],
  { path, foldCase }: Reading,
): PathParams | undefined {
  const found = path.split('/');
  if (found.length !== segments.length) return undefined;
  const params: [string, string][] = [];
  for (const [i, segment] of segments.entries()) {
    const text = found[i] ?? '';
    if (segment.kind === 'variable') {
      if (text === '') return undefined;
      params.push([segment.name, text]);
    } else if (!sameLiteral(segment.literal, text, foldCase)) {
      return undefined;
    }
  }
  // Not by assignment, for which __proto__ is no name like others.
  return Object.fromEntries(params);
}

function compileRegularExpression(value: string): CompiledPath {
  const sensitive = compileRegex(value, 'sensitive');
  if (sensitive.kind === 'refused') return sensitive;
  const insensitive = compileRegex(value, 'insensitive');
  if (insensitive.kind === 'refused') return insensitive;
  return compiled({
    varies: true,
    match: ({ path, foldCase, foldSlash }) => {
      const { regex } = foldCase ? insensitive : sensitive;
      const matches = regex.matches(path) || (foldSlash && !path.endsWith('/') && regex.matches(`${path}/`));
      return matches ? NO_PARAMS : undefined;
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
  if (/[{}]/.test(value)) return 'it has braces; variables are for the type Template';
  if (/\p{Cc}/u.test(value) || !value.isWellFormed()) return 'it has control characters';
  if (value.includes('%')) return 'it has a percent sign; write the character that the escape stands for';
  return undefined;
}

function compiled(pattern: PathPattern): CompiledPath {
  return { kind: 'compiled', pattern };
}

function refuse(problem: string): CompiledPath {
  return { kind: 'refused', problem: `not a path to compare with: ${problem}` };
}
