import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Address, formatAddress, parseAddress } from './address.ts';

it.each<[string, Address]>([
  ['127.0.0.1:9001', { kind: 'tcp', host: '127.0.0.1', port: 9001 }],
  ['0.0.0.0:0', { kind: 'tcp', host: '0.0.0.0', port: 0 }],
  ['localhost:65535', { kind: 'tcp', host: 'localhost', port: 65535 }],
  ['[::1]:9001', { kind: 'tcp', host: '::1', port: 9001 }],
  ['[::]:9001', { kind: 'tcp', host: '::', port: 9001 }],
  ['unix:/run/portcullis/http.sock', { kind: 'unix', path: '/run/portcullis/http.sock' }],
  ['off', { kind: 'off' }],
])('%s', (text, address) => {
  expect(parseAddress(text)).toEqual({ kind: 'address', address });
  expect(formatAddress(address)).toBe(text);
});

it.each([
  ['', 'must be host:port'],
  ['9001', 'must be host:port'],
  [':9001', 'must be host:port'],
  ['127.0.0.1', 'must be host:port'],
  ['127.0.0.1:', 'must be host:port'],
  ['127.0.0.1:-1', 'must be host:port'],
  ['127.0.0.1:http', 'must be host:port'],
  ['127.0.0.1:65536', 'above 65535'],
  ['::1:9001', 'must be host:port'],
  ['[127.0.0.1]:9001', 'no IPv6'],
  ['[]:9001', 'no IPv6'],
  ['http://127.0.0.1:9001', 'must be host:port'],
  ['127.0.0.1:9001/', 'must be host:port'],
  ['OFF', 'must be host:port'],
  ['unix:', 'absolute path'],
  ['unix:run/x.sock', 'absolute path'],
  ['unix:/run/', 'names a folder'],
  ['unix:/a\0b', 'zero byte'],
  [`unix:/${'a'.repeat(107)}`, 'more than 107 bytes'],
  [`unix:/${'é'.repeat(54)}`, 'more than 107 bytes'],
])('%j is refused', (text, problem) => {
  expect(parseAddress(text)).toEqual({ kind: 'refused', problem: expect.stringContaining(problem) });
});

it('the longest path that a socket can have is taken', () => {
  expect(parseAddress(`unix:/${'a'.repeat(106)}`)).toMatchObject({ kind: 'address' });
});

it('whatever is taken reads the same once written', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((s) => `unix:/${s}`),
        fc.webAuthority(),
      ),
      (text) => {
        const parsed = parseAddress(text);
        if (parsed.kind === 'address') {
          expect(parseAddress(formatAddress(parsed.address))).toEqual(parsed);
        }
      },
    ),
  );
});
