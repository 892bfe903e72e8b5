import { describe, expect, it } from 'vitest';
import type { PathMatching } from '../policy/policy.ts';
import { type PathReadings, pathReadings } from './readings.ts';

const EXACT: PathMatching = { case: 'Sensitive', trailingSlash: 'Distinct' };
const UNKNOWN: PathMatching = { case: 'Unknown', trailingSlash: 'Unknown' };
const LOOSE: PathMatching = { case: 'Insensitive', trailingSlash: 'Ignore' };

function pathsOf(read: PathReadings): readonly string[] {
  if (read.kind !== 'readings') throw new Error('too many readings');
  return read.readings.map(({ path }) => path);
}

const readExactly = (path: string) => pathsOf(pathReadings(path, EXACT, false));

describe('a path that can be read in one way', () => {
  it.each([
    '/',
    '/orders',
    '/orders/17/items',
    '/a.b/c..d/e...',
    "/~user/$a&b=c,d:e@f!g'h(i)*+",
    '/a"b<c>[d]^`{|}',
    '/.well-known/x',
    '/...',
  ])('%s', (path) => {
    expect(readExactly(path)).toEqual([path]);
  });

  it.each(['/orders', '/Orders', '/orders/'])('%s, where the app tells case and slash apart', (path) => {
    expect(readExactly(path)).toEqual([path]);
  });
});

describe('a path that servers read differently', () => {
  it.each([
    // Encoded letters, once and twice.
    ['/%61dmin', '/admin'],
    ['/%2561dmin', '/admin'],
    ['/%2561dmin', '/%61dmin'],
    // Dot segments in every disguise.
    ['/./admin', '/admin'],
    // Spring before 5.3 routes by what follows the servlet's path.
    ['/public/x/admin/../../x', '/admin/../../x'],
    ['/public/x/admin/..;/%2e%2e/x', '/admin/../../x'],
    ['/x/../admin', '/admin'],
    ['/../admin', '/admin'],
    ['/../../../admin', '/admin'],
    ['/x/%2e%2e/admin', '/admin'],
    ['/x/.%2e/admin', '/admin'],
    ['/x/%2E./admin', '/admin'],
    ['/x/%252e%252e/admin', '/admin'],
    ['/x/%252e./admin', '/admin'],
    ['/x/..%2fadmin', '/admin'],
    ['/x%2f..%2fadmin', '/admin'],
    ['/x/..%252fadmin', '/admin'],
    ['/admin%2f..', '/'],
    ['/admin/.', '/admin'],
    ['/admin/.', '/admin/'],
    ['/admin/x/..', '/admin/'],
    ['/admin/x/..', '/admin'],
    ['/a%2fb/%2e%2e/admin', '/admin'],
    // Path parameters: Tomcat, Jetty, Spring.
    ['/admin;x=1', '/admin'],
    ['/admin;x=1/y', '/admin/y'],
    ['/;x/admin', '/admin'],
    ['/x/..;/admin', '/admin'],
    ['/x/..;foo=bar/admin', '/admin'],
    ['/x/.;/admin', '/x/admin'],
    ['/x/%2e%2e;/admin', '/admin'],
    ['/x/..%3b/admin', '/admin'],
    ['/x/..%253b/admin', '/admin'],
    ['/a;p/..;x/b;q', '/b;q'],
    ['/admin%3bx', '/admin'],
    // Routers to which a semicolon begins the query: Fastify 4, older Jetty.
    ['/admin;/x', '/admin'],
    ['/admin;x=1/../y', '/admin'],
    ['/x/..;/admin;/y', '/admin'],
    ['/admin%3b/x', '/admin'],
    // Parameters of the last segment alone: Python's urlparse.
    ['/;x/admin;y', '/;x/admin'],
    // White space around segments: Spring before 4.3, Windows.
    ['/admin%20', '/admin'],
    ['/%20admin/x', '/admin/x'],
    ['/admin%0d/x', '/admin/x'],
    ['/admin%2520', '/admin'],
    ['/x/..%20/admin', '/admin'],
    ['/x/..%00/admin', '/admin'],
    // Slashes.
    ['//admin', '/admin'],
    ['/x//../admin', '/admin'],
    ['/x//admin', '/x/admin'],
    ['/x/%2fadmin', '/x/admin'],
    ['/%2fadmin', '/admin'],
    // Backslashes: IIS, browsers.
    ['\\admin', '/admin'],
    ['/x\\..\\admin', '/admin'],
    ['/x\\admin', '/x/admin'],
    ['/x%5cadmin', '/x/admin'],
    ['/x/..%5cadmin', '/admin'],
    ['/x/..%255cadmin', '/admin'],
    ['/x%2fy/..%5cadmin', '/admin'],
    // Ends that come to light by decoding.
    ['/admin%00.html', '/admin'],
    ['/admin%3fx', '/admin'],
    ['/admin%23x', '/admin'],
    ['/admin#x', '/admin'],
    ['/admin%0a', '/admin'],
    ['/a%00b/admin%3fx', '/a\0b/admin'],
    ['/a%23b/admin%3fx', '/a#b/admin'],
    ['/%20/admin%20', '/ /admin'],
    // Overlong UTF-8, and Windows' own escapes.
    ['/x/%c0%ae%c0%ae/admin', '/admin'],
    ['/x/..%c0%afadmin', '/admin'],
    ['/x/..%e0%80%afadmin', '/admin'],
    ['/x/..%f0%80%80%afadmin', '/admin'],
    ['/%c1%a1dmin', '/admin'],
    ['/%u0061dmin', '/admin'],
    ['/x/..%u002fadmin', '/admin'],
    // A URL where a path is expected.
    ['//x/admin', '/admin'],
    ['//a\\b/admin', '/admin'],
    ['///x/admin', '/admin'],
    ['////x/admin', '/admin'],
    ['/%2f%2fx/admin', '/admin'],
    ['/\\\\x/admin', '/admin'],
    ['///x', '/'],
    ['/\\x/admin', '/admin'],
    ['http://host/admin', '/admin'],
    ['admin', '/admin'],
    ['', '/'],
    ['*', '/*'],
  ])('%s as %s', (path, expected) => {
    const paths = readExactly(path);
    expect(paths[0]).toBe(path);
    expect(paths).toContain(expected);
    expect(paths.length).toBeGreaterThan(1);
  });

  it.each([
    ['/%25zz', ['/%25zz', '/%zz']],
    ['/100%25', ['/100%25', '/100%']],
    ['/a%25b%20c', ['/a%25b%20c', '/a%b c']],
    ['/a%20b', ['/a%20b', '/a b']],
    ['/caf%C3%A9', ['/caf%C3%A9', '/café']],
    ['/%E2%82%AC', ['/%E2%82%AC', '/€']],
    ['/a%2Fb', ['/a%2Fb', '/a/b']],
    ['/a;v=1/b', ['/a;v=1/b', '/a/b', '/a']],
  ])('%s in no other way than these', (path, expected) => {
    expect(readExactly(path)).toEqual(expected);
  });

  it.each([
    ...['/a%', '/a%2', '/a%zz', '/%', '/%u00', '/%/..', '/x/%2>%2>/admin', '/a/%2', '/%%32%65'],
    // Jetty behind a proxy that decodes, too.
    ...['/x/%252>%252>/admin', '/x/%252%3E%252%3E/admin', '/x/%25%3c%3f', '/x/%25u002%60/y', '/%c0%a52%3e'],
    // A line break and a parameter that go, and what they kept apart.
    ...['/x/%252%0a%3e', '/x/%25%092%3e'],
    '/x/%25%EF%BC%92e',
  ])('%s in no way at all', (path) => {
    for (const settings of [EXACT, UNKNOWN, LOOSE]) {
      expect(pathReadings(path, settings, false)).toEqual({ kind: 'malformed' });
    }
  });

  it.each(['/x/%25252>', '/x/%25252%3e'])('%s, which nothing reads before three decodings', (path) => {
    expect(pathReadings(path, EXACT, false).kind).toBe('readings');
  });

  it('never decodes three times', () => {
    expect(readExactly('/%252561dmin')).toEqual(['/%252561dmin', '/%2561dmin', '/%61dmin']);
  });

  it('reads bytes that are not UTF-8 as replacement characters and as ISO 8859-1', () => {
    expect(readExactly('/caf%e9')).toEqual(['/caf%e9', '/caf\ufffd', '/café']);
  });

  it('keeps an escaped slash inside of a segment, as routers do', () => {
    expect(readExactly('/%61/x%2fy')).toEqual(expect.arrayContaining(['/a/x%2fy', '/a/x/y']));
  });
});

describe('case and trailing slash', () => {
  it.each([
    ['/Admin/', EXACT, ['/Admin/']],
    ['/Admin/', UNKNOWN, ['/Admin/', '/Admin', '/admin/', '/admin']],
    ['/Admin/', LOOSE, ['/admin']],
    ['/Admin/', { case: 'Insensitive', trailingSlash: 'Distinct' }, ['/admin/']],
    ['/Admin/', { case: 'Sensitive', trailingSlash: 'Ignore' }, ['/Admin']],
    ['/ADMIN', UNKNOWN, ['/ADMIN', '/admin']],
    ['/admin/', UNKNOWN, ['/admin/', '/admin']],
    ['/', LOOSE, ['/']],
    ['/\u212A%C4%B0', { case: 'Insensitive', trailingSlash: 'Distinct' }, undefined],
  ] as const)('%s under %o', (path, settings, expected) => {
    const paths = pathsOf(pathReadings(path, settings, false));
    if (expected !== undefined) expect(paths).toEqual(expected);
    else expect(paths).toContain('/ki');
  });

  it('tries a plain path under every kind of server where patterns vary', () => {
    expect(pathReadings('/admin', UNKNOWN, true)).toEqual({
      kind: 'readings',
      readings: [
        { path: '/admin', unfolded: '/admin', foldCase: false, foldSlash: false },
        { path: '/admin', unfolded: '/admin', foldCase: false, foldSlash: true },
        { path: '/admin', unfolded: '/admin', foldCase: true, foldSlash: false },
        { path: '/admin', unfolded: '/admin', foldCase: true, foldSlash: true },
      ],
    });
    expect(pathReadings('/admin', EXACT, true)).toEqual({
      kind: 'readings',
      readings: [{ path: '/admin', unfolded: '/admin', foldCase: false, foldSlash: false }],
    });
  });
});
