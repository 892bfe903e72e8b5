/**
 * HMAC (RFC 2104) out of one-shot digests. The Hmac of node:crypto is an object for each message: to make it and to
 * collect it takes three times as long as the digests themselves.
 */

import { Buffer } from 'node:buffer';
import { hash, type KeyObject } from 'node:crypto';
import type { Hash } from './algorithms.ts';

/** What each hash takes in at a time; in bytes. */
const BLOCK_BYTES: Readonly<Record<Hash, number>> = { sha256: 64, sha384: 128, sha512: 128 };

/** The padded key before the message (inner), and before the inner digest (outer). */
interface Pads {
  readonly inner: Uint8Array;
  readonly outer: Uint8Array;
}

const known: Readonly<Record<Hash, WeakMap<KeyObject, Pads>>> = {
  sha256: new WeakMap(),
  sha384: new WeakMap(),
  sha512: new WeakMap(),
};

/** Throws where the key is no secret. */
export function hmacDigest(name: Hash, key: KeyObject, message: Uint8Array): Uint8Array {
  let pads = known[name].get(key);
  if (pads === undefined) {
    pads = padsOf(name, key.export());
    known[name].set(key, pads);
  }
  return digestOf(name, pads.outer, digestOf(name, pads.inner, message));
}

/** A key that is longer than a block counts as its digest, and one that is shorter ends in zeros. */
function padsOf(name: Hash, secret: Buffer): Pads {
  const block = Buffer.alloc(BLOCK_BYTES[name]);
  (secret.length > block.length ? hash(name, secret, 'buffer') : secret).copy(block);
  return { inner: block.map((byte) => byte ^ 0x36), outer: block.map((byte) => byte ^ 0x5c) };
}

/** By way of a text of a character a byte: a Buffer that node:crypto makes has memory of its own, which is expensive. */
const digestOf = (name: Hash, before: Uint8Array, message: Uint8Array): Buffer =>
  Buffer.from(hash(name, Buffer.concat([before, message]), 'latin1'), 'latin1');
