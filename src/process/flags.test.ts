import { describe, expect, it } from 'vitest';
import { parseStrictly, readFlags } from './flags.ts';

const OPTIONS = {
  http: { type: 'string', default: 'off' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;
const read = (...args: readonly string[]) => readFlags('validator', args, OPTIONS);

describe('flags', () => {
  it('have one value each', () => {
    expect(read('--http=a')).toMatchObject({ http: 'a', help: false });
    expect(read()).toMatchObject({ http: 'off' });
    expect(read('-h', '--help')).toMatchObject({ help: true });
  });

  it.each([
    ['given twice', ['--http', 'a', '--http=b'], '--http is given twice: give it once.'],
    ['given twice the same', ['--http', 'a', '--http', 'a'], '--http is given twice: give it once.'],
    ['unknown', ['--htpp', 'a'], "Unknown option '--htpp'."],
    ['without its value', ['--http'], "Option '--http <value>' argument missing."],
    ['a word alone', ['a'], "Unexpected argument 'a'."],
  ])('are refused: %s', (_, args, problem) => {
    expect(() => read(...args)).toThrow(`${problem} See portcullis validator --help.`);
  });

  it('may be given several times where they take several values', () => {
    const options = { file: { type: 'string', multiple: true, short: 'f' } } as const;
    const args = ['-f', 'a', '--file', 'b'];
    expect(parseStrictly('lint', { args, options }).values).toEqual({ file: ['a', 'b'] });
  });
});
