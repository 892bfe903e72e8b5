import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Environment, routeFor } from './proxy.ts';

const route = (url: string, environment: Environment): string => {
  const found = routeFor(new URL(url), environment);
  return found.kind === 'proxy' ? found.proxy.href : found.kind;
};

const both = { HTTP_PROXY: 'http://plain:3128', HTTPS_PROXY: 'http://secure:3128' };

describe('the proxy', () => {
  it.each<[string, Environment, string]>([
    ['https://id.example/', {}, 'direct'],
    ['https://id.example/', both, 'http://secure:3128/'],
    ['http://id.example/', both, 'http://plain:3128/'],
    ['https://id.example/', { HTTP_PROXY: 'http://plain:3128' }, 'direct'],
    [
      'https://id.example/',
      { https_proxy: 'http://lower:1', HTTPS_PROXY: 'http://upper:1' },
      'http://lower:1/',
    ],
    ['https://id.example/', { https_proxy: '', HTTPS_PROXY: 'http://upper:1' }, 'direct'],
    ['https://id.example/', { HTTPS_PROXY: ' ' }, 'direct'],
    ['https://id.example/', { HTTPS_PROXY: 'proxy.corp:3128' }, 'http://proxy.corp:3128/'],
    ['https://id.example/', { HTTPS_PROXY: 'https://proxy.corp' }, 'https://proxy.corp/'],
    ['https://id.example/', { HTTPS_PROXY: 'socks5://proxy.corp' }, 'failed'],
    ['https://id.example/', { HTTPS_PROXY: 'http://' }, 'failed'],
    ['http://localhost:8080/', both, 'direct'],
    ['http://127.0.0.1:8080/', both, 'direct'],
    ['http://[::1]:8080/', both, 'direct'],
  ])('%s with %j: %s', (url, environment, expected) => expect(route(url, environment)).toBe(expected));

  it('a broken variable is named, its password is not', () => {
    const found = routeFor(new URL('https://id.example/'), { https_proxy: 'socks5://joe:sesame@proxy' });
    expect(found).toMatchObject({
      error: { code: 'URL_INVALID', message: expect.stringContaining('HTTPS_PROXY') },
    });
    expect(JSON.stringify(found)).not.toContain('sesame');
  });
});

describe('NO_PROXY', () => {
  it.each<[string, string, 'direct' | 'proxied']>([
    ['*', 'https://id.example/', 'direct'],
    ['id.example', 'https://id.example/', 'direct'],
    ['ID.Example', 'https://id.example./', 'direct'],
    ['example', 'https://id.example/', 'direct'],
    ['.example', 'https://id.example/', 'direct'],
    ['*.example', 'https://id.example/', 'direct'],
    ['.id.example', 'https://id.example/', 'proxied'],
    ['*.id.example', 'https://id.example/', 'proxied'],
    ['d.example', 'https://id.example/', 'proxied'],
    ['other.example, id.example', 'https://id.example/', 'direct'],
    ['other.example id.example', 'https://id.example/', 'direct'],
    ['id.example:443', 'https://id.example/', 'direct'],
    ['id.example:8443', 'https://id.example/', 'proxied'],
    ['.svc,.cluster.local', 'https://keycloak.identity.svc/', 'direct'],
    ['10.0.0.0/8', 'https://10.1.2.3/', 'direct'],
    ['10.0.0.0/8', 'https://11.1.2.3/', 'proxied'],
    ['10.1.2.3', 'https://10.1.2.3/', 'direct'],
    ['fd00::/8', 'https://[fd00::1]/', 'direct'],
    ['fd00::1', 'https://[fd00::1]/', 'direct'],
    ['[fd00::1]:443', 'https://[fd00::1]/', 'direct'],
    ['fe80::/10', 'https://[fd00::1]/', 'proxied'],
    ['10.0.0.0/8', 'https://id.example/', 'proxied'],
    ['', 'https://id.example/', 'proxied'],
    [',', 'https://id.example/', 'proxied'],
    ['.', 'https://id.example/', 'proxied'],
  ])('"%s" and %s: %s', (list, url, expected) => {
    const environment = { ...both, no_proxy: list };
    expect(route(url, environment)).toBe(expected === 'direct' ? 'direct' : 'http://secure:3128/');
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (proxy, list) => {
        const environment = { HTTPS_PROXY: proxy, NO_PROXY: list };
        expect(['direct', 'proxy', 'failed']).toContain(
          routeFor(new URL('https://id.example'), environment).kind,
        );
      }),
    );
  });
});
