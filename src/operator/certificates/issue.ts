/** Makes authorities and the certificates that they sign: ECDSA P-256. The only file that knows @peculiar/x509. */

import 'reflect-metadata'; // @peculiar/x509 does not load without it
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  type webcrypto,
} from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { Clock } from '../../base/clock.ts';
import { type CertificateWithKey, isSignedBy, readAuthorityPair, readServerPair } from './certificate.ts';
import { AUTHORITY_SUBJECT, CERTIFICATE_TIMES } from './names.ts';

export interface Issuing {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  /** A new ECDSA P-256 key. */
  readonly newKey: () => KeyObject;
}

/** With the clock, the random bytes and the keys of this process. */
export const systemIssuing = ({ now }: Pick<Clock, 'now'>): Issuing => ({
  now,
  randomBytes: (length) => randomBytes(length),
  newKey: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
});

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const SERIAL_BYTES = 16;

/** Each has a name of its own, so that clients do not confuse the two while both are trusted. */
export async function issueAuthority(issuing: Issuing): Promise<CertificateWithKey> {
  const keys = pairOf(issuing.newKey());
  const serialNumber = serial(issuing.randomBytes);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `${AUTHORITY_SUBJECT}${serialNumber.slice(0, 16)}`,
    serialNumber,
    keys,
    ...validity(issuing.now(), CERTIFICATE_TIMES.authorityLife),
    signingAlgorithm: ECDSA,
    extensions: [
      // It signs servers' certificates, no further authorities.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return whole(readAuthorityPair(certificate.toString('pem'), keys.pem));
}

/** Lives no longer than the authority. */
export async function issueServer(
  issuing: Issuing,
  authority: CertificateWithKey,
  names: readonly string[],
): Promise<CertificateWithKey> {
  const keys = pairOf(issuing.newKey());
  const signer = new X509Certificate(authority.pem);
  const signerId = signer.getExtension(SubjectKeyIdentifierExtension)?.keyId;
  const { notBefore, notAfter } = validity(issuing.now(), CERTIFICATE_TIMES.serverLife);
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
    await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ...(signerId === undefined ? [] : [new AuthorityKeyIdentifierExtension(signerId)]),
  ];
  const certificate = await X509CertificateGenerator.create({
    // Callers look at the names alone; this one is for people.
    subject: 'CN=portcullis',
    issuer: signer.subjectName,
    serialNumber: serial(issuing.randomBytes),
    publicKey: keys.publicKey,
    signingKey: pairOf(createPrivateKey(authority.key)).privateKey,
    signingAlgorithm: ECDSA,
    notBefore,
    notAfter: new Date(Math.min(notAfter.getTime(), authority.notAfter)),
    extensions,
  });
  const made = whole(readServerPair(certificate.toString('pem'), keys.pem));
  if (!isSignedBy(made, authority)) throw new Error('a certificate that was just made is not signed');
  return made;
}

interface Keys {
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicKey: webcrypto.CryptoKey;
  readonly pem: string;
}

function pairOf(key: KeyObject): Keys {
  return {
    privateKey: key.toCryptoKey(ECDSA, false, ['sign']),
    publicKey: createPublicKey(key).toCryptoKey(ECDSA, true, ['verify']),
    pem: key.export({ type: 'pkcs8', format: 'pem' }),
  };
}

/** Positive and of full length. */
function serial(randomBytes: Issuing['randomBytes']): string {
  const [first = 0, ...rest] = randomBytes(SERIAL_BYTES);
  return Buffer.from([0x40 | (first & 0x3f), ...rest]).toString('hex');
}

function validity(now: number, life: number) {
  return { notBefore: new Date(now - CERTIFICATE_TIMES.backdated), notAfter: new Date(now + life) };
}

function whole(certificate: CertificateWithKey | undefined): CertificateWithKey {
  if (certificate === undefined) throw new Error('a certificate that was just made is not what it should be');
  return certificate;
}
