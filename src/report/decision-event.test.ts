import { expect, it } from 'vitest';
import { type DecisionEvent, readStreamEvent } from './decision-event.ts';

const decision: DecisionEvent = {
  time: '2026-11-29T18:00:00.000Z',
  binding: 'shop/orders',
  rule: 'read',
  outcome: 'denied',
  reason: 'token_missing',
  source: null,
  user: null,
  client: null,
  network: '192.0.2.7',
  method: 'GET',
  host: 'orders.example',
  path: '/orders/7',
  requestId: null,
  milliseconds: 0.1,
  detail: 'The request carries no token.',
  tokenSays: null,
  expected: null,
  remedy: null,
};

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
