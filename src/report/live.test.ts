import { expect, it } from 'vitest';
import { EVENTS_PER_SECOND, MAX_LISTENERS } from './listeners.ts';
import { setUpLive } from './testing/live.ts';
import { allowedDecision, notedCall, notedDecision } from './testing/noted.ts';

it('tells each decision', () => {
  const { live, listen } = setUpLive();
  const { heard } = listen();
  live.tell(
    notedCall({ pathAndQuery: '/orders/7?access_token=s3cret', headers: { 'x-request-id': 'r-1' } }),
    notedDecision({ detail: 'why', user: 'joe', mismatch: { says: 's', expected: 'e', remedy: 'r' } }),
    'denied',
    0.000_123_4,
  );
  live.tell(notedCall(), allowedDecision({ client: undefined }), 'allowed', 0);
  expect(heard()).toEqual([
    {
      time: '2027-01-15T08:00:00.000Z',
      binding: 'shop/orders',
      rule: 'read',
      outcome: 'denied',
      reason: 'audience_mismatch',
      source: 'shop/okta',
      user: 'joe',
      client: 'billing-cron',
      network: null,
      method: 'GET',
      host: 'orders.example',
      path: '/orders/7',
      mcpVersion: null,
      mcpMethod: null,
      mcpName: null,
      requestId: 'r-1',
      milliseconds: 0.123,
      detail: 'why',
      tokenSays: 's',
      expected: 'e',
      remedy: 'r',
    },
    expect.objectContaining({ outcome: 'allowed', network: '192.0.2.7', client: null, detail: null }),
  ]);
});

it('tells what is asked of an MCP server, bounded and without a token', () => {
  const { live, listen } = setUpLive();
  const { heard } = listen();
  const told = (name: string | undefined) => {
    const call = { version: '2026-07-28', method: 'tools/call', name };
    live.tell(notedCall(), allowedDecision({ call }), 'allowed', 0);
    return heard().at(-1);
  };
  expect(told('delete_file')).toMatchObject({
    mcpVersion: '2026-07-28',
    mcpMethod: 'tools/call',
    mcpName: 'delete_file',
  });
  expect(told(undefined)).toMatchObject({ mcpMethod: 'tools/call', mcpName: null });
  expect(told('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9')?.mcpName).toBe('[token]');
  expect(told('x'.repeat(5000))?.mcpName).toBe(`${'x'.repeat(256)}…`);
  expect(told('a\r\n\u202eb')?.mcpName).toBe('a b');
});

it.each([
  ['binding', { binding: ['shop/orders'] }, ['a', 'b', 'c']],
  ['outcome', { outcome: ['denied', 'audit_denied'] }, ['b', 'c', 'd']],
  ['reason', { reason: ['token_missing'] }, ['b']],
  ['rule', { rule: ['write'] }, ['c']],
  ['user', { user: ['joe'] }, ['a', 'c']],
  ['two of them', { user: ['joe'], outcome: ['denied'] }, ['c']],
  ['nothing that is there', { user: ['nobody'] }, []],
])('a filter by %s', (_, filter, expected) => {
  const { live, listen } = setUpLive();
  const { heard } = listen(filter);
  const at = (name: string) => notedCall({ headers: { 'x-request-id': name } });
  live.tell(at('a'), allowedDecision({ user: 'joe' }), 'allowed', 0);
  live.tell(at('b'), notedDecision({ reason: 'token_missing' }), 'denied', 0);
  live.tell(at('c'), notedDecision({ rule: 'write', user: 'joe' }), 'denied', 0);
  live.tell(at('d'), notedDecision({ binding: 'shop/other' }), 'audit_denied', 0);
  expect(heard().map(({ requestId }) => requestId)).toEqual(expected);
});

it('of a Trial tells where it differs, and the rest where somebody asks for it', () => {
  const { live, listen } = setUpLive();
  const listeners = [{}, { binding: ['shop/trial'] }, { outcome: ['same'] }, { user: ['joe'] }].map(
    (filter) => listen(filter),
  );
  const trial = notedDecision({ binding: 'shop/trial', user: 'joe' });
  live.tell(notedCall(), trial, 'same', 0);
  live.tell(notedCall(), trial, 'would_deny', 0);
  expect(listeners.map(({ heard }) => heard().map(({ outcome }) => outcome))).toEqual([
    ['would_deny'],
    ['same', 'would_deny'],
    ['same'],
    ['would_deny'],
  ]);
});

it('a user is found by the name as it is told, and as it is', () => {
  const { live, listen } = setUpLive();
  const name = `jo\u001be${'x'.repeat(300)}`;
  const all = listen();
  const asIs = listen({ user: [name] });
  live.tell(notedCall(), notedDecision({ user: name }), 'denied', 0);
  const asTold = listen({ user: [all.heard()[0]?.user ?? ''] });
  live.tell(notedCall(), notedDecision({ user: name }), 'denied', 0);
  live.tell(notedCall(), notedDecision({ user: 'joe' }), 'denied', 0);
  expect([asIs.heard().length, asTold.heard().length]).toEqual([2, 1]);
});

it('leaves out what is above the rate, and says how many those were', () => {
  const { clock, live, listen } = setUpLive();
  const { events, heard } = listen();
  for (let i = 0; i < EVENTS_PER_SECOND + 7; i++) live.tell(notedCall(), notedDecision(), 'denied', 0);
  expect(heard()).toHaveLength(EVENTS_PER_SECOND);
  clock.advance(1000);
  expect(events().at(-1)).toEqual({ kind: 'left-out', leftOut: { overRate: 7, slowReader: 0 } });
  live.tell(notedCall(), notedDecision(), 'denied', 0);
  expect(heard()).toHaveLength(EVENTS_PER_SECOND + 1);
  clock.advance(5000);
  expect(events()).toHaveLength(EVENTS_PER_SECOND + 2);
});

it('a slow reader loses events, nothing is kept for it, and it is told once it reads', () => {
  const { clock, live, listen } = setUpLive();
  const { state, texts, events } = listen();
  texts.length = 0;
  state.isReady = false;
  for (let i = 0; i < 100; i++) live.tell(notedCall(), notedDecision(), 'denied', 0);
  clock.advance(60_000);
  expect(texts).toEqual([]);
  state.isReady = true;
  clock.advance(1000);
  expect(events()).toEqual([{ kind: 'left-out', leftOut: { overRate: 0, slowReader: 100 } }]);
});

it('one listener that is slow or narrow does not change what another one hears', () => {
  const { live, listen } = setUpLive();
  const slow = listen();
  const other = listen();
  slow.state.isReady = false;
  for (let i = 0; i < 5; i++) live.tell(notedCall(), notedDecision(), 'denied', 0);
  expect([slow.heard().length, other.heard().length]).toEqual([0, 5]);
});

it('as many listen as may, and one who leaves makes room', () => {
  const { clock, live, listen } = setUpLive();
  const all = Array.from({ length: MAX_LISTENERS }, () => listen());
  expect(listen().stop).toBeUndefined();
  all[0]?.stop?.();
  expect(listen().stop).toBeDefined();
  live.end();
  expect(all.map(({ state }) => state.isEnded)).toEqual([false, true, true, true]);
  expect(clock.due()).toEqual([]);
});

it('makes nothing of a decision that nobody hears, and sends signs of life', () => {
  const { clock, live, listen } = setUpLive();
  const hostile = notedCall();
  const unread = new Proxy(hostile, { get: () => expect.unreachable('nobody listens') });
  live.tell(unread, notedDecision(), 'denied', 0);
  const { texts } = listen({ user: ['joe'] });
  live.tell(unread, notedDecision(), 'denied', 0);
  clock.advance(31_000);
  expect(texts).toEqual([':\n\n', ':\n\n', ':\n\n']);
});

it('a hostile name is one line of data, and no event of its own', () => {
  const { live, listen } = setUpLive();
  const { texts, heard } = listen();
  live.tell(
    notedCall({ host: 'a\r\n\r\nevent: x', pathAndQuery: '/\u2028\u2029<img onerror=x>' }),
    notedDecision({ user: '\n\nevent: decision\ndata: {}\n\n\u001b[2J\ud800', client: 'x'.repeat(8192) }),
    'denied',
    0,
  );
  expect(texts.join('').match(/\n/g)).toHaveLength(5);
  expect(heard()[0]?.user).toBe(' event: decision data: {} [2J\ufffd');
  expect(heard()[0]?.client).toHaveLength(257);
});
