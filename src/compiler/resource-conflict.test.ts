import { describe, expect, it } from 'vitest';
import { binding, compileManifests, source } from './compile.fixture.ts';

describe('two bindings that would serve one document', () => {
  const OKTA = source('shop/okta', 'issuer: "https://id.example", audiences: [a]');
  const one = (name: string, identifier: string, rest = '', created = '2026-01-01T00:00:00Z') =>
    binding(
      `shop/${name}`,
      `sources: [{name: okta}], resource: {identifier: "${identifier}"}${rest}`,
      created,
    );
  const outcome = (...bindings: readonly string[]) =>
    [...compileManifests([OKTA, ...bindings]).bindings].flatMap(([id, { acceptance }]) =>
      acceptance.kind === 'refused' ? [`${id} ${acceptance.reason}`] : [],
    );
  const WIDE = ', hosts: ["*.example"]';
  const EXACT = ', hosts: [h.example]';

  it('the younger is refused', () => {
    expect(
      outcome(
        one('a', 'https://h.example/mcp', WIDE, '2026-02-01T00:00:00Z'),
        one('b', 'https://h.example/mcp', EXACT),
      ),
    ).toEqual(['shop/a ResourceConflict']);
  });

  it.each([
    ['other paths', one('a', 'https://h.example/mcp', WIDE), one('b', 'https://h.example/files', EXACT)],
    ['other hosts', one('a', 'https://g.example/mcp', WIDE), one('b', 'https://h.example/mcp', EXACT)],
    [
      'a slash behind the path',
      one('a', 'https://h.example/mcp/', WIDE),
      one('b', 'https://h.example/mcp', EXACT),
    ],
    [
      'other ports',
      one('a', 'https://h.example/mcp', ', ports: [{port: 80}]'),
      one('b', 'https://h.example/mcp', ', ports: [{port: 81}]'),
    ],
    [
      'a Trial beside what it tries',
      one('a', 'https://h.example/mcp', EXACT),
      one('b', 'https://h.example/mcp', `${EXACT}, mode: Trial`),
    ],
    [
      'metadata that one of them does not serve',
      one('a', 'https://h.example/mcp', WIDE),
      one('b', 'https://h.example/mcp", metadata: "None', EXACT),
    ],
  ])('%s: none is', (_, a, b) => {
    expect(outcome(a, b)).toEqual([]);
  });

  it('without a path the slash makes no other place', () => {
    expect(outcome(one('a', 'https://h.example/', WIDE), one('b', 'https://h.example', EXACT))).toEqual([
      'shop/b ResourceConflict',
    ]);
  });

  it('at a gateway another namespace takes nothing away', () => {
    const other = binding(
      'other/z',
      `sources: [{name: okta, namespace: shop}], resource: {identifier: "https://h.example/mcp"}${WIDE}`,
      '2020-01-01T00:00:00Z',
    );
    expect(outcome(other, one('b', 'https://h.example/mcp', EXACT))).toEqual([]);
  });
});
