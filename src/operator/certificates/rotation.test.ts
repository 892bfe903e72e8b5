/** Whole lives of authorities in simulated time: whoever trusts what is, or was, published gets through. */

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../tools/run.ts';
import type { Outcome } from '../../kubernetes/errors.ts';
import { RESOURCES } from '../resources.ts';
import { readSecretData, readServer } from './authority.ts';
import { type Certificate, type CertificateWithKey, readAuthorityCertificate } from './certificate.ts';
import { SERVER_SECRET } from './names.ts';
import { reconcileAuthority, reconcileServer } from './reconcile.ts';
import { fakeCluster } from './testing/cluster.ts';
import { accepts, DAY, HOUR, issuingAt, NAMES } from './testing/issuing.ts';

const namespace = 'system';
const [, name = ''] = NAMES;

/** So that what is made in the rotation, 275 days later, is valid by the clock of this machine too. */
const begin = Math.floor(Date.now() / 1000) * 1000 - 279 * DAY;

interface Served {
  readonly at: number;
  readonly server: CertificateWithKey;
  /** Published then, or up to 24 h before. */
  readonly bundles: readonly string[];
}

const good = <T>(outcome: Outcome<T>): T => {
  if (outcome.kind === 'failed') throw new Error(outcome.error.message);
  return outcome.value;
};

/** Hour by hour where something happens; `publishes` says whether the leader can publish in that hour. */
async function simulate(days: number, publishes: (at: number) => boolean = () => true) {
  const cluster = fakeCluster();
  const issuing = issuingAt(begin);
  const deps = { client: cluster.client, issuing, namespace, mayWrite: () => true };
  let published: { readonly bundle: string; readonly until: number }[] = [];
  const served: Served[] = [];
  const done: string[] = [];
  for (let at = begin; at <= begin + days * DAY; at += pauseAfter(at)) {
    issuing.time = at;
    const authority = good(await reconcileAuthority(deps, published.at(-1)?.bundle));
    if (published.length === 0 || publishes(at)) {
      published = [
        ...published.filter(({ until }) => until >= at - DAY),
        { bundle: authority.bundle, until: at },
      ];
    }
    const certificates = good(await reconcileServer(deps, NAMES));
    done.push(...[...authority.done, ...certificates.done].map((what) => `${(at - begin) / DAY}: ${what}`));
    const server = readServer(
      readSecretData(cluster.get(RESOURCES.Secret, { namespace, name: SERVER_SECRET })?.data),
    );
    if (server === undefined) throw new Error('no certificate');
    served.push({ at, server, bundles: [...new Set(published.map(({ bundle }) => bundle))] });
  }
  return { served, done, writes: cluster.writes.length };
}

function pauseAfter(at: number): number {
  const day = ((at - begin) / DAY) % 275;
  return day < 13 || day >= 274 ? HOUR : 6 * HOUR;
}

function certificatesIn(bundle: string): readonly Certificate[] {
  const blocks = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? [];
  return blocks.map((pem) => {
    const certificate = readAuthorityCertificate(pem);
    if (certificate === undefined) throw new Error('the bundle holds what is no authority');
    return certificate;
  });
}

/** One for each pair of certificate and bundle, at the first and the last hour of it. */
function pairs(served: readonly Served[]) {
  const found = new Map<string, { server: CertificateWithKey; bundle: string; from: number; to: number }>();
  for (const { at, server, bundles } of served) {
    for (const bundle of bundles) {
      const known = found.get(server.pem + bundle);
      if (known === undefined) found.set(server.pem + bundle, { server, bundle, from: at, to: at });
      else known.to = at;
    }
  }
  return [...found.values()];
}

let life: Awaited<ReturnType<typeof simulate>>;
beforeAll(async () => {
  life = await simulate(560);
});

describe('the life of an authority, for 560 days', () => {
  it('has one rotation every 275 days, in three steps a day apart, and little else', () => {
    const rotations = life.done.filter((what) => !what.includes('servers'));
    expect(rotations.map((what) => Number.parseFloat(what))).toEqual([
      0,
      ...[275, 275 + 1 / 24, 276 + 1 / 24, 277 + 1 / 24],
      ...[550, 550 + 1 / 24, 551 + 1 / 24, 552 + 1 / 24],
    ]);
    // The servers' certificate every 20 days, and with each change of authorities.
    expect(life.done.length - rotations.length).toBeLessThanOrEqual(1 + 560 / 20 + 2);
    expect(life.writes).toBe(life.done.length);
  });

  it('lets in whoever has what is published, or was up to 24 h before', () => {
    const trusted = new Map<string, readonly Certificate[]>();
    for (const { at, server, bundles } of life.served) {
      for (const bundle of bundles) {
        const authorities = trusted.get(bundle) ?? certificatesIn(bundle);
        trusted.set(bundle, authorities);
        if (!accepts(authorities, server, name, at))
          throw new Error(`refused after ${(at - begin) / DAY} days`);
      }
    }
    expect(trusted.size).toBe(5);
  });

  it('lets them in at a replica that still shows the certificate of a step ago', () => {
    for (const [index, { at, bundles }] of life.served.entries()) {
      const before = life.served[index - 1]?.server;
      for (const bundle of before === undefined ? [] : bundles) {
        if (before !== undefined && !accepts(certificatesIn(bundle), before, name, at)) {
          throw new Error(`refused after ${(at - begin) / DAY} days`);
        }
      }
    }
  });
});

it('waits with a new authority for places that cannot be reached, and then gives them their 24 h', async () => {
  const gone = (at: number) => at >= begin + 275 * DAY && at < begin + 285 * DAY;
  const { served, done } = await simulate(290, (at) => !gone(at));
  expect(done.filter((what) => !what.includes('servers')).map(Number.parseFloat)).toEqual([
    ...[0, 275, 285 + 1 / 24, 286 + 1 / 24, 287 + 1 / 24],
  ]);
  for (const { at, server, bundles } of served) {
    for (const bundle of bundles) expect(accepts(certificatesIn(bundle), server, name, at)).toBe(true);
  }
});

describe('real handshakes', () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createServer((socket) => socket.end('good'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(() => {
    server.close();
  });

  const handshake = async (ca: string): Promise<string> => {
    const socket = connect({ host: '127.0.0.1', port, servername: name, ca });
    try {
      let answer = '';
      for await (const chunk of socket) answer += String(chunk);
      return answer;
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    } finally {
      socket.destroy();
    }
  };

  it('succeed for each certificate and each bundle of a whole rotation, on one server', async () => {
    const rotation = pairs(life.served.filter(({ at }) => at >= begin + 270 * DAY && at <= Date.now()));
    expect(rotation.length).toBe(4);
    for (const { server: certificate, bundle } of rotation) {
      server.setSecureContext({ cert: certificate.pem, key: certificate.key });
      expect(await handshake(bundle)).toBe('good');
    }
  });

  it('fail where the authority is another one', async () => {
    const [last] = pairs(life.served.filter(({ at }) => at >= begin + 278 * DAY && at <= Date.now()));
    const [first] = life.served;
    if (last === undefined || first === undefined) throw new Error('nothing was served');
    server.setSecureContext({ cert: last.server.pem, key: last.server.key });
    expect(await handshake(first.bundles.join(''))).toMatch(/UNABLE_TO|SELF_SIGNED/);
  });
});

it("OpenSSL's own command agrees, at the simulated time, where there is one", async () => {
  const openssl = await run('openssl', ['version']).catch(() => undefined);
  const folder = await mkdtemp(path.join(tmpdir(), 'portcullis-certificates-'));
  const [bundleFile, serverFile] = [path.join(folder, 'ca.pem'), path.join(folder, 'tls.pem')];
  for (const { server, bundle, from, to } of openssl === undefined ? [] : pairs(life.served)) {
    await Promise.all([writeFile(bundleFile, bundle), writeFile(serverFile, server.pem)]);
    for (const at of [from, to]) {
      const strict = [
        '-x509_strict',
        '-purpose',
        'sslserver',
        '-verify_hostname',
        name,
        '-attime',
        `${at / 1000}`,
      ];
      const result = await run('openssl', ['verify', ...strict, '-CAfile', bundleFile, serverFile]);
      expect(result).toMatchObject({ code: 0 });
    }
  }
  await rm(folder, { recursive: true });
});
