/** Decisions to be noted, for tests: a denial of a token for another audience, with changes. */

import type { NotedCall, NotedDecision } from '../noted.ts';

export const notedCall = (changes: Partial<NotedCall['request']> = {}, client = '192.0.2.7'): NotedCall => ({
  request: { method: 'GET', host: 'orders.example', pathAndQuery: '/orders/7', headers: {}, ...changes },
  client,
});

export const notedDecision = (changes: Partial<NotedDecision> = {}): NotedDecision => ({
  binding: 'shop/orders',
  rule: 'read',
  reason: 'audience_mismatch',
  source: 'shop/okta',
  user: undefined,
  client: 'billing-cron',
  ...changes,
});

export const allowedDecision = (changes: Partial<NotedDecision> = {}): NotedDecision =>
  notedDecision({ reason: 'authenticated', user: 'joe', ...changes });
