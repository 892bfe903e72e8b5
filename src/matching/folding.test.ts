import { expect, it } from 'vitest';
import { fold } from './folding.ts';

/** Simple folding by Unicode's own words: of full mappings, those to one letter. */
function foldOne(letter: string): string {
  if (letter === '\u0130') return 'i';
  const upper = letter.toUpperCase();
  const lower = ([...upper].length === 1 ? upper : letter).toLowerCase();
  return [...lower].length === 1 ? lower : letter;
}

it('folds a letter like any other, whatever stands beside it', () => {
  for (let first = 0; first < 0x20000; first += 0x400) {
    const letters = Array.from({ length: 0x400 }, (_, i) => String.fromCodePoint(first + i));
    expect(fold(`é${letters.join('/')}`)).toBe(`é${letters.map(foldOne).join('/')}`);
    const reversed = letters.toReversed().filter((letter) => letter.isWellFormed());
    expect(fold(`é${reversed.join('')}`)).toBe(`é${reversed.map(foldOne).join('')}`);
  }
});

it.each([
  ['ΟΔΟΣ', 'οδοσ'],
  ['ΑΣ/ς', 'ασ/σ'],
  ['STRASSE', 'strasse'],
  ['straße', 'straße'],
  ['\u212Aſ\u0130', 'ksi'],
  ['\u{10400}\u{10428}', '\u{10428}\u{10428}'],
  ['\ud800A\udc00é', '\ud800a\udc00é'],
])('%s becomes %s', (text, folded) => {
  expect(fold(text)).toBe(folded);
});
