import { describe, expect, it } from 'vitest';
import { allowedDecision, notedCall, notedDecision } from './testing/noted.ts';
import { DAY, HOUR, remember, sum } from './testing/remember.ts';

describe('a report', () => {
  it('counts by binding, rule, outcome and reason, and names who was refused', () => {
    const { clock, memory, report } = remember();
    for (let i = 0; i < 3; i++) memory.note(notedCall(), allowedDecision(), 'allowed');
    memory.note(
      notedCall({ headers: { 'x-request-id': 'r-1' }, pathAndQuery: '/orders/7?token=s3cret' }),
      notedDecision({ detail: 'why', mismatch: { says: 'aud "a"', expected: 'aud "b"', remedy: 'do' } }),
      'audit_denied',
    );
    clock.advance(60_000);
    memory.note(notedCall({ pathAndQuery: '/other' }), notedDecision(), 'audit_denied');
    memory.note(
      notedCall(),
      notedDecision({
        binding: undefined,
        rule: undefined,
        source: undefined,
        client: undefined,
        reason: 'host_unbound',
      }),
      'denied',
    );
    expect(report()).toEqual({
      format: 1,
      from: '2026-11-29T17:30:00.000Z',
      until: '2026-11-29T17:31:00.000Z',
      validators: 1,
      bindings: [
        {
          binding: null,
          mode: 'Audit',
          counts: [{ rule: null, outcome: 'denied', reason: 'host_unbound', count: 1 }],
          rows: [
            expect.objectContaining({
              client: null,
              network: '192.0.2.7',
              source: null,
              rule: null,
              user: null,
            }),
          ],
          unlisted: 0,
        },
        {
          binding: 'shop/orders',
          mode: 'Audit',
          counts: [
            { rule: 'read', outcome: 'allowed', reason: 'authenticated', count: 3 },
            { rule: 'read', outcome: 'audit_denied', reason: 'audience_mismatch', count: 2 },
          ],
          rows: [
            {
              outcome: 'audit_denied',
              rule: 'read',
              reason: 'audience_mismatch',
              source: 'shop/okta',
              client: 'billing-cron',
              network: null,
              user: null,
              count: 2,
              first: '2026-11-29T17:30:00.000Z',
              last: '2026-11-29T17:31:00.000Z',
              example: {
                method: 'GET',
                path: '/orders/7',
                mcpMethod: null,
                mcpName: null,
                requestId: 'r-1',
                detail: 'why',
                tokenSays: 'aud "a"',
                expected: 'aud "b"',
                remedy: 'do',
              },
            },
          ],
          unlisted: 0,
        },
      ],
    });
  });

  it('has a row for whom a Trial would refuse or let in, and none where it decides the same', () => {
    const { memory, of } = remember();
    for (const outcome of ['same', 'would_deny', 'would_allow', 'other_reason'] as const) {
      memory.note(notedCall(), notedDecision({ binding: 'shop/trial' }), outcome);
    }
    expect(of('shop/trial').counts.map(({ outcome }) => outcome)).toEqual([
      'same',
      'would_deny',
      'would_allow',
      'other_reason',
    ]);
    expect(of('shop/trial').rows.map(({ outcome }) => outcome)).not.toContain('same');
    expect(of('shop/trial').rows).toHaveLength(3);
  });

  it('is of one binding where one is asked for', () => {
    const { memory, report } = remember();
    memory.note(notedCall(), notedDecision(), 'denied');
    memory.note(notedCall(), notedDecision({ binding: 'shop/other' }), 'denied');
    expect(report({ binding: 'shop/other' }).bindings.map(({ binding }) => binding)).toEqual(['shop/other']);
    expect(report({ binding: 'shop/none' }).bindings).toEqual([]);
  });

  it('tells hours that overlap what is asked for, and forgets a day', () => {
    const { clock, memory, of, report } = remember();
    memory.note(notedCall(), notedDecision(), 'denied');
    clock.advance(2 * HOUR);
    memory.note(notedCall(), notedDecision(), 'denied');
    memory.note(notedCall(), notedDecision({ user: 'joe' }), 'denied');
    expect(report({ since: HOUR }).from).toBe('2026-11-29T18:00:00.000Z');
    expect(sum(of('shop/orders', { since: HOUR }).counts)).toBe(2);
    expect(of('shop/orders', { since: HOUR }).rows.map(({ count }) => count)).toEqual([1, 1]);
    expect(report().from).toBe('2026-11-29T17:30:00.000Z');
    expect(sum(of('shop/orders').counts)).toBe(3);
    // The hour of the first one is 24 hours ago.
    clock.advance(22 * HOUR);
    expect(sum(of('shop/orders').counts)).toBe(2);
    clock.advance(2 * HOUR);
    expect(report().bindings).toEqual([]);
    const empty = memory.bytes();
    expect(empty).toBe(0);
    clock.advance(1000 * HOUR);
    expect(report().from).toBe(new Date(Date.UTC(2026, 10, 29, 17) + 1003 * HOUR).toISOString());
  });

  it('goes on where people set the clock', () => {
    const { clock, memory, of, report } = remember();
    memory.note(notedCall(), notedDecision(), 'denied');
    clock.jump(-5 * DAY);
    memory.note(notedCall(), notedDecision(), 'denied');
    expect(sum(of('shop/orders').counts)).toBe(2);
    clock.jump(9 * DAY);
    clock.advance(HOUR);
    memory.note(notedCall(), notedDecision(), 'denied');
    expect(sum(of('shop/orders').counts)).toBe(3);
    expect(report({ since: 1 }).from).toBe('2026-12-03T18:00:00.000Z');
  });
});

describe('what callers send', () => {
  it('is one line, without control characters, bidirectional marks, half pairs, tokens and queries', () => {
    const { memory, of } = remember();
    const token = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.e30.c2ln`;
    memory.note(
      notedCall({
        method: 'GET\u001b[2J',
        pathAndQuery: `/a\u202eb/${token}?access_token=s3cret`,
        headers: { 'x-request-id': 'r\u001b]0;x\u0007' },
      }),
      notedDecision({ user: 'jo\ud800e\u2066\nallowed', client: '<script>\u001b[31m', detail: 'a\0b' }),
      'denied',
    );
    const text = JSON.stringify(of('shop/orders'));
    expect(text).not.toMatch(/\p{Cc}|[\u202e\u2066]|\\u|e30|c2ln|s3cret|access_token/u);
    expect(of('shop/orders').rows[0]).toMatchObject({
      user: 'jo\ufffde allowed',
      client: '<script> [31m',
      example: { method: 'GET [2J', path: '/a b/[token]', requestId: 'r ]0;x ' },
    });
  });

  it('is cut', () => {
    const { memory, of } = remember();
    const long = 'x'.repeat(8192);
    memory.note(
      notedCall({ method: long, pathAndQuery: `/${long}`, headers: { 'x-request-id': long } }),
      notedDecision({ user: long, client: long, detail: long }),
      'denied',
    );
    expect(JSON.stringify(of('shop/orders').rows[0]).length).toBeLessThan(2500);
  });
});
