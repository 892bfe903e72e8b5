/** The page about expressions says what there is, no more and no less, and its examples are true. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileExpression, expressionReference } from './expression.ts';

const page = readFileSync(new URL('../../docs/expressions.md', import.meta.url), 'utf8');

const blocks = (language: string): readonly string[] =>
  Array.from(
    page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)\n\`\`\`$`, 'gm')),
    (match) => match[1] ?? '',
  );

/** The section under a heading. */
const section = (heading: string): string => page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';

/** The rows of a section's table, heading and rule apart. */
const rows = (heading: string): readonly (readonly string[])[] =>
  section(heading)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => line.split(/ *(?<!\\)\| */).slice(1, -1));

const reference = expressionReference();

describe('the page', () => {
  it('lists every variable, where it can be read, and what it is', () => {
    const listed = rows('Variables').map(([name, , scopes, what]) => [name, scopes, what]);
    expect(listed).toEqual(
      reference.variables.map(({ name, scopes, description }) => [
        `\`${name}\``,
        scopes.join(', '),
        description,
      ]),
    );
  });

  it('lists every function, and none that is not there', () => {
    const listed = rows('Functions').flatMap(([names]) =>
      Array.from(names?.matchAll(/`([^`]+)`/g) ?? [], (m) => m[1]),
    );
    expect([...listed].sort()).toEqual([...reference.functions].sort());
  });

  it('lists every macro and every type', () => {
    for (const name of [...reference.macros, ...reference.types])
      expect(section('Functions')).toContain(`\`${name}\``);
  });

  it('lists the limits as they are', () => {
    const { text, nesting, regexSize, string, elements, depth, steps, bytes } = reference.limits;
    const listed = rows('Limits').map(([, most]) => Number.parseInt(most ?? '', 10));
    expect(listed).toEqual([text, nesting, Number.NaN, regexSize, string, elements, depth, steps, bytes]);
  });
});

describe('the examples', () => {
  const input = JSON.parse(blocks('json')[0] ?? '');

  it('there are some', () => {
    expect(blocks('cel').length).toBeGreaterThan(10);
  });

  /** Of a rule, as its manifest has it. */
  const required = blocks('yaml').filter((yaml) => yaml.startsWith('require:'));
  const expressionsOf = (yaml: string) => /expression: (.*)/.exec(yaml)?.[1] ?? [];

  it.each([...blocks('cel'), ...required.flatMap(expressionsOf)])('%s', (text) => {
    const compiled = compileExpression(text, 'request');
    expect(compiled).toMatchObject({ kind: 'compiled' });
    if (compiled.kind === 'compiled')
      expect(compiled.expression.evaluate(input)).toEqual({ kind: 'value', value: true });
  });

  it.each(
    blocks('yaml')
      .filter((yaml) => !required.includes(yaml))
      .flatMap(expressionsOf),
  )('%s, of a source', (text) => {
    const compiled = compileExpression(text, 'source');
    if (compiled.kind === 'refused') throw new Error(compiled.problem);
    expect(compiled.expression.evaluate({ claims: input.claims, header: {} })).toEqual({
      kind: 'value',
      value: true,
    });
  });
});
