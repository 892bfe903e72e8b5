import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import { readOddMethod } from './odd-method.ts';

const read = (text: string) => readOddMethod(Buffer.from(text, 'latin1'));
const head = (...lines: string[]): string => [...lines, '', ''].join('\r\n');

it('method, path and headers are read as they came', () => {
  expect(
    read(head('FOO /envoy/a?b HTTP/1.1', 'host: a', 'X-A:  \xe9 ', 'x-a:', 'content-length: 0')),
  ).toEqual({
    method: 'FOO',
    url: '/envoy/a?b',
    rawHeaders: ['host', 'a', 'X-A', '\xe9', 'x-a', '', 'content-length', '0'],
  });
});

it.each([
  ['a method that Node.js knows', head('GET /a HTTP/1.1')],
  ['another version', head('FOO /a HTTP/1.0')],
  ['no path', head('FOO a HTTP/1.1')],
  ['a space in the path', head('FOO /a b HTTP/1.1')],
  ['no method', head(' /a HTTP/1.1')],
  ['a method that is too long', head(`${'F'.repeat(65)} /a HTTP/1.1`)],
  ['something behind it', `${head('FOO /a HTTP/1.1')}x`],
  ['a second request behind it', head('FOO /a HTTP/1.1') + head('FOO /b HTTP/1.1')],
  ['a part of it', 'FOO /a HTTP/1.1\r\nhost: a\r\n'],
  ['a body', head('FOO /a HTTP/1.1', 'content-length: 1')],
  ['chunks', head('FOO /a HTTP/1.1', 'Transfer-Encoding: chunked')],
  ['a header without a colon', head('FOO /a HTTP/1.1', 'host')],
  ['a folded header', head('FOO /a HTTP/1.1', 'x-a: 1', ' 2')],
  ['a space before the colon', head('FOO /a HTTP/1.1', 'host : a')],
  ['a bare line feed', head('FOO /a HTTP/1.1', 'x-a: 1\nx-b: 2')],
])('is not read: %s', (_what, text) => {
  expect(read(text)).toBeUndefined();
});

it('a header full of spaces costs no more than another', () => {
  const spaces = ' '.repeat(1_000_000);
  const value = `a${spaces}b`;
  expect(read(head('FOO /a HTTP/1.1', `x-a:${spaces}${value}${spaces}`))).toMatchObject({
    rawHeaders: ['x-a', value],
  });
  expect(read(head('FOO /a HTTP/1.1', `x-a:${spaces}\x01`))).toBeUndefined();
});
