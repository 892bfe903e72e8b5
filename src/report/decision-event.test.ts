import { expect, it } from 'vitest';
import { readStreamEvent } from './decision-event.ts';
import { decisionEvent } from './testing/reports.ts';

const decision = decisionEvent();

it('reads a decision, and what was left out', () => {
  expect(readStreamEvent('decision', { ...decision, more: 1 })).toEqual({ kind: 'decision', decision });
  const leftOut = { overRate: 3, slowReader: 0 };
  expect(readStreamEvent('left-out', leftOut)).toEqual({ kind: 'left-out', leftOut });
});

it.each([
  ['an event of a newer version', 'keys', {}],
  ['a decision without its outcome', 'decision', { ...decision, outcome: undefined }],
  ['nothing', 'decision', undefined],
])('passes over %s', (_, name, data) => {
  expect(readStreamEvent(name, data)).toEqual({ kind: 'unknown' });
});
