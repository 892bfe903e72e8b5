import { expect, it } from 'vitest';
import { ProxyRefused } from './connection.ts';
import { explainProviderFailure, explainTimeout } from './failures.ts';
import { AddressDenied } from './lookup.ts';

const url = new URL('https://id.example/keys?secret=1');
const proxy = new URL('http://joe:sesame@proxy.corp:3128');
const system = (code: string) => Object.assign(new Error('a secret'), { code });

const explain = (error: unknown, answered = false, by?: URL) =>
  explainProviderFailure(error, { url, proxy: by, answered }).error;

it.each<[unknown, string, RegExp]>([
  [system('ENOTFOUND'), 'UNKNOWN_HOST', /name id\.example cannot be resolved.*ENOTFOUND/],
  [system('EAI_AGAIN'), 'UNKNOWN_HOST', /DNS/],
  [system('ECONNREFUSED'), 'UNKNOWN_HOST', /id\.example refused the connection/],
  [system('EHOSTUNREACH'), 'UNKNOWN_HOST', /EHOSTUNREACH/],
  [system('ENETUNREACH'), 'UNKNOWN_HOST', /ENETUNREACH/],
  [system('ECONNRESET'), 'UNKNOWN_HOST', /before it answered.*ECONNRESET/],
  [system('ETIMEDOUT'), 'REQUEST_TIMEOUT', /firewall/],
  [system('CERT_HAS_EXPIRED'), 'UNKNOWN_HOST', /^TLS: .*expired/],
  [system('CERT_NOT_YET_VALID'), 'UNKNOWN_HOST', /^TLS: .*not valid yet.*clock/],
  [system('ERR_TLS_CERT_ALTNAME_INVALID'), 'UNKNOWN_HOST', /^TLS: .*another name/],
  [system('SELF_SIGNED_CERT_IN_CHAIN'), 'UNKNOWN_HOST', /^TLS: .*caBundleFrom/],
  [system('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), 'UNKNOWN_HOST', /^TLS: .*caBundleFrom/],
  [system('ERR_SSL_WRONG_VERSION_NUMBER'), 'UNKNOWN_HOST', /^TLS with id\.example failed/],
  [system('HPE_INVALID_CONSTANT'), 'COULD_NOT_PARSE_CONFIG', /proper HTTP/],
  [new AddressDenied('127.0.0.1'), 'URL_INVALID', /id\.example at 127\.0\.0\.1.*--fetch-deny-cidrs/],
  [new Error('wrapped', { cause: system('ECONNREFUSED') }), 'UNKNOWN_HOST', /ECONNREFUSED/],
  [new Error('wrapped', { cause: new AddressDenied('::1') }), 'URL_INVALID', /::1/],
  [
    Object.assign(new AggregateError([system('ECONNREFUSED')]), { code: 'ECONNREFUSED' }),
    'UNKNOWN_HOST',
    /refused/,
  ],
  [new Error('a secret'), 'UNKNOWN_HOST', /no code/],
  ['a secret', 'UNKNOWN_HOST', /no code/],
  [system('a secret code'), 'UNKNOWN_HOST', /no code/],
])('%s: %s', (error, code, words) => {
  const explained = explain(error);
  expect(explained).toMatchObject({ code, message: expect.stringMatching(words) });
  expect(explained.message).not.toContain('secret');
});

it.each([
  ['lookup', undefined, /^The name id\.example was not resolved within 5 s: DNS does not answer; .*port 53/],
  ['lookup', proxy, /^The name proxy\.corp was not resolved/],
  [
    'connect',
    undefined,
    /^id\.example neither accepted nor refused a connection within 5 s; .*NetworkPolicy.*HTTPS_PROXY/,
  ],
  [
    'connect',
    proxy,
    /^id\.example through the proxy proxy\.corp:3128 neither accepted .* drop packets to it\?$/,
  ],
  ['handshake', undefined, /^id\.example took the connection and ended no TLS handshake within 5 s; /],
  [
    'answer',
    undefined,
    /^https:\/\/other\.example\/a did not give a whole answer within 5 s; .*fetch\.timeout/,
  ],
] as const)('silence at the stage %s', (stage, by, words) => {
  const { code, message } = explainTimeout(
    { stage, url, proxy: by },
    new URL('https://other.example/a?b'),
    5,
  ).error;
  expect([code, message]).toEqual(['REQUEST_TIMEOUT', expect.stringMatching(words)]);
  expect(message).not.toMatch(/secret|sesame/);
});

it('whatever breaks after the head is a broken answer', () => {
  for (const error of [system('ECONNRESET'), system('HPE_INVALID_CHUNK_SIZE'), new Error('aborted')]) {
    expect(explain(error, true)).toMatchObject({ code: 'COULD_NOT_PARSE_CONFIG' });
  }
});

it('a proxy is named, its password is not', () => {
  for (const error of [system('ECONNREFUSED'), new ProxyRefused(407)]) {
    const { code, message } = explain(error, false, proxy);
    expect(code).toBe('UNKNOWN_HOST');
    expect(message).toMatch(/proxy proxy\.corp:3128.*HTTPS_PROXY/);
    expect(message).not.toMatch(/sesame|joe/);
  }
  expect(explain(new ProxyRefused(407), false, proxy).message).toContain('status 407');
});

it('a cause that goes round in a circle ends', () => {
  const error = new Error('round');
  error.cause = error;
  expect(explain(error)).toMatchObject({ code: 'UNKNOWN_HOST' });
});
