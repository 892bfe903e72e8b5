import { describe, expect, it } from 'vitest';
import { decodeMcpName, MAX_MCP_NAME } from './mcp-name.ts';

const encode = (bytes: string | Uint8Array): string =>
  `=?base64?${Buffer.from(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes).toString('base64')}?=`;

describe('what every server reads alike', () => {
  it.each([
    ['a plain name', 'delete_file', 'delete_file'],
    ['white space around it', ' \tdelete_file\t ', 'delete_file'],
    ['a tab and spaces within it', 'delete \t file', 'delete \t file'],
    ['a URI', 'file:///projects/a,b?c=%20#d', 'file:///projects/a,b?c=%20#d'],
    ['base64 without its markers', 'SGVsbG8=', 'SGVsbG8='],
    ['a marker that does not begin it', 'x=?base64?SGVsbG8=?=', 'x=?base64?SGVsbG8=?='],
    ['another encoding of RFC 2047', '=?utf-8?B?SGVsbG8=?=', '=?utf-8?B?SGVsbG8=?='],
    ['an encoded name', '=?base64?SGVsbG8=?=', 'Hello'],
    ['an encoded empty one', '=?base64??=', ''],
    ['one beyond ASCII', encode('größe 🦊'), 'größe 🦊'],
    ['a line break', encode('a\nb'), 'a\nb'],
    ['white space around the text that is encoded', encode(' a '), ' a '],
    ['a text that looks encoded', encode('=?base64?SGVsbG8=?='), '=?base64?SGVsbG8=?='],
    ['a byte order mark that does not begin it', encode('a\ufeff'), 'a\ufeff'],
  ])('%s', (_, value, text) => {
    expect(decodeMcpName(value)).toMatchObject({ kind: 'name', text });
  });

  it('the longest', () => {
    expect(decodeMcpName('a'.repeat(MAX_MCP_NAME))).toMatchObject({ kind: 'name' });
  });

  it('says whether it was encoded', () => {
    expect(decodeMcpName('Hello')).toMatchObject({ isEncoded: false });
    expect(decodeMcpName('=?base64?SGVsbG8=?=')).toMatchObject({ isEncoded: true });
  });
});

describe('what is malformed', () => {
  it.each([
    ['nothing', '', 'is empty'],
    ['white space', ' \t ', 'is empty'],
    ['one character too many', 'a'.repeat(MAX_MCP_NAME + 1), 'is longer'],
    [
      'one too many of white space, which is bounded before it is cut off',
      ` ${'a'.repeat(MAX_MCP_NAME)}`,
      'is longer',
    ],
    ['a zero byte', 'a\0', 'holds controls'],
    ['a line break', 'a\nb', 'holds controls'],
    ['a line break at the end, where regular expressions are lax', 'a\n', 'holds controls'],
    ['DEL', 'a\x7f', 'holds controls'],
    ['a character beyond ASCII', 'größe', 'holds controls'],
    ['a no-break space around it, which trim() takes away', '\u00a0a', 'holds controls'],
    ['a lone surrogate', '\ud800a', 'holds controls'],
    ['a byte order mark', '\ufeffdelete_file', 'holds controls'],
    ['markers that overlap', '=?base64?=', 'is not well encoded'],
    ['no marker at the end', '=?base64?SGVsbG8=', 'is not well encoded'],
    ['a marker in capitals', '=?BASE64?SGVsbG8=?=', 'is not well encoded'],
    ['a marker in both', '=?Base64?SGVsbG8=?=', 'is not well encoded'],
    ['something behind the end', '=?base64?SGVsbG8=?= x', 'is not well encoded'],
    ['no padding', '=?base64?SGVsbG8?=', 'is not well encoded'],
    ['too much padding', '=?base64?SGVsbG8==?=', 'is not well encoded'],
    ['padding in the middle', '=?base64?SGVs==bG8=?=', 'is not well encoded'],
    ['white space in the middle', '=?base64?SGVs bG8=?=', 'is not well encoded'],
    ['the alphabet of URLs', '=?base64?-_-_?=', 'is not well encoded'],
    ['bits that say nothing', '=?base64?ZB==?=', 'is no base64'],
    ['the same in three characters', '=?base64?SGVsbG9=?=', 'is no base64'],
    ['a byte order mark that decoders drop', '=?base64?77u/ZGVsZXRlX2ZpbGU=?=', 'begins with a byte order'],
    ['half a character', encode(Uint8Array.of(0xc3)), 'is no UTF-8'],
    ['a character in more bytes than it needs', encode(Uint8Array.of(0xc1, 0xa1)), 'is no UTF-8'],
    ['a surrogate', encode(Uint8Array.of(0xed, 0xa0, 0x80)), 'is no UTF-8'],
    ['a zero byte that is encoded', encode('delete_file\0.txt'), 'holds a zero byte'],
  ])('%s', (_, value, problem) => {
    expect(decodeMcpName(value)).toEqual({
      kind: 'malformed',
      problem: expect.stringMatching(new RegExp(`^${problem}`)),
    });
  });
});
