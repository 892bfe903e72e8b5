/** Pages of docs/ in the hands of a reader who pastes their commands, into a cluster that has the names of their examples. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { helmProgram } from '../chart/programs.ts';
import { mustPaste, type Pasted, paste, type Shell } from '../newcomer/paste.ts';
import type { Premises } from './world.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const readPage = (name: string): string => readFileSync(path.join(ROOT, 'docs', name), 'utf8');

export interface Reader {
  /** The output; throws where the command fails. */
  must(command: string): Promise<string>;
  /** A failure is a result. */
  try(command: string): Promise<Pasted>;
}

/** With kubectl, helm and portcullis on the PATH, and the rights of the cluster's administrator. */
export async function reader({
  kubectl,
  kubeconfig,
}: Pick<Premises, 'kubectl' | 'kubeconfig'>): Promise<Reader> {
  const programs = [path.dirname(kubectl), path.dirname(await helmProgram()), path.join(ROOT, 'bin')];
  const shell: Shell = {
    cwd: ROOT,
    env: {
      KUBECONFIG: kubeconfig,
      HELM_DRIVER: 'secret',
      PATH: [...programs, process.env.PATH ?? ''].join(path.delimiter),
    },
  };
  return {
    must: async (command) => (await mustPaste(command, shell)).output,
    try: (command) => paste(command, shell),
  };
}
