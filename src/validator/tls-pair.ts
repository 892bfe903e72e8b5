/** Checks a certificate and its key, as read from files: fit for a server, or what is wrong with them. Pure. */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { ServerCertificate } from '../process/tls.ts';

/** Where they stand: PEM, the certificate with what lies between it and the authority. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface CheckedCertificate extends ServerCertificate {
  /** Whom it is for, such as `DNS:a.example, IP Address:192.0.2.1`. */
  readonly names: string;
  /** Unix seconds. */
  readonly notAfter: number;
}

export type CheckedPair =
  | { readonly kind: 'pair'; readonly certificate: CheckedCertificate }
  /** A sentence without its full stop. */
  | { readonly kind: 'refused'; readonly problem: string };

const refused = (problem: string): CheckedPair => ({ kind: 'refused', problem });

/** @param read what stands in the files. Problems quote nothing of it: one of them is a secret. */
export function checkPair(read: TlsFiles, files: TlsFiles): CheckedPair {
  const x509 = attempt(() => new X509Certificate(read.cert));
  if (x509 === undefined) return refused(`--tls-cert ${files.cert} does not begin with a certificate in PEM`);
  const key = readKey(read.key);
  if (key === undefined) {
    return refused(`--tls-key ${files.key} holds no private key in PEM that opens without a passphrase`);
  }
  if (!x509.checkPrivateKey(key)) {
    return refused(
      `--tls-key ${files.key} is not the key of the first certificate in --tls-cert ${files.cert}`,
    );
  }
  // Whatever else a server would stumble over: certificates behind the first, keys that are too short.
  if (attempt(() => createSecureContext(read)) === undefined) {
    return refused(
      `--tls-cert ${files.cert} cannot be used: a certificate in it is broken, or its key too weak`,
    );
  }
  return {
    kind: 'pair',
    certificate: { ...read, names: x509.subjectAltName ?? '', notAfter: x509.validToDate.getTime() / 1000 },
  };
}

function readKey(pem: string): KeyObject | undefined {
  return attempt(() => createPrivateKey(pem));
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
