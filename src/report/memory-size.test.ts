/** Eight MiB, whatever callers and tenants send. */

import { expect, it } from 'vitest';
import { MAX_BINDINGS } from './tallies.ts';
import { allowedDecision, notedCall, notedDecision } from './testing/noted.ts';
import { HOUR, remember } from './testing/remember.ts';

const MOST = 8 * 1024 * 1024;
const MILLION = 1_000_000;

/** Numbers, and room for what belongs to the object itself. */
const NUMBER = 8;

/** Bytes of everything in a value: two a character, and each number. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 2 * value.length;
  if (typeof value !== 'object' || value === null) return NUMBER;
  return Object.values(value).reduce<number>((sum, member) => sum + sizeOf(member), NUMBER);
}

/** Characters of two bytes each, as long as anything is kept. */
const LONG = '\u{fffd}'.repeat(600);

it.each([
  ['a million users, clients, paths and addresses', MILLION, {}],
  [
    'and with whatever else is kept of them',
    MILLION / 20,
    {
      detail: LONG,
      call: { version: LONG, method: LONG, name: LONG },
      mismatch: { says: LONG, expected: LONG, remedy: LONG },
    },
  ],
])(
  '%s, each as long as can be, stay in it',
  (_, many, changes) => {
    const { clock, memory, report } = remember();
    let most = 0;
    for (let i = 0; i < many; i++) {
      if (i % (many / 25) < 1) clock.advance(HOUR);
      const text = i + LONG;
      memory.note(
        notedCall({ pathAndQuery: `/${text}`, headers: { 'x-request-id': LONG }, method: LONG }, text),
        notedDecision({
          binding: `shop/b${i % 40}`,
          user: text,
          client: i % 2 === 0 ? text : undefined,
          ...changes,
        }),
        'denied',
      );
      if (i % 100 === 0) most = Math.max(most, memory.bytes());
    }
    expect(most).toBeLessThan(MOST);
    expect(most).toBeGreaterThan(MOST / 4);
    expect(sizeOf(report())).toBeLessThan(MOST);
  },
  120_000,
);

it('so do as many bindings and rules as there can be, under ever new names', () => {
  const { clock, memory } = remember();
  let most = 0;
  for (let round = 0; round < 40; round++) {
    for (let binding = 0; binding < MAX_BINDINGS; binding++) {
      for (const outcome of ['allowed', 'denied', 'audit_denied'] as const) {
        const names = {
          binding: `${'n'.repeat(300)}-${round}-${binding}`,
          rule: `${'r'.repeat(63)}${binding % 64}`,
        };
        const decision =
          outcome === 'allowed' ? allowedDecision(names) : notedDecision({ ...names, user: LONG });
        memory.note(notedCall({ pathAndQuery: `/${LONG}` }), decision, outcome);
      }
    }
    most = Math.max(most, memory.bytes());
    clock.advance(HOUR / 2);
  }
  expect(most).toBeLessThan(MOST);
  expect(most).toBeGreaterThan(MOST / 4);
}, 120_000);
