import { describe, expect, it } from 'vitest';
import type { PathMatch, RuleMatch } from '../policy/rule-match.ts';
import { coveringRule, meet, newComparisons, takesAll } from './reachability.ts';

const match = (paths: readonly string[], rest: Partial<RuleMatch> = {}): { readonly match: RuleMatch } => ({
  match: {
    paths: paths.map((path) => {
      const [type = '', value = ''] = path.split(' ');
      return { type: type as PathMatch['type'], value };
    }),
    methods: [],
    hosts: [],
    ...rest,
  },
});

const called = (methods: readonly string[] = [], names: readonly string[] = []) =>
  match([], { mcp: { methods, names } });

describe('coveringRule', () => {
  it.each([
    ['a rule without match', match([]), match(['Exact /a'])],
    ['the root prefix', match(['PathPrefix /']), match([])],
    ['the root prefix over a regex', match(['PathPrefix /']), match(['RegularExpression .*'])],
    ['a prefix over a path below it', match(['PathPrefix /a']), match(['Exact /a/b'])],
    ['a prefix over itself', match(['PathPrefix /a/']), match(['PathPrefix /a'])],
    ['a prefix over a template below it', match(['PathPrefix /a']), match(['Template /a/{id}'])],
    [
      'two prefixes over two paths',
      match(['PathPrefix /a', 'PathPrefix /b']),
      match(['Exact /b', 'Exact /a']),
    ],
    ['the same regex', match(['RegularExpression /a.*']), match(['RegularExpression /a.*'])],
    ['more methods', match([], { methods: ['GET', 'HEAD'] }), match([], { methods: ['GET'] })],
    ['a wildcard over a host', match([], { hosts: ['*.x.example'] }), match([], { hosts: ['a.x.example'] })],
    [
      'a wildcard over a longer one',
      match([], { hosts: ['*.example'] }),
      match([], { hosts: ['*.x.example'] }),
    ],
    ['a rule without match over one of MCP', match([]), called(['tools/call'], ['a'])],
    ['any request of MCP', called(), called(['tools/call'], ['a'])],
    ['more methods of MCP', called(['a', 'b']), called(['b'], ['x'])],
    ['the beginning of names', called([], ['adm*']), called([], ['admin', 'admin_*', 'adm*'])],
  ])('sees %s', (_, earlier, later) => {
    expect(coveringRule([earlier], later)).toBe(earlier);
  });

  it.each([
    ['another path', match(['Exact /a']), match(['Exact /b'])],
    ['a sibling whose name begins alike', match(['PathPrefix /a']), match(['PathPrefix /ab'])],
    ['a path before the whole', match(['Exact /a']), match([])],
    ['a prefix before a regex', match(['PathPrefix /a']), match(['RegularExpression /a/.*'])],
    ['one of two paths', match(['Exact /a']), match(['Exact /a', 'Exact /b'])],
    ['fewer methods', match([], { methods: ['GET'] }), match([])],
    ['other methods', match([], { methods: ['GET'] }), match([], { methods: ['GET', 'POST'] })],
    ['a host before any', match([], { hosts: ['x.example'] }), match([])],
    [
      'a wildcard before its own name',
      match([], { hosts: ['*.x.example'] }),
      match([], { hosts: ['x.example'] }),
    ],
    [
      'a host below a wildcard, whatever it is called',
      match([], { hosts: ['x.x.example'] }),
      match([], { hosts: ['*.x.example'] }),
    ],
    ['a longer wildcard', match([], { hosts: ['*.x.example'] }), match([], { hosts: ['*.example'] })],
    ['any request of MCP before any request', called(), match([])],
    ['a method of MCP before any', called(['a']), called()],
    ['a name before any', called([], ['*']), called()],
    ['a name before those that begin so', called([], ['adm']), called([], ['adm*'])],
    ['a longer beginning', called([], ['admin_*']), called([], ['adm*'])],
  ])('says nothing of %s', (_, earlier, later) => {
    expect(coveringRule([earlier], later)).toBeUndefined();
  });
});

describe('takesAll', () => {
  it.each([
    [match([]), true],
    [match(['PathPrefix /']), true],
    [match(['Exact /a', 'PathPrefix /']), true],
    [match(['PathPrefix /a']), false],
    [match(['RegularExpression .*']), false],
    [match([], { methods: ['GET'] }), false],
    [match(['PathPrefix /'], { hosts: ['*.example'] }), false],
    [called(), false],
  ])('%j: %s', (rule, all) => {
    expect(takesAll(rule)).toBe(all);
  });
});

describe('meet', () => {
  it.each([
    [match([]), match(['Exact /a']), true],
    [match(['PathPrefix /']), match(['RegularExpression .*']), true],
    [match(['PathPrefix /a']), match(['Exact /a/b', 'Exact /c']), true],
    [match(['Exact /a']), match(['Exact /b']), false],
    [match(['PathPrefix /a']), match(['PathPrefix /ab']), false],
    [match(['RegularExpression /a']), match(['Exact /a']), false],
    [match([], { hosts: ['a.example'] }), match([], { hosts: ['*.example'] }), true],
    [match([], { hosts: ['a.example'] }), match([], { hosts: ['b.example'] }), false],
    [match([], { methods: ['GET'] }), match([], { methods: ['HEAD'] }), true],
    [called(['a'], ['x']), match([]), true],
    [called(['a'], ['x']), called(['a'], ['x*']), true],
    [called(['a']), called(['b']), false],
    [called([], ['x']), called([], ['y*']), false],
  ])('%j and %j: %s', (a, b, expected) => {
    expect(meet(a, b)).toBe(expected);
    expect(meet(b, a)).toBe(expected);
  });
});

describe('rules that are compared with each other', () => {
  const many = (paths: number, hosts: number, length: number) =>
    Array.from({ length: 64 }, (_, rule) =>
      match(
        [
          ...Array.from({ length: paths }, (_, i) => `PathPrefix /${'a'.repeat(length)}${i}`),
          `Exact /z${rule}`,
        ],
        {
          hosts: Array.from({ length: hosts }, (_, i) => `*.h${i}.example`),
        },
      ),
    );

  it('may cost so much, and of what is left nothing is said', () => {
    const comparisons = newComparisons();
    const rules = many(15, 32, 500);
    for (const [i, rule] of rules.entries()) coveringRule(rules.slice(0, i), rule, comparisons);
    expect(comparisons.left).toBeLessThan(0);
    expect(comparisons.left).toBeGreaterThan(-200);
    expect(coveringRule([match([])], match(['Exact /a']), comparisons)).toBeUndefined();
    expect(meet(match(['Exact /a']), match(['Exact /a']), comparisons)).toBe(false);
  });

  it('are all compared where they are as long as they usually are', () => {
    const comparisons = newComparisons();
    const rules = many(4, 1, 12);
    for (const [i, rule] of rules.entries()) coveringRule(rules.slice(0, i), rule, comparisons);
    expect(comparisons.left).toBeGreaterThan(150_000);
    const [first] = rules;
    expect(first && coveringRule(rules, first, comparisons)).toBe(first);
  });
});
