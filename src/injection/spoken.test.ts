import { describe, expect, it } from 'vitest';
import { sayingMore, spokenBy } from './spoken.ts';

describe('what a port says that it speaks', () => {
  it.each([
    ...['http', 'HTTP', 'http-alt', 'api-http', 'http1', 'httpserver', 'http-svc', 'myhttp'],
    ...['ws', 'ws-chat', 'wsgi', 'kubernetes.io/ws', 'http-tls-off', 'example.com/http'],
  ])('%s: HTTP', (text) => {
    expect(spokenBy(text)).toBe('HTTP');
  });

  it.each(['h2c', 'kubernetes.io/h2c', 'grpc', 'grpc-web', 'api-grpc', 'grpcserver', 'http2', 'HTTP2'])(
    '%s: HTTP/2',
    (text) => {
      expect(spokenBy(text)).toBe('H2C');
    },
  );

  it.each([
    ...['https', 'HTTPS', 'https-alt', 'web-https', 'https1', 'httpsapi', 'wss', 'kubernetes.io/wss', 'tls'],
    ...['tls-http', 'tls1', 'ssl', 'grpcs', 'api-grpcs', 'example.com/https'],
  ])('%s: TLS', (text) => {
    expect(spokenBy(text)).toBe('TLS');
  });

  it.each(['', 'web', 'api', 'metrics', 'postgres', 'tcp', 'aws', 'news', 'kubernetes.io/x'])(
    '%s: nothing',
    (text) => {
      expect(spokenBy(text)).toBeUndefined();
    },
  );

  it('by its appProtocol before its name', () => {
    expect(spokenBy('https', 'http')).toBe('TLS');
    expect(spokenBy('http', 'https')).toBe('HTTP');
    expect(spokenBy('tcp', 'https')).toBe('TLS');
    expect(spokenBy('http', 'grpc')).toBe('H2C');
    expect(spokenBy('https', 'grpc')).toBe('TLS');
    expect(spokenBy('http', 'grpcs')).toBe('HTTP');
  });
});

it('of two the one that says more counts', () => {
  const [tls, http, h2c] = (['TLS', 'HTTP', 'H2C'] as const).map((protocol) => ({ protocol }));
  if (tls === undefined || http === undefined || h2c === undefined) throw new Error('three');
  expect(sayingMore(undefined, tls)).toBe(tls);
  expect(sayingMore(tls, http)).toBe(http);
  expect(sayingMore(http, tls)).toBe(http);
  expect(sayingMore(http, h2c)).toBe(h2c);
  expect(sayingMore(h2c, http)).toBe(h2c);
});
