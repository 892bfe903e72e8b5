/** A report of one binding in mode Audit, its rows, and a live decision, for tests. */

import type { DecisionEvent } from '../decision-event.ts';
import type { RequestOutcome } from '../outcome.ts';
import type { BindingReport, Report, ReportRow } from '../report.ts';

export const row = (changes: Partial<ReportRow> = {}): ReportRow => ({
  outcome: 'audit_denied',
  rule: 'read',
  reason: 'audience_mismatch',
  source: 'shop/okta',
  client: 'billing-cron',
  network: null,
  user: null,
  count: 31,
  first: '2026-11-29T17:01:00.000Z',
  last: '2026-11-29T17:58:00.000Z',
  example: {
    method: 'GET',
    path: '/orders/7',
    mcpMethod: null,
    mcpName: null,
    requestId: 'r-1',
    detail: "The token's audience is none of those expected here.",
    tokenSays: 'aud "api://billing"',
    expected: 'aud "api://orders"',
    remedy: 'add its aud to spec.jwt.audiences',
  },
  ...changes,
});

const PASSED: RequestOutcome = 'allowed';

/** `changes` may be what no validator would tell. */
export const report = (changes: object = {}): Report => ({
  format: 1,
  from: '2026-11-29T17:00:00.000Z',
  until: '2026-11-29T18:00:00.000Z',
  validators: 1,
  bindings: [
    {
      binding: 'shop/orders',
      mode: 'Audit',
      counts: [
        { rule: 'read', outcome: PASSED, reason: 'authenticated', count: 12_373 },
        { rule: 'read', outcome: 'audit_denied', reason: 'audience_mismatch', count: 37 },
      ],
      rows: [row(), row({ client: 'old-app', count: 5 })],
      unlisted: 1,
      ...changes,
    } satisfies BindingReport,
  ],
});

export const decisionEvent = (changes: Partial<DecisionEvent> = {}): DecisionEvent => ({
  time: '2026-11-29T18:00:00.000Z',
  binding: 'shop/orders',
  rule: 'read',
  steps: undefined,
  outcome: 'denied',
  reason: 'token_missing',
  source: null,
  user: null,
  client: null,
  network: '192.0.2.7',
  method: 'GET',
  host: 'orders.example',
  path: '/orders/7',
  mcpVersion: null,
  mcpMethod: null,
  mcpName: null,
  requestId: null,
  milliseconds: 0.1,
  detail: 'The request carries no token.',
  tokenSays: null,
  expected: null,
  remedy: null,
  ...changes,
});
