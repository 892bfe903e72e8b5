import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_DENIED_CIDRS } from './deny.ts';
import { parseRedirect, parseTarget, showUrl, type UrlRules } from './target.ts';
import { denying } from './testing/fetching.ts';

const strict: UrlRules = { deny: denying(...DEFAULT_DENIED_CIDRS), allowInsecureHttp: false };
const lax: UrlRules = { ...strict, allowInsecureHttp: true };

const judge = (url: string, rules: UrlRules) => {
  const target = parseTarget(url, 'keys.jwksURI', rules);
  return target.kind === 'target' ? target.url.href : target.error;
};

describe('taken', () => {
  it.each([
    ['https://id.example/keys', strict, 'https://id.example/keys'],
    ['https://id.example:8443/keys?p=policy', strict, 'https://id.example:8443/keys?p=policy'],
    ['https://id.example/keys#part', strict, 'https://id.example/keys'],
    ['https://93.184.216.34/keys', strict, 'https://93.184.216.34/keys'],
    ['http://id.example/keys', lax, 'http://id.example/keys'],
    // A name is judged where it leads, when it is connected to.
    ['https://localhost/keys', strict, 'https://localhost/keys'],
  ])('%s', (url, rules, href) => expect(judge(url, rules)).toBe(href));
});

describe('refused', () => {
  it.each([
    ['no URL', 'id.example/keys', 'is not a URL'],
    ['no URL', '', 'is not a URL'],
    ['a zone', 'https://[fe80::1%25eth0]/', 'is not a URL'],
    ['too long', `https://id.example/${'a'.repeat(2048)}`, 'at most 2048 characters'],
    ['http', 'http://id.example/keys', '--allow-insecure-http'],
    ['another scheme', 'file:///etc/passwd', 'scheme'],
    ['another scheme', 'ftp://id.example/', 'scheme'],
    ['another scheme', 'data:application/json,{}', 'scheme'],
    ['loopback', 'https://127.0.0.1/', '--fetch-deny-cidrs'],
    ['loopback as a number', 'https://2130706433/', '127.0.0.1'],
    ['loopback in hexadecimal', 'https://0x7f.1/', '127.0.0.1'],
    ['loopback in octal', 'https://0177.0.0.1/', '127.0.0.1'],
    ['loopback in circled digits', 'https://①②⑦.0.0.1/', '127.0.0.1'],
    ['loopback in IPv6', 'https://[::1]/', '::1'],
    ['mapped loopback', 'https://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
    ['unspecified', 'https://0/', '0.0.0.0'],
    ['a metadata service', 'https://169.254.169.254/latest/meta-data', '169.254.169.254'],
  ])('%s: %s', (_what, url, words) => {
    expect(judge(url, strict)).toEqual({ code: 'URL_INVALID', message: expect.stringContaining(words) });
  });

  it('a password, which the message keeps to itself', () => {
    const error = judge('https://joe:sesame@id.example/', lax);
    expect(error).toMatchObject({ code: 'URL_INVALID', message: expect.stringContaining('id.example') });
    expect(JSON.stringify(error)).not.toContain('sesame');
    expect(judge('https://joe@id.example/', lax)).toMatchObject({ code: 'URL_INVALID' });
  });
});

describe('redirects', () => {
  const from = new URL('https://id.example/a/b');
  it.each([
    ['/keys', 'https://id.example/keys'],
    ['c', 'https://id.example/a/c'],
    ['//cdn.example/keys', 'https://cdn.example/keys'],
    ['https://cdn.example/keys', 'https://cdn.example/keys'],
  ])('%s leads to %s', (location, href) => {
    expect(parseRedirect(location, 'A redirect', from, strict)).toMatchObject({ url: { href } });
  });

  it.each([
    ['http://id.example/keys', 'never followed'],
    ['https://169.254.169.254/', '--fetch-deny-cidrs'],
    ['//127.1/', '127.0.0.1'],
    ['file:///etc/passwd', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['https://joe:pass@id.example/', 'password'],
    ['https://', 'not a URL'],
  ])('%s is refused, even where http:// is allowed', (location, words) => {
    expect(parseRedirect(location, 'A redirect', from, lax)).toMatchObject({
      kind: 'failed',
      error: { code: 'URL_INVALID', message: expect.stringContaining(words) },
    });
  });

  it('http:// may lead to http:// and to https:// where it is allowed at all', () => {
    const insecure = new URL('http://id.example/');
    expect(parseRedirect('/keys', 'A redirect', insecure, lax)).toMatchObject({ kind: 'target' });
    expect(parseRedirect('https://id.example/', 'A redirect', insecure, lax)).toMatchObject({
      kind: 'target',
    });
    expect(parseRedirect('/keys', 'A redirect', insecure, strict)).toMatchObject({ kind: 'failed' });
  });
});

it('messages show no query, and no URL at any length', () => {
  expect(showUrl(new URL('https://id.example/a?secret=1'))).toBe('https://id.example/a');
  expect(showUrl(new URL(`https://id.example/${'a'.repeat(2000)}`)).length).toBeLessThan(260);
});

it('whatever is taken is https:// and no denied address; nothing throws', () => {
  const part = fc.oneof(
    fc.constantFrom('https://', 'http://', '127.1', '[::1]', '@', ':', '/', '\\', '%2f', '#'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const target = parseTarget(parts.join(''), 'it', strict);
      if (target.kind !== 'target') return;
      expect(target.url.protocol).toBe('https:');
      expect(target.url.username + target.url.password + target.url.hash).toBe('');
      // A name such as 127.1a is no address.
      expect(target.url.hostname).not.toMatch(/^127(?:\.\d+){3}$|^\[::1\]$/);
    }),
  );
});
