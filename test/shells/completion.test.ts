// Completion of the command line in real shells, and of kubectl portcullis in kubectl itself.

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mustRun } from '../../tools/run.ts';
import { apiServerBinaries } from '../apiserver/binaries.ts';
import { temporaryFolder } from '../support/server.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let env: Readonly<Record<string, string>>;

const script = async (name: string, text: string): Promise<void> => {
  const file = path.join(folder.path, 'bin', name);
  await writeFile(file, text);
  await chmod(file, 0o755);
};
const portcullis = (...args: readonly string[]) => mustRun(process.execPath, [MAIN, ...args]);

beforeAll(async () => {
  folder = await temporaryFolder('completion');
  await mkdir(path.join(folder.path, 'bin'));
  await mkdir(path.join(folder.path, 'manifests'));
  const call = `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`;
  for (const name of ['portcullis', 'kubectl-portcullis']) await script(name, call);
  env = { PATH: `${path.join(folder.path, 'bin')}:${process.env.PATH}`, HOME: folder.path };
});
afterAll(() => folder.remove());

/** What a shell offers for a command line, sorted. */
const lines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .sort();

async function bash(typed: string): Promise<readonly string[]> {
  const complete = `source <(portcullis completion bash)
    COMP_WORDS=(${typed}) COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    [[ '${typed}' == *' ' ]] && COMP_WORDS+=('') COMP_CWORD=$((COMP_CWORD + 1))
    _portcullis; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines(await mustRun('bash', ['--norc', '-c', complete], { env, cwd: folder.path }));
}

async function fish(typed: string): Promise<readonly string[]> {
  const complete = `portcullis completion fish | source; complete --do-complete '${typed}'`;
  const said = await mustRun('fish', ['--no-config', '-c', complete], { env, cwd: folder.path });
  return lines(said.replaceAll(/\t.*/g, ''));
}

/** As somebody who types it at a terminal, and presses the tabulator: what zsh then has on the line. */
async function zsh(typed: string): Promise<string> {
  const complete = `zmodload zsh/zpty
    zpty shell zsh -f -i
    zpty -w shell "PS1= RPS1=; unsetopt zle_bracketed_paste; autoload -Uz compinit && compinit -u -D; source <(portcullis completion zsh); stty -echo; show() { print -r -- \\"<\\$BUFFER>\\"; exit }; zle -N show; bindkey '^G' show; print rea\\dy"
    zpty -r shell line '*ready*'
    zpty -w -n shell $'${typed}\\t\\a'
    zpty -r shell line '*<*>*'
    print -r -- "$line"`;
  const said = await mustRun('zsh', ['-f', '-c', complete], { env, cwd: folder.path });
  return /<([^<>]*)>\s*$/.exec(said)?.[1] ?? said;
}

it('bash offers commands, options, values and files', async () => {
  expect(await bash('portcullis l')).toEqual(['lint']);
  expect(await bash('portcullis lint --o')).toEqual(['--output']);
  expect(await bash('portcullis lint --output ')).toEqual(['github', 'json', 'text']);
  expect(await bash('portcullis lint -f man')).toEqual(['manifests']);
  expect(await bash('portcullis nothing ')).toEqual([]);
});

it('fish offers commands, options, values and files', async () => {
  expect(await fish('portcullis l')).toEqual(['lint']);
  expect(await fish('portcullis lint --o')).toEqual(['--output']);
  expect(await fish('portcullis lint --output ')).toEqual(['github', 'json', 'text']);
  expect(await fish('portcullis lint -f man')).toEqual(['manifests/']);
  expect(await fish('portcullis nothing ')).toEqual([]);
});

it('zsh offers commands, options, values and files', async () => {
  expect(await zsh('portcullis li')).toBe('portcullis lint ');
  expect(await zsh('portcullis lint --o')).toBe('portcullis lint --output ');
  expect(await zsh('portcullis lint --output j')).toBe('portcullis lint --output json ');
  expect(await zsh('portcullis lint -f man')).toBe('portcullis lint -f manifests/');
});

it('kubectl offers what the plugin knows', async () => {
  await script('kubectl_complete-portcullis', await portcullis('completion', 'kubectl'));
  const program = path.join(await apiServerBinaries(), 'kubectl');
  const kubectl = async (...typed: readonly string[]) =>
    (await mustRun(program, ['__complete', 'portcullis', ...typed], { env })).split('\n');
  expect(await kubectl('stat')).toEqual(expect.arrayContaining([expect.stringMatching(/^status\t/), ':4']));
  expect(await kubectl('lint', '-f', '')).toEqual(expect.arrayContaining([':0']));
});
