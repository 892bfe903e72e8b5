import 'reflect-metadata'; // @peculiar/x509 does not load without it
import { X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate as Parsed,
} from '@peculiar/x509';
import { describe, expect, it } from 'vitest';
import { isSignedBy, namesOf } from './certificate.ts';
import { issueAuthority, issueServer } from './issue.ts';
import { authorityMade, DAY, issuingAt, NAMES, START, serverMade } from './testing/issuing.ts';

const MINUTE = 60_000;

describe('an authority', () => {
  it('lives a year from five minutes ago, and signs itself', async () => {
    const { x509, notBefore, notAfter, key } = await authorityMade(START);
    expect([notBefore, notAfter]).toEqual([START - 5 * MINUTE, START + 365 * DAY]);
    expect(x509.verify(x509.publicKey)).toBe(true);
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(x509.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(x509.signatureAlgorithm).toBe('ecdsa-with-SHA256');
  });

  it('may sign servers and nothing below', async () => {
    const parsed = new Parsed((await authorityMade(START)).pem);
    expect(parsed.getExtension(BasicConstraintsExtension)).toMatchObject({
      ca: true,
      pathLength: 0,
      critical: true,
    });
    expect(parsed.getExtension(KeyUsagesExtension)).toMatchObject({
      usages: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign,
      critical: true,
    });
  });

  it('has a name and a serial of its own', async () => {
    const made = await Promise.all([authorityMade(START), authorityMade(START), authorityMade(START)]);
    expect(new Set(made.map(({ x509 }) => x509.subject)).size).toBe(3);
    expect(new Set(made.map(({ x509 }) => x509.serialNumber)).size).toBe(3);
  });

  it.each([0x00, 0x7f, 0x80, 0xff])(
    'has a positive serial of 16 bytes whatever is drawn: %i',
    async (byte) => {
      const issuing = {
        ...issuingAt(START),
        randomBytes: (length: number) => new Uint8Array(length).fill(byte),
      };
      const { x509 } = await issueAuthority(issuing);
      expect(x509.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
      expect((await issueServer(issuing, await authorityMade(START), NAMES)).x509.serialNumber).toHaveLength(
        32,
      );
    },
  );
});

describe("a server's certificate", () => {
  it('is for its names, servers only, and lives 30 days', async () => {
    const authority = await authorityMade(START);
    const server = await serverMade(START + DAY, authority);
    expect([server.notBefore, server.notAfter]).toEqual([START + DAY - 5 * MINUTE, START + 31 * DAY]);
    expect(namesOf(server)).toEqual(NAMES.toSorted());
    expect(server.x509.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(server.x509.checkHost('portcullis.system.svc')).toBe('portcullis.system.svc');
    expect(server.x509.checkHost('other.system.svc')).toBeUndefined();
    const parsed = new Parsed(server.pem);
    expect(parsed.getExtension(BasicConstraintsExtension)).toMatchObject({ ca: false, critical: true });
    expect(parsed.getExtension(KeyUsagesExtension)).toMatchObject({
      usages: KeyUsageFlags.digitalSignature,
      critical: true,
    });
  });

  it('is signed by its authority and by no other', async () => {
    const [authority, other] = await Promise.all([authorityMade(START), authorityMade(START)]);
    const server = await serverMade(START, authority);
    expect([isSignedBy(server, authority), isSignedBy(server, other)]).toEqual([true, false]);
    expect(isSignedBy(server, server)).toBe(false);
  });

  it('lives no longer than its authority', async () => {
    const authority = await authorityMade(START);
    const server = await serverMade(START + 350 * DAY, authority);
    expect(server.notAfter).toBe(authority.notAfter);
  });

  it('has a new key each time', async () => {
    const authority = await authorityMade(START);
    const keys = [await serverMade(START, authority), await serverMade(START, authority)].map(
      ({ key }) => key,
    );
    expect(new Set(keys).size).toBe(2);
  });

  it('is PEM that ends with a line, so that several make a bundle', async () => {
    const [one, other] = [await authorityMade(START), await authorityMade(START)];
    const bundle = one.pem + other.pem;
    expect(bundle.match(/^-----BEGIN CERTIFICATE-----$/gm)).toHaveLength(2);
    expect(new X509Certificate(bundle.slice(one.pem.length)).fingerprint256).toBe(other.x509.fingerprint256);
  });
});
