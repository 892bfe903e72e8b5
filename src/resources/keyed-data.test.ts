import { describe, expect, it } from 'vitest';
import { configMapData, type KeyedData, secretData } from './keyed-data.ts';

const text = ({ data }: KeyedData): Record<string, string> =>
  Object.fromEntries([...data].map(([key, value]) => [key, Buffer.from(value).toString('latin1')]));

describe('secretData', () => {
  it.each([
    ['base64', { data: { a: 'aGVsbG8=' } }, { a: 'hello' }],
    ['base64 in several lines', { data: { a: 'aGVs\nbG8=\r\n' } }, { a: 'hello' }],
    ['bytes that are no text', { data: { a: '//4A' } }, { a: '\xff\xfe\x00' }],
    ['nothing', { data: { a: '' } }, { a: '' }],
    ['text', { stringData: { a: 'hello' } }, { a: 'hello' }],
    [
      'text before base64',
      { data: { a: 'b2xk', b: 'b2xk' }, stringData: { a: 'new' } },
      { a: 'new', b: 'old' },
    ],
    ['no data at all', {}, {}],
  ])('reads %s', (_, secret, expected) => {
    const read = secretData(secret);
    expect(read.problems).toEqual([]);
    expect(text(read)).toEqual(expected);
  });

  it.each([
    ['text where base64 belongs', { data: { a: 'hello world' } }],
    ['base64url', { data: { a: '__79' } }],
    ['missing padding', { data: { a: 'aGVsbG8' } }],
    ['too much padding', { data: { a: 'aGVsbG8==' } }],
    ['spaces', { data: { a: 'aGVs bG8=' } }],
    ['a key with a slash', { stringData: { 'a/b': 'x' } }],
    ['an empty key', { stringData: { '': 'x' } }],
  ])('refuses %s, and does not show it', (_, secret) => {
    const { problems } = secretData(secret);
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toMatch(/hello|__79|aGVs/);
  });
});

describe('configMapData', () => {
  it('reads text and base64', () => {
    const read = configMapData({ data: { a: 'hello' }, binaryData: { b: 'aGk=' } });
    expect(read.problems).toEqual([]);
    expect(text(read)).toEqual({ a: 'hello', b: 'hi' });
  });

  it('refuses what is not base64', () => {
    expect(configMapData({ binaryData: { b: 'hi!' } }).problems).toMatchObject([
      { path: ['binaryData', 'b'] },
    ]);
  });
});
