import { describe, expect, it } from 'vitest';
import { FORM_LIMITS, formsOf } from './forms.ts';
import { decodings, repairs } from './transformations.ts';

const PIECES = [
  ...['/', '//', '.', '..', '%2e', '%252e', '%2f', '%252f', '%5c', '\\', ';', ';x', '%3b', '%253b', '%00'],
  ...['%3f', '%23', '%20', '%2520', '%0a', '%c0%af', '%c0', '%e9', '%c3%9f', '%E3%82%AA', '%F0%90%90%80'],
  ...['a', 'A', '%61', '%2561', '%u0061', '%u002f', '%25', 'aaaaaaaa', '@', ':', 'http://'],
];
const LENGTHS = [40, 300, 2_000, 8_191];

/** Deterministic, for paths that cost much are to be found again. */
function below(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) % 0x80000000;
    return Math.floor((state / 0x80000000) * limit);
  };
}

const pathOf = (pieces: readonly string[], length: number) => {
  const text = pieces.join('');
  return `/${text.repeat(Math.max(1, Math.floor(length / text.length)))}`;
};

/** Changes one piece at a time, and keeps what costs more. */
function dearest(seed: number): number {
  const random = below(seed);
  const pick = () => PIECES[random(PIECES.length)] ?? '/';
  const length = LENGTHS[random(LENGTHS.length)] ?? 40;
  let pieces = Array.from({ length: 1 + random(12) }, pick);
  let most = formsOf(pathOf(pieces, length)).work;
  for (let step = 0; step < 40; step++) {
    const at = random(pieces.length);
    const changed = pieces.toSpliced(at, random(2), ...(random(3) > 0 ? [pick()] : []));
    const { work } = formsOf(pathOf(changed.length > 0 ? changed : ['/'], length));
    if (work > most) {
      most = work;
      pieces = changed.length > 0 ? changed : ['/'];
    }
  }
  return most;
}

describe('the work that a path costs', () => {
  it('is bounded, also for paths that are bred to cost much', () => {
    const bound = FORM_LIMITS.characters * (repairs.length + decodings.length);
    const found = Math.max(...Array.from({ length: 25 }, (_, seed) => dearest(seed + 1)));
    expect(found).toBeLessThanOrEqual(bound);
    expect(found).toBeGreaterThan(bound / 2);
  });

  it.each([
    '%20%2520.%c0%afAa',
    '/%2e%2e',
    '..;/x',
    '%c0%ae%2f',
    '%252f%2e',
    ';a/',
    '%2f%00;x%25',
    '%e9/%20',
  ])('is too much for 8 KB of %s', (text) => {
    expect(formsOf(pathOf([text], 8_190)).kind).toBe('too_many');
  });

  it('is too much at one character, or one form, more than there may be', () => {
    const kind = (letters: number) => formsOf(`/%61${'b'.repeat(letters)}`).kind;
    const most = (FORM_LIMITS.characters - 6) / 2;
    expect(kind(most)).toBe('forms');
    expect(kind(most + 1)).toBe('too_many');
    const disguised = '/%2f%5c%3b%3f%23%252f;a//\\.%2e/%20';
    expect([7, 30].map((length) => formsOf(disguised.slice(0, length)).kind)).toEqual(['forms', 'too_many']);
  });
});

describe('a long path of an honest client', () => {
  it.each([
    ['2 KB of Japanese', '/%E3%82%AA%E3%83%BC%E3%83%80%E3%83%BC'.repeat(56)],
    ['8 KB of Japanese', `/${'%E3%82%AA'.repeat(905)}`],
    ['words between spaces', `/files/${'quarterly%20report%20'.repeat(200)}x.pdf`],
    ['words between spaces, escaped twice', `/files/${'quarterly%2520report%2520'.repeat(160)}x.pdf`],
    ['text in ISO 8859-1', `/${'caf%e9%20'.repeat(300)}x`],
    ['a URL in a segment', `/${encodeURIComponent(`https://a.example/${'b/c?d=e&f=g;h#'.repeat(8)}i`)}`],
    ['a list of names', `/${encodeURIComponent(Array.from({ length: 300 }, (_, i) => `n${i}`).join(','))}`],
    ['plain text', `/${'a/b-c.d~e_f'.repeat(740)}`],
    ['base64', `/${'QUJDRA%3D%3D%2B'.repeat(300)}`],
  ])('is read: %s', (_, path) => {
    expect(formsOf(path).kind).toBe('forms');
  });
});
