/** A certificate and its key in files: what is taken, what is refused in which words, and what a change does. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { manualClock } from '../base/testing/manual-clock.ts';
import { createAuthority } from '../issuers/testing/certificates.ts';
import { StartError } from '../process/start-error.ts';
import { type TlsFolder, tlsFolder } from './testing/tls.ts';
import { followCertificates, LOOK_INTERVAL } from './tls-files.ts';

let folder: TlsFolder;
const ends: (() => void)[] = [];
beforeEach(async () => {
  folder = await tlsFolder();
});
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await folder.remove();
});

const issue = (name = 'a.example', notAfter?: Date) => folder.authority.issue([name], notAfter);

/** Follows the files of the folder; `look` moves the clock on to the next look, and waits until it is over. */
async function follow(clock = manualClock()) {
  const log = { info: vi.fn(), error: vi.fn() };
  const certificates = await followCertificates(folder.files, { clock, log });
  ends.push(() => certificates.stop());
  const seen: string[] = [];
  certificates.onChange(({ names }) => seen.push(names));
  return {
    certificates,
    log,
    seen,
    clock,
    look: async () => {
      clock.advance(LOOK_INTERVAL);
      await expect.poll(() => clock.due().length).toBe(1);
    },
    errors: () => log.error.mock.calls.map(([message]) => String(message)),
  };
}

describe('at the start', () => {
  it('a pair is taken, with the chain behind it', async () => {
    const { cert, key } = await issue();
    const chain = `${cert}\n${folder.authority.certificate}`;
    await folder.write({ cert: chain, key });
    const { certificates, log } = await follow();
    expect(certificates.current()).toMatchObject({ cert: chain, key, names: 'DNS:a.example' });
    expect(log.info).toHaveBeenCalledWith('certificate in force', {
      names: 'DNS:a.example',
      until: '2090-01-01T00:00:00.000Z',
    });
  });

  it.each<[string, (pair: { cert: string; key: string }) => Promise<object> | object, RegExp]>([
    [
      'no certificate',
      ({ key }) => ({ cert: null, key }),
      /^--tls-cert \S+tls.crt cannot be read \(ENOENT\)/,
    ],
    ['no key', ({ cert }) => ({ cert, key: null }), /^--tls-key \S+tls.key cannot be read \(ENOENT\)/],
    [
      'an empty certificate',
      ({ key }) => ({ key }),
      /^--tls-cert \S+ does not begin with a certificate in PEM/,
    ],
    ['an empty key', ({ cert }) => ({ cert }), /^--tls-key \S+ holds no private key in PEM that opens/],
    ['the files confused', ({ cert, key }) => ({ cert: key, key: cert }), /^--tls-cert \S+ does not begin/],
    [
      "another's key",
      async ({ cert }) => ({ cert, key: (await issue()).key }),
      /^--tls-key \S+ is not the key of the first certificate in --tls-cert/,
    ],
    [
      'a chain that is cut short',
      ({ cert, key }) => ({ cert: `${cert}\n${cert.slice(0, 200)}`, key }),
      /^--tls-cert \S+ cannot be used/,
    ],
  ])('%s is an error in words', async (_, broken, problem) => {
    await folder.write(await broken(await issue()));
    const error = await follow().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StartError);
    expect(String((error as StartError).message)).toMatch(problem);
    expect(String((error as StartError).message)).not.toContain('-----');
  });
});

describe('afterwards', () => {
  it('a new pair replaces the one before', async () => {
    await folder.write(await issue());
    const { look, seen, certificates } = await follow();
    await look();
    expect(seen).toEqual([]);
    const next = await issue('b.example');
    await folder.write(next);
    await look();
    expect(seen).toEqual(['DNS:b.example']);
    expect(certificates.current()).toMatchObject(next);
  });

  it('a half of one, and none, leave the one before, which is told once', async () => {
    const first = await issue();
    await folder.write(first);
    const { look, seen, errors, certificates } = await follow();
    const next = await issue('b.example');
    await folder.write({ cert: next.cert, key: first.key });
    await look();
    await look();
    await folder.write({ cert: next.cert.slice(0, 80), key: next.key });
    await look();
    await folder.write({ cert: null, key: null });
    await look();
    expect(errors()).toEqual([
      expect.stringMatching(/is not the key of .*: the certificate before stays in force$/),
      expect.stringMatching(
        /does not begin with a certificate in PEM: the certificate before stays in force$/,
      ),
      expect.stringMatching(/cannot be read \(ENOENT\).*: the certificate before stays in force$/),
    ]);
    expect(certificates.current()).toMatchObject(first);
    expect(seen).toEqual([]);
    await folder.write(next);
    await look();
    expect(seen).toEqual(['DNS:b.example']);
  });

  it('one that has expired is told, and what is wrong with its successor too', async () => {
    const clock = manualClock();
    const end = new Date((clock.seconds() + (2 * LOOK_INTERVAL) / 1000) * 1000 - 1);
    await folder.write(await issue('a.example', end));
    const { look, errors } = await follow(clock);
    await look();
    expect(errors()).toEqual([]);
    await look();
    await look();
    expect(errors()).toEqual([expect.stringMatching(/^the certificate in --tls-cert \S+ has expired/)]);
    await folder.write(await issue());
    await look();
    expect(errors()).toHaveLength(1);
  });

  it('after its end it looks no more', async () => {
    await folder.write(await issue());
    const { certificates, clock } = await follow();
    certificates.stop();
    expect(clock.due().length).toBe(0);
  });
});

it('any authority may have signed: clients decide whom they trust', async () => {
  await folder.write(await (await createAuthority('other')).issue(['a.example']));
  await expect(follow()).resolves.toBeDefined();
});
