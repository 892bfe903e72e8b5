import { describe, expect, it } from 'vitest';
import { decide, enforce, joe, judge, request, verdict } from '../../test/support/decide.ts';
import { bindingPolicy, rulePolicy } from '../../test/support/policy.ts';
import type { PathMatching, RulePolicy } from '../policy/policy.ts';
import type { PathMatch } from '../policy/rule-match.ts';

const at = (...paths: readonly PathMatch[]) => ({ match: { paths } });

describe('a path that a framework may route like another one', () => {
  const open = (...paths: readonly PathMatch[]) =>
    rulePolicy({ name: 'open', match: { paths }, authentication: 'None' });
  const admin = rulePolicy({
    name: 'admin',
    ...at({ type: 'PathPrefix', value: '/admin' }),
    authentication: 'Deny',
  });
  const asked = (rules: readonly RulePolicy[], target: string, pathMatching: Partial<PathMatching> = {}) =>
    verdict(
      decide(
        enforce(
          bindingPolicy({
            rules,
            pathMatching: { case: 'Unknown', trailingSlash: 'Unknown', ...pathMatching },
          }),
        ),
        request({ pathAndQuery: target }),
      ),
    );

  const suffixed = [
    '/admin.json',
    '/admin.anything',
    '/admin.json/',
    '/admin.json;x=1',
    '/admin%2ejson',
    '/x/..;/admin.js',
    '/ADMIN.Json',
    '/admin.a.b',
    '/admin.',
  ];
  const fronted = [
    '/index.php/admin',
    '/INDEX.php/admin/x',
    '/app_dev.php/admin',
    '/index%2ephp/admin',
    '/index.php//admin',
    '/cgi-bin/x.cgi/admin',
    '/(S(x))/admin',
    '/adm/(S(x))in',
    '/%28S(x)%29/admin',
    '/(S(x(y))/admin',
    '/app.phar/admin',
    '/index.php;x/admin',
  ];

  it.each(suffixed)('is refused: %s, unless the app routes no suffix', (target) => {
    const rules = [admin, rulePolicy({ authentication: 'None' })];
    expect(asked(rules, target)).toBe('denied path_ambiguous');
    expect(asked(rules, target, { frontController: 'None' })).toBe('denied path_ambiguous');
    expect(asked(rules, target, { formatSuffix: 'None' })).toBe('allowed anonymous');
  });

  it.each(fronted)('is refused: %s, unless the app has no front controller', (target) => {
    const rules = [admin, rulePolicy({ authentication: 'None' })];
    expect(asked(rules, target)).toBe('denied path_ambiguous');
    expect(asked(rules, target, { formatSuffix: 'None' })).toBe('denied path_ambiguous');
    expect(asked(rules, target, { frontController: 'None' })).toBe('allowed anonymous');
  });

  it.each(['Unknown', 'Distinct', 'Ignore'] as const)(
    'is refused where it leads to a folder that a rule guards, and slashes at the end are %s',
    (trailingSlash) => {
      const folder = (type: 'Exact' | 'Template') =>
        rulePolicy({ ...at({ type, value: '/admin/' }), authentication: 'Deny' });
      for (const target of ['/admin/index.php', '/admin/index.php/', '/admin/.json', '/admin/.a.b/']) {
        for (const type of ['Exact', 'Template'] as const) {
          const rules = [folder(type), rulePolicy({ authentication: 'None' })];
          expect([target, asked(rules, target, { trailingSlash })]).toEqual([
            target,
            'denied path_ambiguous',
          ]);
        }
      }
    },
  );

  it.each([
    ['/login.php', '/login.php/x'],
    ['/login.php', '/LOGIN.php/x/y.css'],
    ['/login.php', '/login.php/index.php/x'],
    ['/shop/report.aspx', '/shop/report.aspx/x'],
    ['/admin', '/admin/index.php/x'],
    ['/admin/', '/admin/index.php/x'],
  ])('is refused where the script %s is a page that a rule guards: %s', (value, target) => {
    const page = rulePolicy({ ...at({ type: 'Exact', value }), authentication: 'Deny' });
    const rules = [page, rulePolicy({ authentication: 'None' })];
    expect(asked(rules, target)).toBe('denied path_ambiguous');
    expect(asked(rules, target, { frontController: 'None', formatSuffix: 'None' })).toBe('allowed anonymous');
    const below = [open({ type: 'PathPrefix', value: target }), ...rules];
    expect(asked(below, target)).toBe('allowed anonymous');
  });

  it.each([
    ...['/openapi.json', '/robots.txt', '/favicon.ico', '/.well-known/security.txt', '/sitemap.xml.gz'],
    '/index.php',
  ])('passes where an Exact pattern spells it: %s', (target) => {
    expect(asked([open({ type: 'Exact', value: target })], target)).toBe('allowed anonymous');
  });

  it.each<[string, PathMatch]>([
    ['/docs/v2.json', { type: 'PathPrefix', value: '/docs/v2.json' }],
    ['/docs/v2.json/', { type: 'PathPrefix', value: '/docs/v2.json' }],
    ['/shops/7/menu.pdf', { type: 'Template', value: '/shops/{shop}/menu.pdf' }],
    ['/index.php/login', { type: 'PathPrefix', value: '/index.php/login' }],
    ['/index.php/status', { type: 'Template', value: '/index.php/{page}' }],
    ['/blog/index.php/feed', { type: 'PathPrefix', value: '/blog/index.php' }],
  ])('passes where another pattern spells it: %s', (target, pattern) => {
    expect(asked([open(pattern), admin], target)).toBe('allowed anonymous');
    expect(asked([open({ type: 'RegularExpression', value: '.*' }, pattern), admin], target)).toBe(
      'allowed anonymous',
    );
  });

  it.each<[string, PathMatch]>([
    ['/login.json', { type: 'Exact', value: '/login' }],
    ['/docs/v2.json/x.js', { type: 'Exact', value: '/docs/v2.json/x' }],
    ['/app.js', { type: 'RegularExpression', value: '.*[.]js' }],
    ['/files/x.pdf', { type: 'Template', value: '/{folder}/x' }],
    ['/x.php/login', { type: 'Template', value: '/{script}/login' }],
  ])('does not where none does: %s', (target, pattern) => {
    expect(asked([open(pattern)], target)).toBe('denied path_ambiguous');
  });

  it.each([
    ['/wp-admin/post.php', [open({ type: 'PathPrefix', value: '/wp-admin' })]],
    ['/public/app.js', [open({ type: 'PathPrefix', value: '/public' })]],
    ['/users/john.doe', [open({ type: 'Template', value: '/users/{id}' })]],
    ['/v1.2/users', [open({ type: 'PathPrefix', value: '/v1.2' }), admin]],
    ['/public/index.php/x', [open({ type: 'PathPrefix', value: '/' })]],
    ['/Products(5)/Name', [open({ type: 'PathPrefix', value: '/Products(5)' })]],
  ] as const)('passes where it leads to the same rule: %s', (target, rules) => {
    expect(asked(rules, target)).toBe('allowed anonymous');
  });

  it('gives its params and its path to expressions as they are', () => {
    const require = {
      expressions: [
        { expression: "params.id == 'john.doe' && request.path == '/users/john.doe'", message: 'm' },
      ],
    };
    const rules = [rulePolicy({ ...at({ type: 'Template', value: '/users/{id}' }), require })];
    expect(verdict(judge(rules, { pathAndQuery: '/users/john.doe', token: joe() }))).toBe(
      'allowed authenticated',
    );
  });

  it('says which way it may lead', () => {
    expect(
      judge([admin, rulePolicy({ authentication: 'None' })], { pathAndQuery: '/admin.json' }),
    ).toMatchObject({
      detail: expect.stringContaining('suffix'),
    });
  });

  it('takes too much work where a long path has many other ways, though all lead to the same rule', () => {
    const everything = [open({ type: 'PathPrefix', value: '/' })];
    const path = (characters: number) =>
      `/(S(x))/X.php/y.php/(A(x))${'/A'.repeat((characters - 35) / 2)}.A.json/`;
    expect(judge(everything, { pathAndQuery: path(8191) })).toMatchObject({
      reason: 'path_ambiguous',
      detail: expect.stringContaining('too much work'),
    });
    expect(asked(everything, path(501))).toBe('allowed anonymous');
    expect(asked(everything, `/index.php/${'a'.repeat(8100)}.json`)).toBe('allowed anonymous');
  });
});
