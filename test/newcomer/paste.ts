/** A command of the documentation, pasted into a shell as it stands. */

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface Shell {
  readonly cwd: string;
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Pasted {
  readonly code: number | null;
  readonly output: string;
  readonly complaint: string;
  /** What the shell exports at its end; undefined where the command has ended the shell. */
  readonly environment: Readonly<Record<string, string>> | undefined;
}

const MARK = 'what the shell exports:';

/** In a shell that ends at the first command that fails, be it one of a pipe. */
export async function paste(command: string, { cwd, env }: Shell): Promise<Pasted> {
  const script = `${command}\nprintf '\\n%s\\n' '${MARK}'\n/usr/bin/env --null`;
  const shell = spawn('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => {
    shell.once('close', resolve);
  });
  const [code, said, complaint] = await Promise.all([ended, text(shell.stdout), text(shell.stderr)]);
  const [output = '', exported] = said.split(`\n${MARK}\n`);
  const pairs = exported
    ?.split('\0')
    .filter(Boolean)
    .map((pair) => pair.split(/=(.*)/s, 2));
  return { code, output, complaint, environment: pairs && Object.fromEntries(pairs) };
}

/** Throws with what the command said where it fails. */
export async function mustPaste(
  command: string,
  shell: Shell,
): Promise<Pick<Pasted, 'output'> & { readonly environment: Readonly<Record<string, string>> }> {
  const { code, output, complaint, environment } = await paste(command, shell);
  if (code !== 0 || environment === undefined) {
    throw new Error(`a reader is stuck at\n${command}\n${output}${complaint}`);
  }
  return { output, environment };
}
