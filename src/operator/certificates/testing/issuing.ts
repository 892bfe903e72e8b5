/** For tests: clocks that are set, and certificates made at any time. */

import 'reflect-metadata'; // @peculiar/x509 does not load without it
import { generateKeyPairSync, randomBytes, type webcrypto } from 'node:crypto';
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509';
import type { Authority } from '../authority.ts';
import type { Certificate, CertificateWithKey } from '../certificate.ts';
import { type Issuing, issueAuthority, issueServer } from '../issue.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** A whole second, as certificates have them. */
export const START = Date.parse('2026-11-23T12:00:00Z');

export const NAMES = ['portcullis.system', 'portcullis.system.svc', 'portcullis.system.svc.cluster.local'];

export interface TestIssuing extends Issuing {
  time: number;
}

export function issuingAt(time: number): TestIssuing {
  const issuing: TestIssuing = {
    time,
    now: () => issuing.time,
    randomBytes,
    newKey: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  };
  return issuing;
}

export const authorityMade = (time: number): Promise<CertificateWithKey> => issueAuthority(issuingAt(time));

export function serverMade(
  time: number,
  by: CertificateWithKey,
  names: readonly string[] = NAMES,
): Promise<CertificateWithKey> {
  return issueServer(issuingAt(time), by, names);
}

export function authorityOf(current: CertificateWithKey, more: Partial<Authority> = {}): Authority {
  return { current, next: undefined, previous: undefined, ...more };
}

/** Whole and self-signed, but nobody here has made it. */
export async function foreignAuthority(): Promise<{ readonly cert: string; readonly key: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys: webcrypto.CryptoKeyPair = {
    privateKey: privateKey.toCryptoKey(algorithm, false, ['sign']),
    publicKey: publicKey.toCryptoKey(algorithm, true, ['verify']),
  };
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Example Corporation',
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(START - DAY),
    notAfter: new Date(START + 3650 * DAY),
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  return { cert: certificate.toString('pem'), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
}

/** Whether a caller that trusts this bundle, at that time, by its own look, takes the certificate for this name. */
export function accepts(
  bundle: readonly Certificate[],
  server: Certificate,
  name: string,
  time: number,
): boolean {
  const valid = ({ notBefore, notAfter }: Certificate) => notBefore <= time && time < notAfter;
  return (
    valid(server) &&
    server.x509.checkHost(name) !== undefined &&
    bundle.some(
      (one) => valid(one) && server.x509.checkIssued(one.x509) && server.x509.verify(one.x509.publicKey),
    )
  );
}
