import { describe, expect, it } from 'vitest';
import type { PathMatching } from '../policy/policy.ts';
import { detoursOf } from './detours.ts';

const UNKNOWN: PathMatching = { case: 'Unknown', trailingSlash: 'Unknown' };
const NO_SUFFIX: PathMatching = { ...UNKNOWN, formatSuffix: 'None' };
const NO_SCRIPT: PathMatching = { ...UNKNOWN, frontController: 'None' };
const NEITHER: PathMatching = { ...NO_SUFFIX, ...NO_SCRIPT, formatSuffix: 'None' };

const paths = (path: string, settings = UNKNOWN) =>
  Array.from(detoursOf(path, settings), (detour) => detour.path);

describe('a path that has no other way', () => {
  it.each([
    ...['/', '/admin', '/admin/x', '/.well-known/x', '/v1.0/users', '/a.b/c', '/a./b/'],
    ...['/Products(5)/Name', '/(a)/b', '/Orders(S(1))', '/(S)/x', '/index.html/x', '/phpinfo/x', '/a.phpx/b'],
  ])('%s', (path) => {
    expect(paths(path)).toEqual([]);
  });
});

describe('a format suffix', () => {
  it.each([
    ['/admin.json', ['/admin']],
    ['/admin.anything', ['/admin']],
    ['/admin.', ['/admin']],
    ['/admin.json/', ['/admin', '/admin/']],
    ['/admin.a.json', ['/admin', '/admin.a']],
    ['/.well-known/x.json', ['/.well-known/x']],
    ['/.a.json', ['/', '/.a']],
    ['/admin/.json', ['/admin/']],
    ['/admin/.json/', ['/admin/']],
    ['/.well-known', ['/']],
    ['/v1.0/admin.xml', ['/v1.0/admin']],
  ])('of %s is cut', (path, expected) => {
    expect(paths(path, NO_SCRIPT)).toEqual(expected);
    expect(paths(path, NEITHER)).toEqual([]);
  });
});

describe('a script in front', () => {
  it.each([
    ['/index.php/admin', ['/admin', '/index.php']],
    ['/index.php', ['/']],
    ['/shop/Default.aspx/', ['/shop/']],
    ['/INDEX.PHP/admin', ['/admin', '/INDEX.PHP']],
    ['/app_dev.php/admin/x', ['/admin/x', '/app_dev.php']],
    ['/app.phar/admin', ['/admin', '/app.phar']],
    ['/admin/index.php', ['/admin', '/admin/']],
    ['/(S(x(y))/admin', ['/admin']],
    ['/web/index.php5/admin', ['/web/admin', '/admin', '/web/index.php5', '/web', '/web/']],
    ['/cgi-bin/report.cgi/admin', ['/cgi-bin/admin', '/admin', '/cgi-bin/report.cgi']],
    ['/Default.aspx/admin', ['/admin', '/Default.aspx']],
    ['/a.php/b.php/admin', ['/b.php/admin', '/a.php', '/a.php/admin', '/admin', '/a.php/b.php']],
    ['/(S(x))/admin', ['/admin']],
    ['/(A(x)S(y))/admin', ['/admin']],
    ['/adm/(S(x))in', ['/admin', '/adm/in']],
    ['/(S(x))', ['/']],
  ])('of %s is taken away', (path, expected) => {
    expect(paths(path, NO_SUFFIX)).toEqual(expected);
    expect(paths(path, NEITHER)).toEqual([]);
  });
});

it.each(['/wp-login.php', '/wp-admin/post.php', '/cgi-bin/report.pl/'])(
  'is no way to another: %s, a page',
  (path) => {
    expect(paths(path, NO_SUFFIX)).toEqual([]);
  },
);

it('may have all of them', () => {
  expect(paths('/(S(x))/index.php/admin.json')).toContain('/admin');
});

it('tells which segments were taken away or cut', () => {
  expect([...detoursOf('/index.php/a/b.json', UNKNOWN)]).toEqual([
    { path: '/index.php/a/b', segments: [3] },
    { path: '/a/b.json', segments: [1] },
    { path: '/a/b', segments: [1, 3] },
    { path: '/index.php', segments: [1] },
    { path: '/index', segments: [1, 3] },
  ]);
});
