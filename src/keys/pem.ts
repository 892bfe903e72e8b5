/** A public key in PEM (RFC 7468), alone or inside a certificate, becomes a JWK. */

import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { PublicJwk } from '../policy/policy.ts';
import { importJwk } from './jwk.ts';
import { type KeyRefused, keyRefused } from './material.ts';

export type PemReading = { readonly kind: 'jwk'; readonly jwk: PublicJwk } | KeyRefused;

const MAX_PEM_LENGTH = 65_536;

type Label = 'PUBLIC KEY' | 'RSA PUBLIC KEY' | 'CERTIFICATE';

/**
 * Reads one public key: PUBLIC KEY (SPKI), RSA PUBLIC KEY (PKCS#1) or CERTIFICATE. Of a certificate only
 * the key counts: the author of the manifest vouches for it, not an issuer or a date. Text around the
 * block is ignored. The key is held to the same rules as a JWK. No message quotes the PEM.
 */
export function jwkFromPem(pem: string, kid: string | undefined): PemReading {
  if (pem.length > MAX_PEM_LENGTH) return keyRefused(`is longer than ${MAX_PEM_LENGTH} characters`);
  const labels = [...pem.matchAll(/-----BEGIN ([^\r\n-]*)-----/g)].map(([, label]) => label ?? '');
  if (labels.some((label) => label.includes('PRIVATE'))) {
    return keyRefused(
      'is a private key: remove it from the manifest, treat it as leaked, and put the public key there (openssl pkey -in FILE -pubout)',
    );
  }
  const [label, ...more] = labels;
  if (label === undefined) return keyRefused('has no -----BEGIN …----- line: it must be a PEM block');
  if (more.length > 0)
    return keyRefused(`has ${labels.length} PEM blocks: give each key an entry of its own`);
  if (!isSupported(label)) {
    return keyRefused('is a PEM block other than PUBLIC KEY, RSA PUBLIC KEY and CERTIFICATE');
  }
  const der = bodyOf(pem, label);
  if (der === undefined) return keyRefused(`is cut short or damaged: its ${label} block is not valid PEM`);

  let exported: object;
  try {
    exported = readKey(der, label).export({ format: 'jwk' });
  } catch {
    return keyRefused('is damaged, or of a type other than RSA (not RSASSA-PSS), EC and Ed25519');
  }
  const imported = importJwk(kid === undefined ? exported : { ...exported, kid });
  return imported.kind === 'key' ? { kind: 'jwk', jwk: imported.jwk } : imported;
}

function isSupported(label: string): label is Label {
  return label === 'PUBLIC KEY' || label === 'RSA PUBLIC KEY' || label === 'CERTIFICATE';
}

/** The block's DER, or undefined when its end is missing or its Base64 is not canonical. */
function bodyOf(pem: string, label: Label): Buffer | undefined {
  const begin = `-----BEGIN ${label}-----`;
  const from = pem.indexOf(begin) + begin.length;
  const to = pem.indexOf(`-----END ${label}-----`, from);
  if (to < 0) return undefined;
  const text = pem.slice(from, to).replace(/[ \t\r\n]/g, '');
  const der = Buffer.from(text, 'base64');
  return der.toString('base64') === text ? der : undefined;
}

function readKey(der: Buffer, label: Label): KeyObject {
  switch (label) {
    case 'PUBLIC KEY':
      return createPublicKey({ key: der, format: 'der', type: 'spki' });
    case 'RSA PUBLIC KEY':
      return createPublicKey({ key: der, format: 'der', type: 'pkcs1' });
    case 'CERTIFICATE':
      return new X509Certificate(der).publicKey;
  }
}
