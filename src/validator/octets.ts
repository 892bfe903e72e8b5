/**
 * Bytes of headers as text and back, with none lost: one that is no UTF-8 becomes a lone surrogate (0xff is U+DCFF), which
 * no UTF-8 has. An app gets the cookies beside a token as they came, whatever they hold.
 */

import { Buffer } from 'node:buffer';
import { codePointAt } from '../base/code-points.ts';

const LONE = 0xdc00;

/** @param octets each byte one character. */
export function textOf(octets: string): string {
  const bytes = Buffer.from(octets, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? withLone(bytes) : text;
}

/** Each byte one character, as Node.js writes a header. */
export function octetsOf(text: string): string {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8').toString('latin1');
  const bytes: number[] = [];
  for (const character of text) {
    const code = codePointAt(character, 0) ?? 0;
    if (code >= LONE + 0x80 && code <= LONE + 0xff) bytes.push(code - LONE);
    else bytes.push(...Buffer.from(character, 'utf8'));
  }
  return Buffer.from(bytes).toString('latin1');
}

function withLone(bytes: Buffer): string {
  const codes: string[] = [];
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceAt(bytes, i);
    codes.push(
      length === 0 ? String.fromCharCode(LONE + (bytes[i] ?? 0)) : bytes.toString('utf8', i, i + length),
    );
    i += Math.max(length, 1);
  }
  return codes.join('');
}

/** Bytes of the character that begins here; 0 where none does. */
function sequenceAt(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const second = bytes[at + 1] ?? 0;
  // The first bytes that bound the second one: what would be too long, a surrogate, or beyond Unicode.
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (first < 0xc2 || first > 0xf4 || second < least || second > most) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  for (let i = 2; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}
