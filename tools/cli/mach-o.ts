/** Reads the signature of a program for macOS: whether it covers every page of the file as it is. */

import { createHash } from 'node:crypto';

const SIGNATURE_COMMAND = 0x1d;
const CODE_DIRECTORY = 0xfade0c02;
const AD_HOC = 0x2;
const SHA256 = 2;

export interface Signature {
  readonly identifier: string;
  /** Whether no certificate vouches for it. */
  readonly isAdHoc: boolean;
  readonly pages: number;
  /** Pages whose digest is another one: a Mac would end the program there. */
  readonly wrongPages: number;
}

/** Of a 64-bit program for one kind of processor; undefined where it is not signed. */
export function signatureOf(program: Buffer): Signature | undefined {
  const commands = program.readUInt32LE(16);
  let at = 32;
  for (let i = 0; i < commands; i++) {
    if (program.readUInt32LE(at) === SIGNATURE_COMMAND)
      return readSignature(program, program.readUInt32LE(at + 8));
    at += program.readUInt32LE(at + 4);
  }
  return undefined;
}

function readSignature(program: Buffer, start: number): Signature | undefined {
  const blobs = program.readUInt32BE(start + 8);
  for (let i = 0; i < blobs; i++) {
    const blob = start + program.readUInt32BE(start + 16 + 8 * i);
    if (program.readUInt32BE(blob) === CODE_DIRECTORY) return readDirectory(program, blob);
  }
  return undefined;
}

function readDirectory(program: Buffer, at: number): Signature {
  const word = (offset: number) => program.readUInt32BE(at + offset);
  const [flags, digests, name, pages, end] = [word(12), word(16), word(20), word(28), word(32)];
  const [size = 0, kind, , pageBits = 0] = program.subarray(at + 36, at + 40);
  if (kind !== SHA256) throw new Error(`digests of kind ${kind}`);
  let wrongPages = 0;
  for (let page = 0; page < pages; page++) {
    const content = program.subarray(page * 2 ** pageBits, Math.min((page + 1) * 2 ** pageBits, end));
    const digest = createHash('sha256').update(content).digest().subarray(0, size);
    if (!digest.equals(program.subarray(at + digests + page * size, at + digests + (page + 1) * size)))
      wrongPages++;
  }
  const identifier = program.subarray(at + name, program.indexOf(0, at + name)).toString('latin1');
  return { identifier, isAdHoc: (flags & AD_HOC) !== 0, pages, wrongPages };
}
