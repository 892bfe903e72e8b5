import { describe, expect, it } from 'vitest';
import { type NextWords, wordsFor } from './words.ts';

const LINT = `Usage: portcullis lint -f PATH… [options]

Says -f what --is wrong.

  -f PATH             a file or - for standard input;
                      --more than once
  --output FORMAT     text, json or github (workflow commands)        (default text)
  --tls on|off        ask over TLS
  -n, --namespace NAME  look at it
  --header "K: V"     may be given more than once
  --fail              end with 1
  --help              show this
`;
const KINDS = 'Usage: portcullis kinds --for envoy|envoy-gateway [options]\n\n  --for KIND   which\n';
const SHELLS = 'Usage: portcullis shells bash|zsh\n\n  --help   show this\n';
const HELP: Readonly<Record<string, string>> = { lint: LINT, kinds: KINDS, shells: SHELLS };

const completed = {
  summaries: { lint: 'finds', kinds: 'prints', shells: 'says' },
  helpOf: async (name: string) => HELP[name] ?? '',
};
const complete = async (...typed: readonly string[]): Promise<string> =>
  shown(await wordsFor(completed, typed));
const shown = ({ words, files }: NextWords) =>
  [...words.map(({ word }) => word), ...(files ? ['FILES'] : [])].join(' ');

describe('what may stand next', () => {
  it.each([
    ['a command', [''], 'lint kinds shells'],
    ['the start of one', ['li'], 'lint'],
    ['no command', ['x'], ''],
    ['the start of an option of all', ['--v'], '--version'],
    ['nothing behind a command that is not there', ['x', ''], ''],
    ['nothing behind a name that every object has', ['constructor', ''], ''],
    ['nothing typed at all', [], 'lint kinds shells'],
    ['options', ['lint', '-'], '-f --output --tls --namespace --header --fail --help'],
    ['the start of an option', ['lint', '--fail', '--o'], '--output'],
    ['files for an option', ['lint', '-f', 'x'], 'FILES'],
    ['the formats of an output', ['lint', '--output', ''], 'text json github'],
    ['the start of a format', ['lint', '--output', 'gi'], 'github'],
    ['alternatives', ['lint', '--tls', 'o'], 'on off'],
    ['alternatives that the first line names', ['kinds', '--for', 'envoy-'], 'envoy-gateway'],
    ['a value that nobody knows', ['lint', '-n', ''], ''],
    ['a value that nobody knows, by the long name', ['lint', '--namespace', '-'], ''],
    ['files without an option', ['lint', ''], 'FILES'],
    ['words without an option', ['shells', 'z'], 'zsh'],
    ['nothing without an option', ['kinds', ''], ''],
    ['the next one behind a switch', ['lint', '--fail', ''], 'FILES'],
  ] as const)('%s', async (_, typed, expected) => {
    expect(await complete(...typed)).toBe(expected);
  });

  it('with what the help says of an option, in one line', async () => {
    const { words } = await wordsFor(completed, ['lint', '--output']);
    expect(words).toEqual([
      { word: '--output', about: 'text, json or github (workflow commands) (default text)' },
    ]);
  });
});
