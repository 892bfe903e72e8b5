import { describe, expect, it } from 'vitest';
import { readFlags } from './flags.ts';

const OPTIONS = {
  http: { type: 'string', default: 'off' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
const read = (...args: readonly string[]) => readFlags('validator', args, OPTIONS);

describe('flags', () => {
  it('have one value each, the last', () => {
    expect(read('--http=a')).toMatchObject({ http: 'a', help: false });
    expect(read('--http=a', '--http', 'b')).toMatchObject({ http: 'b' });
    expect(read()).toMatchObject({ http: 'off' });
    expect(read('-h', '--help')).toMatchObject({ help: true });
  });

  it.each([
    ['unknown', ['--htpp', 'a'], "Unknown option '--htpp'."],
    ['without its value', ['--http'], "Option '--http <value>' argument missing."],
    ['a word alone', ['a'], "Unexpected argument 'a'."],
  ])('are refused: %s', (_, args, problem) => {
    expect(() => read(...args)).toThrow(`${problem} See portcullis validator --help.`);
  });
});
