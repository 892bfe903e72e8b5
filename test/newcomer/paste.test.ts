import { expect, it } from 'vitest';
import { mustPaste, paste } from './paste.ts';

const SHELL = { cwd: '/', env: { GIVEN: 'before' } };

it('a command has what is given, and what it exports outlives it', async () => {
  const { output, environment } = await mustPaste('export MADE="a=b\nc"; echo "$GIVEN"', SHELL);
  expect([output, environment.MADE, environment.GIVEN]).toEqual(['before\n', 'a=b\nc', 'before']);
});

it.each([
  ['fails', 'echo said; false', 1],
  ['fails at the beginning of a pipe', 'echo said; false | cat', 1],
  ['ends the shell', 'echo said; exit 3', 3],
])('one that %s is an error, with what it said', async (_, command, code) => {
  expect(await paste(command, SHELL)).toMatchObject({ code, output: 'said\n', environment: undefined });
  await expect(mustPaste(command, SHELL)).rejects.toThrow(`a reader is stuck at\n${command}\nsaid\n`);
});
