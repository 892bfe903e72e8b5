import { describe, expect, it } from 'vitest';
import { parseHeader, parseRequestLine, toCheck, withToken } from './request.ts';

function parsed(text: string) {
  const result = parseRequestLine(text);
  return result.kind === 'parsed' ? result.value : result.problem;
}

describe('parseRequestLine', () => {
  it.each([
    ['GET https://api.example/orders', 'api.example', '/orders'],
    ['GET HTTP://API.example:8443/a', 'API.example:8443', '/a'],
    ['GET https://[2001:db8::1]:8080/a', '[2001:db8::1]:8080', '/a'],
    ['GET https://api.example', 'api.example', '/'],
    ['GET https://api.example?a=1', 'api.example', '/?a=1'],
    ['GET https://api.example/a?b=/c#d', 'api.example', '/a?b=/c#d'],
    ['GET https://user@api.example/', 'user@api.example', '/'],
    ['GET https://api.example\\a/b', 'api.example\\a', '/b'],
    ['GET /a/../b', undefined, '/a/../b'],
    ['GET //a', undefined, '//a'],
  ])('reads %j', (text, host, target) => {
    expect(parsed(text)).toEqual({ method: 'GET', host, target });
  });

  it.each(['/a/./../%2e%2e/b', '/%41%2F;x=1//..\\c', '/a b', '/é', '/%', '/a/..;/b', '//x/../'])(
    'leaves the path %s as it is',
    (target) => {
      expect(parsed(`GET https://api.example${target}`)).toMatchObject({ target });
    },
  );

  it.each([
    '',
    'GET',
    'GET ',
    ' https://api.example/',
    'GET api.example/',
    'GET ftp://api.example/',
    'GET https:///a',
    'GET  https://api.example/',
  ])('refuses %j', (text) => {
    expect(parsed(text)).toBeTypeOf('string');
  });
});

describe('parseHeader', () => {
  it.each([
    ['Host: api.example', ['host', 'api.example']],
    ['x-a:b:c', ['x-a', 'b:c']],
    ['x-a:  b \t', ['x-a', 'b']],
    ['x-a:', ['x-a', '']],
    ['__proto__: b', ['__proto__', 'b']],
  ])('reads %j', (text, value) => {
    expect(parseHeader(text)).toEqual({ kind: 'parsed', value });
  });

  it.each(['x-a', ': b', 'x a: b', 'é: b', 'x-a: b\r\nx-auth-user: ann', 'x-a: \0'])('refuses %j', (text) => {
    expect(parseHeader(text).kind).toBe('refused');
  });
});

describe('toCheck', () => {
  const line = { method: 'GET', host: 'api.example', target: '/' };

  it('joins doubled headers by a comma, as Envoy does', () => {
    const { headers } = toCheck(line, [
      ['x-a', '1'],
      ['x-a', '2'],
      ['cookie', 'a=1'],
      ['cookie', 'b=2'],
    ]);
    expect(headers).toMatchObject({ host: 'api.example', 'x-a': '1,2', cookie: 'a=1,b=2' });
  });

  it('takes the host of the URL for a Host header, so that another one doubles it', () => {
    expect(toCheck(line, [['host', 'other.example']]).host).toBe('api.example,other.example');
  });

  it('takes the host of a header where the URL has none', () => {
    expect(toCheck({ ...line, host: undefined }, [['host', 'other.example']]).host).toBe('other.example');
  });

  it('reads the port as the validator does', () => {
    expect(toCheck(line, []).port).toBeUndefined();
    expect(toCheck(line, [['x-portcullis-port', '8080']]).port).toBe(8080);
  });

  it('knows no header that nobody sent', () => {
    expect(toCheck(line, []).headers.constructor).toBeUndefined();
  });
});

describe('withToken', () => {
  const bare = toCheck({ method: 'GET', host: 'api.example', target: '/a' }, [
    ['cookie', 'a=1'],
    ['x-token', 'before'],
  ]);

  it('puts it into a header with its scheme', () => {
    const { headers } = withToken(bare, 't', { in: 'Header', name: 'Authorization', scheme: 'Bearer' });
    expect(headers).toMatchObject({ authorization: 'Bearer t', host: 'api.example' });
  });

  it('adds to a header that is there already', () => {
    expect(withToken(bare, 't', { in: 'Header', name: 'x-token', scheme: '' }).headers['x-token']).toBe(
      'before,t',
    );
  });

  it('puts it into the query, where it arrives as it was given', () => {
    const place = { in: 'Query', name: 'access_token' } as const;
    expect(withToken(bare, 'a.b&c%d', place).pathAndQuery).toBe('/a?access_token=a.b%26c%25d');
    expect(withToken({ ...bare, pathAndQuery: '/a?b' }, 't', place).pathAndQuery).toBe('/a?b&access_token=t');
  });

  it('puts it beside the cookies that are there', () => {
    expect(withToken(bare, 't', { in: 'Cookie', name: 's', origins: [] }).headers.cookie).toBe('a=1; s=t');
  });

  it('leaves the request as it was', () => {
    withToken(bare, 't', { in: 'Cookie', name: 's', origins: [] });
    expect(bare.headers.cookie).toBe('a=1');
  });
});
