import { expect, it } from 'vitest';
import type { RequestOutcome } from './outcome.ts';
import { reportText, wouldBeRefused } from './report-text.ts';
import { report, row } from './testing/reports.ts';

const tally = (outcome: RequestOutcome, count: number) => ({ rule: 'read', outcome, reason: 'r', count });

it('is written for people', () => {
  expect(reportText(report())).toBe(
    `2026-11-29 17:00 to 2026-11-29 18:00 UTC, by 1 validator

shop/orders (Audit)
12,410 requests: 12,373 allowed, 37 would be refused: 31 by client billing-cron, audience_mismatch; 5 by client old-app, audience_mismatch; 1 by others

  COUNT  OUTCOME       REASON             RULE  WHO                  LAST              EXAMPLE
     31  audit_denied  audience_mismatch  read  client billing-cron  2026-11-29 17:58  GET /orders/7
      5  audit_denied  audience_mismatch  read  client old-app       2026-11-29 17:58  GET /orders/7

What to change:
  audience_mismatch: add its aud to spec.jwt.audiences
    the token says aud "api://billing"; expected aud "api://orders"
`,
  );
});

it.each([
  ['one request', [tally('allowed', 1)], '1 request: 1 allowed'],
  ['Enforce', [tally('allowed', 5), tally('denied', 2)], '7 requests: 5 allowed, 2 refused'],
  [
    'a Trial',
    [tally('same', 9), tally('would_deny', 2), tally('would_allow', 1), tally('other_reason', 3)],
    '15 requests: 9 judged as by the binding in force, 2 would be refused, 1 would be let in that are refused now, 3 would get another answer',
  ],
])('the sentence of %s', (_, counts, sentence) => {
  expect(reportText(report({ counts, rows: [], unlisted: 0 })).split('\n')[3]).toBe(sentence);
});

it('says so where nothing was judged, and of requests without a binding', () => {
  expect(reportText({ ...report(), bindings: [] })).toMatch(/^No request was judged, 2026-11-29 17:00 to/);
  expect(reportText(report({ binding: null, mode: null }))).toMatch(/^No binding$/m);
});

it('names callers as they are known', () => {
  const callers = [
    { client: null, network: '192.0.2.7' },
    { client: null, network: null },
    { client: 'web', user: 'joe' },
    { client: null, user: 'ann' },
  ];
  const text = reportText(report({ rows: callers.map((caller) => row({ count: 1, ...caller })) }));
  for (const who of ['address 192.0.2.7', 'an unknown caller', 'user joe (client web)', 'user ann']) {
    expect(text).toContain(who);
  }
});

it('says what was asked of an MCP server, and what of a malformed request could not be read', () => {
  const { tokenSays: _, expected: __, remedy: ___, ...example } = row().example;
  const nothing = { tokenSays: null, expected: null, remedy: null };
  const told = { ...example, ...nothing, mcpMethod: 'tools/call', mcpName: 'delete_file' };
  const rows = [
    row({ reason: 'scope_insufficient', example: told }),
    row({
      reason: 'request_malformed',
      example: { ...example, ...nothing, detail: 'Mcp-Name is there more than once.' },
    }),
  ];
  const text = reportText(report({ rows }));
  expect(text).toMatch(/ GET \/orders\/7 tools\/call "delete_file"$/m);
  expect(text).toMatch(/^ {2}request_malformed: .*\n {4}Mcp-Name is there more than once\.$/m);
});

it('shows the first rows of many', () => {
  const rows = Array.from({ length: 25 }, (_, i) => row({ user: `u${i}`, count: 25 - i }));
  const text = reportText(report({ rows }));
  expect(text).toContain('\n  and 5 more rows: --output json has them');
  expect(text).not.toContain('u20');
});

it('nothing in it can move a cursor, or begin a line', () => {
  const hostile = '\u001b[2J\u001b]0;x\u0007\r\n\nshop/orders (Enforce)\u202e\ud800';
  const text = reportText({
    ...report({
      binding: hostile,
      mode: hostile,
      rows: [
        row({
          rule: hostile,
          reason: hostile,
          source: hostile,
          client: hostile,
          user: hostile,
          last: hostile,
          example: {
            ...row().example,
            method: hostile,
            path: hostile,
            tokenSays: hostile,
            expected: hostile,
            remedy: hostile,
          },
        }),
      ],
    }),
    from: hostile,
    until: hostile,
  });
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}|[\u202e]|\p{Cs}/u);
  expect(text.match(/^shop\/orders/gm)).toBeNull();
});

it.each([
  ['Enforce', [tally('denied', 5)], 0],
  ['Audit', [tally('audit_denied', 5), tally('allowed', 1)], 5],
  [
    'a Trial',
    [tally('would_deny', 2), tally('same', 1), tally('would_allow', 4), tally('other_reason', 3)],
    2,
  ],
])('what %s would refuse that passes', (_, counts, expected) => {
  const [binding] = report({ counts }).bindings;
  expect(binding && wouldBeRefused(binding)).toBe(expected);
});
