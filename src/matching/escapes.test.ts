import { describe, expect, it } from 'vitest';
import { hasMalformedEscape, hidesEscape } from './escapes.ts';

describe('a path as it was sent', () => {
  it.each([
    '/%',
    '/a%',
    '/%/a',
    '/%2',
    '/%2/e',
    '/%2>',
    '/%>2',
    '/%zz',
    '/%%61',
    '/%25%',
    '/%u',
    '/%u002',
    '/%u002g',
    '/%U00',
    '/%x41',
  ])('has a malformed escape in %s', (path) => {
    expect(hasMalformedEscape(path)).toBe(true);
  });

  it.each(['/', '/a', '/%20', '/%2F%2f', '/100%25', '/%25zz', '/%u002f', '/%U002F/x', '/caf%c3%A9'])(
    'has none in %s',
    (path) => {
      expect(hasMalformedEscape(path)).toBe(false);
    },
  );
});

describe('a path that was decoded once', () => {
  /** TypeUtil.convertHexDigit of Jetty 9.4, 10 and 12. */
  const jetty = (character: string) => {
    const code = character.charCodeAt(0);
    const digit = (code & 0x1f) + (code >> 6) * 0x19 - 0x10;
    return digit >= 0 && digit <= 15;
  };
  /** The digits of its TypeUtil.parseInt, which reads %uXXXX. */
  const jettyUnit = (character: string) => {
    const code = character.charCodeAt(0);
    return [code - 48 < 10 ? code - 48 : -1, code - 55, code - 87].some(
      (digit, i) => digit >= (i === 1 ? 10 : 0) && digit < 16,
    );
  };
  const hex = /^[0-9a-f]$/i;
  const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));

  it('hides an escape wherever Jetty reads one by digits of its own', () => {
    for (const one of ascii.filter((character) => jetty(character) && !hex.test(character))) {
      expect(hidesEscape(`/%2${one}/x`), JSON.stringify(one)).toBe(true);
      expect(hidesEscape(`/%${one}e`), JSON.stringify(one)).toBe(true);
      expect(hidesEscape(`/%${one}${one}`), JSON.stringify(one)).toBe(true);
    }
    for (const one of ascii.filter((character) => jettyUnit(character) && !hex.test(character))) {
      expect(hidesEscape(`/%u002${one}`), JSON.stringify(one)).toBe(true);
      expect(hidesEscape(`/%u${one}061`), JSON.stringify(one)).toBe(true);
    }
  });

  it.each(['/%２e', '/%2Ｅ', '/%٢ｅ', '/%u00２f', '/%u006١'])(
    'hides one in the digits of other scripts: %s',
    (path) => {
      expect(hidesEscape(path)).toBe(true);
    },
  );

  it.each([
    '/100%',
    '/100%/x',
    '/a%b c',
    '/100% pure',
    '/100%-x',
    '/100%.html',
    '/%2',
    '/%2e',
    '/%2e%2f',
    '/%zz',
    '/%%',
    '/%used',
    '/100%オフ',
    '/%u002f',
    '/50%, x',
    '/(100%)',
  ])('hides none in %s', (path) => {
    expect(hidesEscape(path)).toBe(false);
  });
});
