/** `portcullis completion`: what a shell needs to complete a command line. */

import { usage } from '../../process/flags.ts';
import type { Command } from '../command.ts';
import { SHELLS, scriptFor } from './scripts.ts';
import { type Completed, wordsFor } from './words.ts';

const HELP = `Usage: portcullis completion ${SHELLS.join('|')}

Prints what your shell loads to complete commands, options and their values; its first lines say where it goes.

  bash      source <(portcullis completion bash)
  zsh       source <(portcullis completion zsh)
  fish      portcullis completion fish > ~/.config/fish/completions/portcullis.fish
  kubectl   for kubectl portcullis, in any shell whose completion of kubectl is loaded: an executable file
            kubectl_complete-portcullis on your PATH

  --help    show this

Exit code: 0 printed, 2 wrong usage.
`;

export const completionOf =
  (completed: Completed): Command =>
  async (args, { out }) => {
    const [first, ...typed] = args;
    if (first === 'words') {
      const { words, files } = await wordsFor(completed, typed);
      out(
        [...words.map(({ word, about }) => `${word}\t${about}\n`), ...(files ? [':files\n'] : [])].join(''),
      );
      return 0;
    }
    if (first === '--help' || first === '-h') {
      out(HELP);
      return 0;
    }
    const shell = SHELLS.find((name) => name === first);
    if (shell === undefined || typed.length > 0) {
      throw usage('completion', `Name one of ${SHELLS.join(', ')}, and nothing else.`);
    }
    out(scriptFor(shell));
    return 0;
  };
