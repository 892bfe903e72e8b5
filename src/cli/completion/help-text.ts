/** What a command says when it is asked for its help. */

import type { Command } from '../command.ts';

export async function helpText(command: Command): Promise<string> {
  let text = '';
  await command(['--help'], {
    stdin: async () => new Uint8Array(),
    out: (more) => {
      text += more;
    },
    err: () => {},
    environment: {},
    now: 0,
    isTerminal: { out: false, err: false },
  });
  return text;
}
