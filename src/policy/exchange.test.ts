import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatEntityTag,
  formatKeysChecked,
  formatRejection,
  formatTakes,
  isGatewayName,
  parseEntityTag,
  parseKeysChecked,
  parseRejection,
  parseTakes,
  speaksOurFormat,
  TAKES_ALL,
} from './exchange.ts';

const HEADER_SAFE = /^[\x20-\x7e]*$/;

/** Header fields as a peer may send them: anything, and things that look right. */
const field = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', '=', ',', ';', ' ', 'a', '1', '\r', '\n', '%', 'W', '/') }),
);

describe('the version in an entity tag', () => {
  it.each([
    ['"abc"', 'abc'],
    ['"0123456789abcdef._-"', '0123456789abcdef._-'],
    ['abc', undefined],
    ['W/"abc"', undefined],
    ['*', undefined],
    ['""', undefined],
    ['"a", "b"', undefined],
    ['"a"b"', undefined],
    ['"a b"', undefined],
    [`"${'a'.repeat(129)}"`, undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j says %j', (text, version) => {
    expect(parseEntityTag(text)).toBe(version);
  });

  it('is read as it was written', () => {
    expect(parseEntityTag(formatEntityTag('abc'))).toBe('abc');
  });
});

describe('when keys were checked', () => {
  it.each<[string | undefined, readonly (readonly [string, number])[]]>([
    [undefined, []],
    ['', []],
    ['a=1', [['a', 1]]],
    [
      'a=1,shop/okta=1800000000',
      [
        ['a', 1],
        ['shop/okta', 1_800_000_000],
      ],
    ],
    [
      ' a=1 , b=2 ',
      [
        ['a', 1],
        ['b', 2],
      ],
    ],
    ['a=2,a=1,a=3', [['a', 1]]],
    ['a=-1,b=1.5,c=1e3,d=,=1,e,f=1=2,g=1234567890123,h=7', [['h', 7]]],
    ['a b=1,ü=1', []],
  ])('%j', (text, times) => {
    expect([...parseKeysChecked(text)]).toEqual(times);
  });

  it('is read as it was written, in whole seconds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.stringMatching(/^[a-z0-9-]{1,36}$/), fc.nat(2_000_000_000))),
        (times) => {
          const known = new Map(times);
          expect(parseKeysChecked(formatKeysChecked(known))).toEqual(known);
        },
      ),
    );
    expect(formatKeysChecked(new Map([['a', 1.9]]))).toBe('a=1');
  });

  it('cannot smuggle in another header field, or another source', () => {
    expect(
      formatKeysChecked(
        new Map([
          ['a\r\nx: y', 1],
          ['a,b=9', 1],
          ['c', 1],
        ]),
      ),
    ).toBe('c=1');
  });
});

describe('what a validator takes', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['true', []],
    ['trials', ['trials']],
    [' authentication ,trials', ['trials', 'authentication']],
    ['trials, Trials, tri als, of-tomorrow', ['trials']],
  ])('%j', (text, members) => {
    expect([...parseTakes(text)]).toEqual(members);
  });

  it('is read as it was written, and the same object each time', () => {
    expect(parseTakes(formatTakes(TAKES_ALL))).toBe(TAKES_ALL);
    expect(parseTakes('trials, x')).toBe(parseTakes('trials'));
  });
});

describe('a rejection', () => {
  it('is read as it was written', () => {
    const rejection = { version: 'abc', reason: 'the policy cannot be read: a; b' };
    expect(parseRejection(formatRejection(rejection))).toEqual(rejection);
  });

  it.each([undefined, '', 'abc', '; why', 'a b; why', 'a\r\n; why'])('%j is none', (text) => {
    expect(parseRejection(text)).toBeUndefined();
  });

  it('is short and safe in a header field, whatever the reason', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (reason) => {
        const text = formatRejection({ version: 'abc', reason });
        expect(text).toMatch(HEADER_SAFE);
        expect(text.length).toBeLessThan(300);
      }),
    );
  });
});

it('readers never throw', () => {
  fc.assert(
    fc.property(field, (text) => {
      parseEntityTag(text);
      parseRejection(text);
      speaksOurFormat(text);
      isGatewayName(text);
      for (const [uid, seconds] of parseKeysChecked(text)) {
        expect(uid).not.toBe('');
        expect(Number.isInteger(seconds)).toBe(true);
      }
    }),
  );
});

it.each([
  ['1', true],
  ['2', false],
  ['1, 1', false],
  ['01', false],
  ['', false],
  [undefined, false],
])('format %j is ours: %j', (text, ours) => {
  expect(speaksOurFormat(text)).toBe(ours);
});

it.each([
  ['shop/gateway', true],
  ['shop/gateway.example.com', true],
  [`${'a'.repeat(63)}/${'b'.repeat(63)}`, true],
  ['gateway', false],
  ['/gateway', false],
  ['shop/', false],
  ['shop/a/b', false],
  ['Shop/gateway', false],
  ['shop.x/gateway', false],
  ['-shop/gateway', false],
  ['shop/gateway-', false],
  ['shop/gate way', false],
  [`${'a'.repeat(64)}/b`, false],
  [`a/b${'.b'.repeat(126)}`, true],
  [`a/b${'.b'.repeat(127)}`, false],
])('%j names a Gateway: %j', (text, isName) => {
  expect(isGatewayName(text)).toBe(isName);
});
