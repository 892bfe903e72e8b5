/** Finds keys and certificates that were given as an HMAC secret by mistake: others could make tokens with them. */

import { createPublicKey, X509Certificate } from 'node:crypto';
import { parseJsonObject } from '../base/json.ts';

const PEM = /-----BEGIN [A-Z0-9 ]+-----/;
const OPENSSH = /^\s*(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ AAAA/;

/** True for a key or certificate as PEM, DER, the Base64 of DER, JWK, key set or OpenSSH's one line. */
export function isKeyOrCertificate(secret: Uint8Array): boolean {
  const text = Buffer.from(secret).toString('latin1');
  return (
    PEM.test(text) || OPENSSH.test(text) || isJwk(text) || isDer(secret) || isDer(Buffer.from(text, 'base64'))
  );
}

function isJwk(text: string): boolean {
  const value = parseJsonObject(text);
  return value !== undefined && (Object.hasOwn(value, 'kty') || Array.isArray(value.keys));
}

function isDer(bytes: Uint8Array): boolean {
  const key = Buffer.from(bytes);
  return (
    succeeds(() => createPublicKey({ key, format: 'der', type: 'spki' })) ||
    succeeds(() => createPublicKey({ key, format: 'der', type: 'pkcs1' })) ||
    succeeds(() => new X509Certificate(key))
  );
}

function succeeds(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
