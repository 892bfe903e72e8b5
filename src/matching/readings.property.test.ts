import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PathMatching } from '../policy/policy.ts';
import { fold, withoutTrailingSlash } from './folding.ts';
import { pathReadings, type Reading } from './readings.ts';
import { repairs } from './transformations.ts';

const EXACT: PathMatching = { case: 'Sensitive', trailingSlash: 'Distinct' };
const UNKNOWN: PathMatching = { case: 'Unknown', trailingSlash: 'Unknown' };
const LOOSE: PathMatching = { case: 'Insensitive', trailingSlash: 'Ignore' };

/** None where there are too many. */
function readingsOf(path: string, settings: PathMatching, patternsVary = false): readonly Reading[] {
  const read = pathReadings(path, settings, patternsVary);
  return read.kind === 'readings' ? read.readings : [];
}

const asciiPieces = [
  ...['/', '//', '.', '..', '%2e', '%252e', '%2f', '%5c', '\\', ';', ';x=1', '%3b', '%00', '%3f', '%'],
  ...['a', 'B', 'admin', '%61', '%2561', '%u002e', '\t', '%0a', '%25'],
];
const otherPieces = ['%c0', '%ae', '%af', '%e9', 'é', '\u212A'];

const hostileAscii = pathOf(asciiPieces, 9);
const hostile = pathOf([...asciiPieces, ...otherPieces], 9);

function pathOf(pieces: readonly string[], maxLength: number): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...pieces), { maxLength }).map((parts) => `/${parts.join('')}`);
}

const settings = fc.record<PathMatching>({
  case: fc.constantFrom('Sensitive', 'Insensitive', 'Unknown'),
  trailingSlash: fc.constantFrom('Distinct', 'Ignore', 'Unknown'),
});

describe('the readings of a path', () => {
  it('has one reading for any plain path', () => {
    const segment = fc.stringMatching(/^[a-z0-9_~!$&'()*+,=:@-][a-z0-9_~!$&'()*+,=:@.-]{0,8}$/);
    const plain = fc.array(segment).map((segments) => `/${segments.join('/')}`);
    fc.assert(
      fc.property(plain, fc.constantFrom(EXACT, UNKNOWN, LOOSE), (path, settings) => {
        expect(pathReadings(path, settings, false)).toEqual({
          kind: 'readings',
          readings: [{ path, unfolded: path, foldCase: false, foldSlash: false }],
        });
      }),
    );
  });

  it('begin with the path itself, folded only where the settings say so', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string()), settings, (path, matching) => {
        const first = readingsOf(path, matching)[0];
        if (first === undefined) return;
        const slashed = matching.trailingSlash === 'Ignore' ? withoutTrailingSlash(path) : path;
        expect(first.path).toBe(matching.case === 'Insensitive' ? fold(slashed) : slashed);
      }),
    );
  });

  it('are folded where they say so', () => {
    fc.assert(
      fc.property(hostile, settings, fc.boolean(), (path, matching, vary) => {
        for (const reading of readingsOf(path, matching, vary)) {
          expect(reading.foldCase ? fold(reading.path) : reading.path).toBe(reading.path);
          expect(reading.foldSlash ? withoutTrailingSlash(reading.path) : reading.path).toBe(reading.path);
        }
      }),
    );
  });

  it('say that they are folded as the settings have it', () => {
    const folds = { Sensitive: [false], Insensitive: [true], Unknown: [false, true] };
    const ignores = { Distinct: [false], Ignore: [true], Unknown: [false, true] };
    fc.assert(
      fc.property(hostile, settings, (path, matching) => {
        for (const { foldCase, foldSlash } of readingsOf(path, matching, true)) {
          expect(folds[matching.case]).toContain(foldCase);
          expect(ignores[matching.trailingSlash]).toContain(foldSlash);
        }
      }),
    );
  });

  it('are closed under everything that servers do beside decoding', () => {
    fc.assert(
      fc.property(hostileAscii, (path) => {
        const paths = new Set(readingsOf(path, EXACT).map((reading) => reading.path));
        for (const text of paths) {
          for (const repair of repairs) expect(paths.has(repair(text))).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('are bounded, however hostile the path', () => {
    fc.assert(
      fc.property(pathOf([...asciiPieces, ...otherPieces], 3_000), (path) => {
        expect(readingsOf(path, UNKNOWN, true).length).toBeLessThanOrEqual(4 * 129);
      }),
      { numRuns: 30 },
    );
  });

  it('are the same each time', () => {
    fc.assert(
      fc.property(hostile, settings, (path, matching) => {
        expect(readingsOf(path, matching)).toEqual(readingsOf(path, matching));
      }),
    );
  });

  it('hold what a server makes of a path that it decodes, cuts and resolves, in any order', () => {
    const steps = fc.array(fc.constantFrom(...repairs), { maxLength: 6 });
    fc.assert(
      fc.property(hostileAscii, steps, steps, (path, before, after) => {
        const read = pathReadings(path, EXACT, false);
        if (read.kind !== 'readings') return;
        const prepared = before.reduce((text, repair) => repair(text), path);
        const decoded = prepared.replace(/%([0-9a-f]{2})/gi, (_, hex) =>
          String.fromCharCode(parseInt(hex, 16)),
        );
        const served = after.reduce((text, repair) => repair(text), decoded);
        expect(read.readings.map((reading) => reading.path)).toContain(served);
      }),
      { numRuns: 1_000 },
    );
  });
});
