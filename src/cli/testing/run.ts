/** Commands as their tests call them: what they were given, what they said, and how they ended. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { NOW } from '../../../test/support/verification.ts';
import type { Command } from '../command.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A usage error is thrown on, as a command does. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  given: {
    readonly stdin?: string;
    readonly now?: number;
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<Ended> {
  let out = '';
  let err = '';
  const code = await command(args, {
    stdin: () => Promise.resolve(Buffer.from(given.stdin ?? '')),
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    environment: given.environment ?? {},
    now: given.now ?? NOW,
    isTerminal: { out: false, err: false },
  });
  return { code, out, err };
}

/** A folder with these files, gone when the test is over; returns its path. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'portcullis-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return folder;
}

/** One file with this text; returns its path. */
export const fileWith = (text: string): string => path.join(folderWith({ 'one.yaml': text }), 'one.yaml');

/** The documents of a YAML stream. */
export const documentsOf = (out: string): readonly unknown[] =>
  parseAllDocuments(out).map((document) => document.toJS() as unknown);
