import { describe, expect, it } from 'vitest';
import { decide, enforce, joe, judge, request, verdict } from '../../test/support/decide.ts';
import { bindingPolicy, rulePolicy } from '../../test/support/policy.ts';
import type { PathMatching } from '../policy/policy.ts';
import type { PathMatch } from '../policy/rule-match.ts';

const at = (...paths: readonly PathMatch[]) => ({ match: { paths } });

describe('a guarded path among open ones', () => {
  const rules = [
    rulePolicy({ ...at({ type: 'Exact', value: '/secret' }), authentication: 'Deny' }),
    rulePolicy({ ...at({ type: 'Template', value: '/users/{id}/keys' }), authentication: 'Deny' }),
    rulePolicy({ authentication: 'None' }),
  ];

  it.each([
    // new URL(target, 'http://localhost').pathname
    '///any/secret',
    '/%2f%2fany/secret',
    '/\\\\any/secret',
    // Fastify 4 ends the path at a semicolon.
    '/secret;/any/thing',
    '/users/joe/keys;/x',
    // Spring before 4.3 trims segments.
    '/secret%20',
    '/%20secret',
    '/users/joe/%0dkeys',
    // Java and Go in lower case.
    '/users/joe/%E2%84%AAeys',
    '/any/..%2fsecret',
    '/any/..;/secret',
    '/SECRET',
    '/secret/',
  ])('is not reached by %s', (target) => {
    expect(verdict(judge(rules, { pathAndQuery: target }))).toBe('denied path_ambiguous');
  });

  it.each([
    '/files/a%20b',
    '/users/joe%40x.com',
    '/a%2Fb',
    '/Orders/',
    '/orders;v=1/x',
    '/x/https%3A%2F%2Fa.example%2Fb%3Fc%3D1%23d',
    '/files/caf%C3%A9//x/./y',
    '/secrets',
    '/users/joe%2Fkey',
    '/100%25',
    '/a%25b%20c',
    '/sale/100%25-cotton/50%25%20off',
  ])('does not close %s, which no server takes for it', (target) => {
    expect(verdict(judge(rules, { pathAndQuery: target }))).toBe('allowed anonymous');
  });
});

describe('a percent sign that begins no escape', () => {
  const open = [rulePolicy({ ...at({ type: 'PathPrefix', value: '/public' }), authentication: 'None' })];
  const cel = (expression: string) => [
    rulePolicy({ require: { expressions: [{ expression, message: 'no' }] }, authentication: 'Optional' }),
  ];
  const hostile = ['/public/%2>%2>/admin', '/public/a%', '/public/a%?b=c', '/public/%2?e', '/public/%u002'];

  it.each(hostile)('refuses %s wherever a rule reads the path', (target) => {
    expect(verdict(judge(open, { pathAndQuery: target }))).toBe('denied path_ambiguous');
    expect(verdict(judge(cel("request.path != '/'"), { pathAndQuery: target, token: joe() }))).toBe(
      'denied path_ambiguous',
    );
    expect(verdict(judge(cel("!('id' in params)"), { pathAndQuery: target, token: joe() }))).toBe(
      'denied path_ambiguous',
    );
  });

  it.each(hostile)('lets %s pass where no rule does', (target) => {
    expect(verdict(judge([rulePolicy({ authentication: 'None' })], { pathAndQuery: target }))).toBe(
      'allowed anonymous',
    );
    expect(verdict(judge(cel("request.query != 'x'"), { pathAndQuery: target, token: joe() }))).toBe(
      'allowed authenticated',
    );
  });

  it.each(['/public/100%25', '/public/%u0061', '/public/x?a=100%', '/public/a%25b'])(
    'lets %s pass',
    (target) => {
      expect(verdict(judge(open, { pathAndQuery: target }))).toBe('allowed anonymous');
    },
  );
});

describe('hostile paths', () => {
  const everyLimit = (match: (i: number) => PathMatch) =>
    Array.from({ length: 64 }, (_, rule) =>
      rulePolicy(at(...Array.from({ length: 16 }, (_, path) => match(16 * rule + path)))),
    );
  const fill = (text: string) => `/${text.repeat(8_000 / text.length)}`;

  it.each([
    ['Exact', '%e9'],
    ['Exact', '/%2e%2e'],
    ['PathPrefix', '%e9'],
    ['Template', 'a/%61/'],
  ] as const)('cost little under the most patterns there can be: %s and %s', (type, text) => {
    const rules = everyLimit((i) => ({ type, value: `/größe/${i}` }));
    expect(verdict(judge(rules, { pathAndQuery: fill(text) }))).toMatch(
      /^denied (?:token_missing|path_ambiguous)$/,
    );
  });

  it('are refused where there is too much to compare, and honest ones are not', () => {
    const deep = Array.from({ length: 120 }, (_, i) => `/{p${i}}`).join('');
    const rules = everyLimit((i) => ({ type: 'Template', value: `${deep}/${i}` }));
    const target = `/%61${'/b'.repeat(121)}`;
    expect(verdict(judge(rules, { pathAndQuery: target }))).toBe('denied path_ambiguous');
    expect(verdict(judge(rules.slice(0, 2), { pathAndQuery: target }))).toBe('denied token_missing');
    const honest = everyLimit((i) => ({ type: 'Template', value: `/shops/{shop}/Orders/{id}/${i}` }));
    expect(verdict(judge(honest, { pathAndQuery: '/shops/caf%C3%A9/Orders/a%20b/7' }))).toBe(
      'denied token_missing',
    );
  });

  it('are refused where regular expressions would take too many steps', () => {
    const pattern = (i: number): PathMatch => ({ type: 'RegularExpression', value: `(/[a-z]+)*/${i}/.*` });
    const rules = everyLimit(pattern);
    expect(verdict(judge(rules, { pathAndQuery: fill('a/') }))).toBe('denied path_ambiguous');
    expect(verdict(judge(rules, { pathAndQuery: '/orders/17/items/4' }))).toBe('denied token_missing');
    expect(verdict(judge(rules, { pathAndQuery: '/orders/1023/x' }))).toBe('denied token_missing');
    expect(verdict(judge([rulePolicy(at(pattern(1)))], { pathAndQuery: fill('a/') }))).toBe(
      'denied token_missing',
    );
  });

  it.each([
    '/(.*a.{0,90}b){0,5}x',
    '((/?.?){0,60})*/x',
    '(?:(?:a|b|ab|/)*){40}x',
    '(?i:/(.*[a-bß].{0,90}b)*x)',
    '/(\\B.|\\b.)*(.?){0,150}x',
  ])('are refused where one takes too many: %s', (value) => {
    const rules = [rulePolicy(at({ type: 'RegularExpression', value }))];
    expect(verdict(judge(rules, { pathAndQuery: fill('ab') }))).toBe('denied path_ambiguous');
    expect(verdict(judge(rules, { pathAndQuery: '/abab' }))).toBe('denied token_missing');
  });
});

describe('the readings', () => {
  const readings = (value: string, target: string, pathMatching?: PathMatching) => {
    const steps: string[] = [];
    const rules = [rulePolicy(at({ type: 'Template', value }))];
    const enforcer = enforce(bindingPolicy({ rules, ...(pathMatching && { pathMatching }) }));
    decide(enforcer, request({ pathAndQuery: target }), (step, detail) => {
      if (step === 'path') steps.push(detail);
    });
    return steps;
  };

  it.each([
    ['/Users/{id}', '/items/7', '/items/7'],
    ['/Users/{id}', '/Users/Joe', '/Users/Joe | /users/joe'],
    ['/users/{id}', '/items/a%20b', '/items/a%20b | /items/a b'],
  ])('with %s, of %s are %s, each once', (value, target, expected) => {
    expect(readings(value, target)).toEqual([expected]);
  });
});

describe('the parameters that expressions read', () => {
  const named = (pathMatching: PathMatching, target: string) =>
    verdict(
      decide(
        enforce(
          bindingPolicy({
            rules: [
              rulePolicy({
                ...at({ type: 'Template', value: '/Users/{id}/' }),
                require: { expressions: [{ expression: 'params.id == user', message: 'm' }] },
              }),
            ],
            pathMatching,
          }),
        ),
        request({ pathAndQuery: target, token: joe({ sub: 'Joe' }) }),
      ),
    );

  it.each([
    ['Sensitive', 'Distinct', '/Users/Joe/', 'allowed authenticated'],
    ['Sensitive', 'Ignore', '/Users/Joe', 'allowed authenticated'],
    ['Sensitive', 'Distinct', '/Users/joe/', 'denied expression_denied'],
    ['Insensitive', 'Ignore', '/users/Joe', 'denied path_ambiguous'],
    ['Insensitive', 'Ignore', '/users/ann/', 'denied expression_denied'],
  ] as const)('are %s, %s: %s is %s', (caseOf, trailingSlash, target, expected) => {
    expect(named({ case: caseOf, trailingSlash }, target)).toBe(expected);
  });
});
