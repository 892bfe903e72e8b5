/** Reads certificates and their keys from what may be anything: whole and fit for their purpose, or undefined. Pure. */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { AUTHORITY_SUBJECT } from './names.ts';

export interface Certificate {
  /** As read, and written again: nothing else that stood around it. */
  readonly pem: string;
  readonly x509: X509Certificate;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface CertificateWithKey extends Certificate {
  /** PEM, PKCS#8. */
  readonly key: string;
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

/** An authority's own, made here: signed by itself, P-256, and allowed to sign. */
export function readAuthorityCertificate(pem: string | undefined): Certificate | undefined {
  const certificate = readCertificate(pem);
  if (certificate === undefined) return undefined;
  const { x509 } = certificate;
  // checkIssued looks at names, key identifiers and keyUsage, verify at the signature.
  const itsOwn = x509.checkIssued(x509) && x509.verify(x509.publicKey);
  const whole = itsOwn && x509.ca && isP256(x509) && x509.subject.startsWith(AUTHORITY_SUBJECT);
  return whole ? certificate : undefined;
}

/** With the key that belongs to it. */
export function readAuthorityPair(
  pem: string | undefined,
  key: string | undefined,
): CertificateWithKey | undefined {
  return withKey(readAuthorityCertificate(pem), key);
}

/** What a server shows: with its key, and fit to be one. */
export function readServerPair(
  pem: string | undefined,
  key: string | undefined,
): CertificateWithKey | undefined {
  const certificate = readCertificate(pem);
  if (certificate === undefined) return undefined;
  const { x509 } = certificate;
  const fit = !x509.ca && isP256(x509) && x509.keyUsage?.includes(SERVER_AUTH) === true;
  return fit ? withKey(certificate, key) : undefined;
}

export function isSignedBy(certificate: Certificate, authority: Certificate): boolean {
  const { x509 } = authority;
  return certificate.x509.checkIssued(x509) && certificate.x509.verify(x509.publicKey);
}

/** Every certificate of a PEM file, in its order; undefined where there is none, or one that cannot be read. */
export function readCertificates(pem: string | undefined): readonly Certificate[] | undefined {
  const blocks = pem?.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const read = blocks.flatMap((block) => readCertificate(block) ?? []);
  return read.length > 0 && read.length === blocks.length ? read : undefined;
}

/** Its DNS names, sorted. Whatever else it is for stands there with its kind, such as `IP Address:192.0.2.1`. */
export function namesOf({ x509 }: Certificate): readonly string[] {
  const names = x509.subjectAltName?.split(', ') ?? [];
  return names.map((name) => (name.startsWith('DNS:') ? name.slice('DNS:'.length) : name)).sort();
}

function readCertificate(pem: string | undefined): Certificate | undefined {
  if (pem === undefined) return undefined;
  try {
    const x509 = new X509Certificate(pem);
    return {
      pem: x509.toString(),
      x509,
      notBefore: x509.validFromDate.getTime(),
      notAfter: x509.validToDate.getTime(),
    };
  } catch {
    return undefined;
  }
}

function withKey(
  certificate: Certificate | undefined,
  pem: string | undefined,
): CertificateWithKey | undefined {
  if (certificate === undefined || pem === undefined) return undefined;
  try {
    const key = createPrivateKey(pem);
    if (!certificate.x509.checkPrivateKey(key)) return undefined;
    return { ...certificate, key: key.export({ type: 'pkcs8', format: 'pem' }) };
  } catch {
    return undefined;
  }
}

/** The one kind of key that is made here; a foreign one of another kind is as good as none. */
function isP256({ publicKey }: X509Certificate): boolean {
  return publicKey.asymmetricKeyType === 'ec' && publicKey.asymmetricKeyDetails?.namedCurve === 'prime256v1';
}
