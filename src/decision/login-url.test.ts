import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, enforce, headerOf, joe, request, verdict } from '../../test/support/decide.ts';
import { MAX_LOCATION } from './login.ts';
import { LOGIN, loginFor, NAVIGATES, sentTo, withLogin } from './testing/login.ts';

describe('the URL that a browser is sent back to', () => {
  it.each([
    ['api.example', 'https://api.example'],
    ['API.Example', 'https://api.example'],
    ['api.example.', 'https://api.example'],
    ['api.example:443', 'https://api.example'],
    ['api.example:', 'https://api.example'],
    ['api.example:8443', 'https://api.example:8443'],
    ['localhost:8080', 'http://localhost:8080'],
    ['127.0.0.1:80', 'http://127.0.0.1'],
  ])('of Host %s begins with %s', (host, origin) => {
    expect(sentTo({ host })).toBe(loginFor(`${origin}/orders`));
  });

  it.each([
    'evil.example',
    'api.example.evil.example',
    'evil-api.example',
    'api.example:80',
    'api.example:444',
    'api.example:08443x',
    'api.example..',
    'localhost',
    'localhost:443',
    'api.example@evil.example',
    'evil.example:pass@api.example',
    'api.example, evil.example',
    'api.example/evil',
    'api.example\\@evil.example',
    'api.example#',
    'api.example?',
    'аpi.example',
    'api.ex\u0430mple',
    'api。example',
    'xn--pi-6kc.example',
    '[::1]',
    '',
    ' api.example',
    'api.example\r\nx: y',
  ])('is none of Host %j', (host) => {
    const decision = decide(enforce(withLogin()), request({ host, headers: NAVIGATES }));
    expect(headerOf(decision, 'location')).toBeUndefined();
  });

  it.each([
    '//evil.example',
    '//evil.example/%2e%2e',
    '/\\evil.example',
    '/\\\\evil.example',
    '/@evil.example',
    '/.evil.example',
    '/%0d%0aset-cookie:a=b',
    '/%2f%2fevil.example',
    '/?rd=https://evil.example&app=evil',
    "/'onload='x",
    '/"><script>alert(1)</script>',
    '/a%',
  ])('is the very URL of the target %s', (pathAndQuery) => {
    const location = sentTo({ pathAndQuery });
    if (location === undefined) throw new Error('not redirected');
    expect(location).toMatch(/^[A-Za-z0-9%._~:/?=&-]+$/);
    const there = new URL(location);
    expect([there.origin, [...there.searchParams.keys()]]).toEqual(['https://login.example', ['rd', 'app']]);
    expect(there.searchParams.get('rd')).toBe(`https://api.example${pathAndQuery}`);
    expect(URL.parse(there.searchParams.get('rd') ?? '')?.host).toBe('api.example');
    expect(there.searchParams.get('app')).toBe('shop');
  });

  it.each([
    'http://evil.example/',
    'https://evil.example',
    '*',
    '',
    'orders',
    '/a b',
    '/a\r\nb',
    '/ä',
    '/#@evil.example',
  ])('is none of the target %j', (pathAndQuery) => {
    const decision = decide(enforce(withLogin()), request({ pathAndQuery, headers: NAVIGATES }));
    expect(verdict(decision)).toBe('denied request_malformed');
    expect(headerOf(decision, 'location')).toBeUndefined();
  });

  it('never has another origin, and never breaks out of the URL of the login page', () => {
    let redirected = 0;
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom('api.example', 'api.example:8443', 'localhost:8080'), fc.string()),
        fc.string({
          unit: fc.oneof(
            fc.constantFrom('/', '\\', '@', ':', '?', '#', '%', '&', '.', '\r'),
            fc.string({ maxLength: 1 }),
          ),
        }),
        fc.dictionary(fc.constantFrom('x-forwarded-host', 'x-forwarded-proto', 'forwarded'), fc.string()),
        (host, rest, headers) => {
          const asked = request({ host, pathAndQuery: `/${rest}`, headers: { ...headers, ...NAVIGATES } });
          const location = headerOf(decide(enforce(withLogin()), asked), 'location');
          if (location === undefined) return;
          redirected += 1;
          const { origin, pathname, searchParams } = new URL(location);
          expect([origin, pathname, searchParams.get('app')]).toEqual([
            'https://login.example',
            '/start',
            'shop',
          ]);
          expect(LOGIN.origins).toContain(new URL(searchParams.get('rd') ?? '').origin);
        },
      ),
      { numRuns: 2000 },
    );
    expect(redirected).toBeGreaterThan(100);
  });

  it('goes by no header of a client’s', () => {
    const headers = { ...NAVIGATES, 'x-forwarded-proto': 'http', 'x-forwarded-host': 'evil.example' };
    expect(sentTo({ headers })).toBe(loginFor('https://api.example/orders'));
  });

  it('is bounded: nobody is sent away by a URL that servers do not take', () => {
    const location = (length: number) => sentTo({ pathAndQuery: `/${'a'.repeat(length)}` });
    const longest = MAX_LOCATION - loginFor('https://api.example/').length;
    expect(location(longest)).toHaveLength(MAX_LOCATION);
    expect(location(longest + 1)).toBeUndefined();
  });

  it('holds no token: who came back would bring the same again', () => {
    const credentials = [{ in: 'Query' as const, name: 'access_token' }];
    const policy = withLogin({}, { credentials });
    const expired = joe({ exp: 1 });
    expect(sentTo({ pathAndQuery: `/?access_token=${expired}` }, policy)).toBeUndefined();
    expect(sentTo({ pathAndQuery: `/?access%5Ftoken=${expired}` }, policy)).toBeUndefined();
    expect(sentTo({ pathAndQuery: '/?page=1' }, policy)).toBe(loginFor('https://api.example/?page=1'));
  });
});

describe('the login page itself', () => {
  it.each([
    ['https://api.example/start?rd={url}', '/start', '/start/x'],
    ['https://api.example?rd={url}', '/', '/x'],
    ['https://api.example/start#rd={url}', '/start', '/startx'],
    ['https://api.example/start/{url}', '/start/https%3A%2F%2Fapi.example%2F', '/star'],
  ])('%s is never sent to itself', (url, page, other) => {
    const policy = withLogin({ url });
    expect(sentTo({ pathAndQuery: page }, policy)).toBeUndefined();
    expect(sentTo({ pathAndQuery: `${page}?rd=x` }, policy)).toBeUndefined();
    expect(sentTo({ pathAndQuery: other }, policy)).toContain(
      encodeURIComponent(`https://api.example${other}`),
    );
  });

  it('that sends on to another guarded page ends soon', () => {
    const policy = withLogin({ url: 'https://api.example/a?rd={url}' });
    let [target, steps] = ['/b', 0];
    for (;;) {
      const location = sentTo({ pathAndQuery: target }, policy);
      if (location === undefined) break;
      // As if /a led to /b, query and all.
      target = `/b${new URL(location).search}`;
      steps += 1;
    }
    expect(steps).toBeLessThan(100);
  });
});
