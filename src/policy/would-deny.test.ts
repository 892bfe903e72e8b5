import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatWouldDeny, HIGHEST_COUNT, MOST_COUNTS, parseWouldDeny } from './would-deny.ts';

const PROCESS = '6f1c0b5e-6f0e-4a4e-9d86-3a9f0c0f7c11';
const counts = fc.array(
  fc.tuple(fc.nat(99_999), fc.nat(HIGHEST_COUNT), fc.nat(HIGHEST_COUNT)).map(([place, one, other]) => ({
    place,
    count: Math.max(one, other),
    told: Math.min(one, other),
  })),
  { minLength: 1, maxLength: MOST_COUNTS },
);

it('is read as it was written', () => {
  fc.assert(
    fc.property(counts, (written) => {
      const report = { process: PROCESS, counts: written };
      expect(parseWouldDeny(formatWouldDeny(report))).toEqual(report);
    }),
  );
});

it('is short, however much there is to tell', () => {
  const longest = { place: 99_999, count: HIGHEST_COUNT, told: HIGHEST_COUNT };
  const field = formatWouldDeny({ process: PROCESS, counts: Array(MOST_COUNTS).fill(longest) });
  expect(parseWouldDeny(field)?.counts).toHaveLength(MOST_COUNTS);
  // With the longest token it fits into the head of a request.
  expect(field.length).toBeLessThan(16 * 1024 - 8192 - 1024);
});

describe('is passed over', () => {
  it.each([
    ['no field', undefined],
    ['an empty one', ''],
    ['no process', '0=1'],
    ['no counts', PROCESS],
    ['an empty list', `${PROCESS} `],
    ['more parts', `${PROCESS} 0=1 1=2`],
    ['a process that is no name', 'a:b 0=1'],
    ['a process that is too long', `${'a'.repeat(37)} 0=1`],
    ['a negative count', `${PROCESS} 0=-1`],
    ['no number', `${PROCESS} 0=NaN`],
    ['a fraction', `${PROCESS} 0=1.5`],
    ['an exponent', `${PROCESS} 0=1e3`],
    ['Infinity', `${PROCESS} 0=Infinity`],
    ['another digit', `${PROCESS} 0=\u0661`],
    ['a number that is too long', `${PROCESS} 0=1000000000000`],
    ['a negative place', `${PROCESS} -1=1`],
    ['a name in place of a place', `${PROCESS} shop/orders=1`],
    ['a place that no policy has', `${PROCESS} 100000=1`],
    ['more told than counted', `${PROCESS} 0=1/2`],
    ['one that cannot be read among others', `${PROCESS} 0=1,1=x,2=3`],
    ['a comma too many', `${PROCESS} 0=1,`],
    [
      'more counts than are told at once',
      `${PROCESS} ${Array(MOST_COUNTS + 1)
        .fill('0=1')
        .join()}`,
    ],
    ['a line break', `${PROCESS} 0=1\n`],
    ['two fields, which Node.js joins', `${PROCESS} 0=1, ${PROCESS} 0=1`],
  ])('%s', (_, field) => {
    expect(parseWouldDeny(field)).toBeUndefined();
  });
  it('whatever else there may be', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (field) => {
        const read = parseWouldDeny(field);
        for (const { place, count, told } of read?.counts ?? [])
          expect(place >= 0 && told >= 0 && count >= told && count <= HIGHEST_COUNT).toBe(true);
      }),
    );
  });
});
