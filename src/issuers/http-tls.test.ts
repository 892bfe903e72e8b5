// Whose certificates are trusted, and what is said of the others.
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Authority, createAuthority } from './testing/certificates.ts';
import { denying, fetchFrom, testGet, verdict } from './testing/fetching.ts';
import { redirects, serves, startRawServer, startServer } from './testing/servers.ts';

const get = testGet({ allowInsecureHttp: false, lookup: async () => [{ address: '127.0.0.1', family: 4 }] });

let authority: Authority;
let other: Authority;
beforeAll(async () => {
  [authority, other] = await Promise.all([createAuthority('Private CA'), createAuthority('Other CA')]);
});

const messageOf = async (url: string, certificateAuthorities?: string) => {
  const outcome = await fetchFrom(url, get, { certificateAuthorities });
  return outcome.kind === 'failed' ? `${outcome.error.code}: ${outcome.error.message}` : outcome.kind;
};

it('a private authority is trusted where it is named, for names and for addresses', async () => {
  const server = await startServer(serves({}), await authority.issue(['id.example', '127.0.0.1']));
  const trusting = { certificateAuthorities: authority.certificate };
  expect(await verdict(fetchFrom(`https://id.example:${server.port}/`, get, trusting))).toBe('ok {}');
  expect(await verdict(fetchFrom(`${server.origin}/`, get, trusting))).toBe('ok {}');
  await expect.poll(server.open).toBe(0);
});

it('one of several authorities suffices', async () => {
  const server = await startServer(serves({}), await authority.issue(['id.example']));
  const both = `${other.certificate}\n${authority.certificate}\n`;
  expect(await messageOf(`https://id.example:${server.port}/`, both)).toBe('ok');
});

describe('UNKNOWN_HOST', () => {
  it('for an authority that is not trusted', async () => {
    const server = await startServer(serves({}), await authority.issue(['id.example']));
    const url = `https://id.example:${server.port}/`;
    expect(await messageOf(url)).toMatch(/^UNKNOWN_HOST: TLS: .*caBundleFrom/);
    expect(await messageOf(url, other.certificate)).toMatch(/^UNKNOWN_HOST: TLS: .*caBundleFrom/);
    expect(await messageOf(url, 'no certificate at all')).toMatch(/^UNKNOWN_HOST: TLS/);
    expect(server.requests).toEqual([]);
  });

  it('for an authority that is not trusted, whatever the environment says', async () => {
    vi.spyOn(process, 'emitWarning').mockReturnValue();
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    try {
      const server = await startServer(serves({}), await authority.issue(['id.example']));
      expect(await messageOf(`https://id.example:${server.port}/`)).toMatch(/^UNKNOWN_HOST/);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('for the certificate of another name', async () => {
    const server = await startServer(serves({}), await authority.issue(['other.example']));
    const url = `https://id.example:${server.port}/`;
    expect(await messageOf(url, authority.certificate)).toMatch(/^UNKNOWN_HOST: TLS: .*another name/);
    const byAddress = await messageOf(`https://127.0.0.1:${server.port}/`, authority.certificate);
    expect(byAddress).toMatch(/^UNKNOWN_HOST: TLS: .*another name/);
  });

  it('for an expired certificate', async () => {
    const expired = await authority.issue(['id.example'], new Date('2021-01-01T00:00:00Z'));
    const server = await startServer(serves({}), expired);
    const message = await messageOf(`https://id.example:${server.port}/`, authority.certificate);
    expect(message).toMatch(/^UNKNOWN_HOST: TLS: .*has expired/);
  });

  it('for a port that speaks no TLS', async () => {
    const server = await startServer(serves({}));
    expect(await messageOf(`https://127.0.0.1:${server.port}/`)).toMatch(
      /^UNKNOWN_HOST: TLS .*https:\/\/ port/,
    );
    const silent = await startRawServer((socket) => socket.end());
    expect(await messageOf(`https://127.0.0.1:${silent.port}/`)).toMatch(/^UNKNOWN_HOST/);
  });
});

it('a port that speaks TLS does not answer http://', async () => {
  const server = await startServer(serves({}), await authority.issue(['127.0.0.1']));
  const outcome = await verdict(fetchFrom(`http://127.0.0.1:${server.port}/`, testGet()));
  expect(['UNKNOWN_HOST', 'COULD_NOT_PARSE_CONFIG', 'REMOTE_HOST_RESPONDED_WITH_ERROR']).toContain(outcome);
});

it('a redirect from https:// to http:// is not followed, even where http:// is allowed', async () => {
  const plain = await startServer(serves({}));
  const server = await startServer(redirects(plain.origin), await authority.issue(['127.0.0.1']));
  const trusting = { certificateAuthorities: authority.certificate };
  expect(await verdict(fetchFrom(server.origin, testGet(), trusting))).toBe('URL_INVALID');
  expect(plain.connections()).toBe(0);
});

it('a redirect from http:// to https:// is followed, and the certificate judged', async () => {
  const secure = await startServer(serves({}), await authority.issue(['127.0.0.1']));
  const server = await startServer(redirects(secure.origin));
  const trusting = { certificateAuthorities: authority.certificate };
  expect(await verdict(fetchFrom(server.origin, testGet(), trusting))).toBe('ok {}');
  expect(await verdict(fetchFrom(server.origin, testGet()))).toBe('UNKNOWN_HOST');
});

it('a denied address is denied over TLS, too', async () => {
  const server = await startServer(serves({}), await authority.issue(['id.example']));
  const strict = testGet({
    deny: denying('127.0.0.0/8'),
    lookup: async () => [{ address: '127.0.0.1', family: 4 }],
  });
  const url = `https://id.example:${server.port}/`;
  expect(await verdict(fetchFrom(url, strict, { certificateAuthorities: authority.certificate }))).toBe(
    'URL_INVALID',
  );
  expect(server.connections()).toBe(0);
});
