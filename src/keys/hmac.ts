/** HMAC secrets: from the bytes of a Kubernetes Secret to a key, if it is strong enough. */

import { createSecretKey } from 'node:crypto';
import { ALGORITHM_NAMES, ALGORITHMS } from './algorithms.ts';
import type { VerificationKey } from './key.ts';
import { isKeyOrCertificate } from './not-secret.ts';

/** How a Secret's value spells the secret. */
export type HmacEncoding = 'Base64URL' | 'Base64' | 'Hex' | 'Text';

export type SecretDecoding =
  | { readonly kind: 'secret'; readonly secret: Uint8Array }
  /** `problem` completes "the secret …". */
  | { readonly kind: 'refused'; readonly problem: string };

export type HmacImport =
  | { readonly kind: 'key'; readonly key: VerificationKey }
  | { readonly kind: 'too_short'; readonly problem: string };

const MIN_SECRET_BYTES = 32;
const REMEDY = 'make one with "openssl rand -hex 64" and say encoding: Hex';
const NO_SECRET = `is a key or certificate, not a shared secret: give a public key in keys.publicKeys; for a secret, ${REMEDY}`;

/**
 * Makes a key of a decoded secret. It permits the HS algorithms whose hash is not longer than the secret
 * (RFC 7518 section 3.2): HS256 from 32 bytes, HS384 from 48, HS512 from 64.
 */
export function importHmac(secret: Uint8Array, kid: string | undefined): HmacImport {
  if (secret.length < MIN_SECRET_BYTES) {
    const problem = `has ${secret.length} bytes: HS256 takes at least 32, HS384 48, HS512 64; ${REMEDY}`;
    return { kind: 'too_short', problem };
  }
  const algorithms = ALGORITHM_NAMES.filter((name) => {
    const entry = ALGORITHMS[name];
    return entry.family === 'HMAC' && entry.signatureLength <= secret.length;
  });
  const key: VerificationKey = {
    kid,
    type: 'oct',
    curve: undefined,
    algorithms,
    keyObject: createSecretKey(secret),
    modulusLength: undefined,
    issuer: undefined,
    thumbprint: undefined,
  };
  return { kind: 'key', key };
}

/**
 * Decodes a Secret's value. White space around Base64URL, Base64 and Hex is dropped, because files end in
 * a newline; everything else must be canonical, with or without the padding of Base64. Text is taken byte
 * for byte, a newline at its end included.
 */
export function decodeSecret(value: Uint8Array, encoding: HmacEncoding): SecretDecoding {
  const decoded = decodeValue(value, encoding);
  return decoded.kind === 'secret' && isKeyOrCertificate(decoded.secret)
    ? { kind: 'refused', problem: NO_SECRET }
    : decoded;
}

function decodeValue(value: Uint8Array, encoding: HmacEncoding): SecretDecoding {
  if (encoding === 'Text') return { kind: 'secret', secret: value };
  const text = Buffer.from(value)
    .toString('latin1')
    .replace(/^[ \t\r\n]+/, '')
    .replace(/[ \t\r\n]+$/, '');
  if (text === '') return { kind: 'refused', problem: 'is empty' };
  const secret = decodeText(text, encoding);
  if (secret !== undefined) return { kind: 'secret', secret };
  const other = (['Base64URL', 'Base64'] as const).find((name) => decodeText(text, name) !== undefined);
  const remedy = other === undefined ? '' : `; it reads as ${other}: should it say encoding: ${other}?`;
  return { kind: 'refused', problem: `is not ${encoding}, as its encoding says${remedy}` };
}

function decodeText(text: string, encoding: Exclude<HmacEncoding, 'Text'>): Uint8Array | undefined {
  switch (encoding) {
    case 'Hex':
      return /^([0-9a-fA-F]{2})+$/.test(text) ? Buffer.from(text, 'hex') : undefined;
    case 'Base64':
      return decodeBase64(text, 'base64');
    case 'Base64URL':
      return decodeBase64(text, 'base64url');
  }
}

function decodeBase64(text: string, encoding: 'base64' | 'base64url'): Uint8Array | undefined {
  const bytes = Buffer.from(text, encoding);
  const bare = bytes.toString(encoding).replace(/=+$/, '');
  const padded = bare.padEnd(Math.ceil(bare.length / 4) * 4, '=');
  return text === bare || text === padded ? bytes : undefined;
}
