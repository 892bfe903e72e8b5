import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { octetsOf, textOf } from './octets.ts';

it.each([
  ['a', 'a'],
  ['\xc3\xa9', 'é'],
  ['\xf0\x9f\x98\x80', '😀'],
  ['\xef\xbf\xbd\xff', '\ufffd\udcff'],
  ['a=\xe9; b', 'a=\udce9; b'],
  // A surrogate, an overlong one, one that is cut off.
  ['\xed\xa0\x80', '\udced\udca0\udc80'],
  ['\xc0\xaf', '\udcc0\udcaf'],
  ['\xf0\x9f\x98', '\udcf0\udc9f\udc98'],
])('%j is %j, and back', (octets, text) => {
  expect(textOf(octets)).toBe(text);
  expect(octetsOf(text)).toBe(octets);
});

it('no byte is lost, and what is UTF-8 reads as such', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const octets = Buffer.from(bytes).toString('latin1');
      expect(octetsOf(textOf(octets))).toBe(octets);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(textOf(Buffer.from(text, 'utf8').toString('latin1'))).toBe(text);
    }),
  );
});
