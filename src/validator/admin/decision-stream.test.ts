import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { bindingPolicy, policyUpdate } from '../../../test/support/policy.ts';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { readStreamEvent } from '../../report/decision-event.ts';
import { EVENTS_PER_SECOND, MAX_LISTENERS } from '../../report/listeners.ts';
import { createLiveDecisions } from '../../report/live.ts';
import { notedCall, notedDecision } from '../../report/testing/noted.ts';
import { adminServer } from '../testing/admin.ts';

const update = policyUpdate([bindingPolicy()]);

async function setUp() {
  const clock = manualClock();
  const live = createLiveDecisions({ clock, networkOf: (address) => address ?? '' });
  const server = await adminServer(update, { live });
  return { ...server, clock, live, listen: (query = '') => listenAt(server.port, query) };
}

/** A listener that reads what comes, or leaves it lying while `socket` is paused. */
function listenAt(port: number, query: string) {
  const socket: Socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (part: string) => {
    text += part;
  });
  socket.write(`GET /decisions${query} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
  /** The body is sent in chunks, whose lengths stand on lines of their own. */
  const events = () =>
    [...text.matchAll(/event: ([a-z-]+)\r?\n(?:data: )([^\r\n]*)/g)].map(([, name = '', data = '']) =>
      readStreamEvent(name, JSON.parse(data)),
    );
  return { socket, events, text: () => text, isOpen: () => text.includes('retry: ') };
}

it('tells decisions as they are made', async () => {
  const { live, listen } = await setUp();
  const listener = listen('?outcome=denied&user=joe');
  await expect.poll(listener.isOpen).toBe(true);
  expect(listener.text()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(listener.text()).toMatch(/content-type: text\/event-stream\r\n/);
  expect(listener.text()).toMatch(/x-content-type-options: nosniff\r\n/);
  live.tell(notedCall(), notedDecision({ user: 'ann' }), 'denied', 0);
  live.tell(notedCall(), notedDecision({ user: 'joe' }), 'denied', 0);
  await expect.poll(listener.events).toMatchObject([{ kind: 'decision', decision: { user: 'joe' } }]);
  live.end();
  await expect.poll(() => listener.text().endsWith('\r\n0\r\n\r\n')).toBe(true);
});

it('tells the steps of each where it is asked for them', async () => {
  const { live, listen } = await setUp();
  const listener = listen('?explain=true&outcome=denied');
  await expect.poll(listener.isOpen).toBe(true);
  const steps = [{ step: 'answer', finding: 'denied' }];
  live.tell(notedCall(), notedDecision(), 'denied', 0, () => steps);
  await expect.poll(listener.events).toMatchObject([{ kind: 'decision', decision: { steps } }]);
});

it('as many listen as may, and who leaves makes room', async () => {
  const { ask, listen } = await setUp();
  const listeners = Array.from({ length: MAX_LISTENERS }, () => listen());
  for (const listener of listeners) await expect.poll(listener.isOpen).toBe(true);
  expect(await ask('/decisions')).toMatchObject({
    status: 503,
    body: expect.stringContaining('4 listen already'),
  });
  listeners[0]?.socket.destroy();
  const next = async () => {
    const listener = listen();
    await expect.poll(() => listener.text().includes('\r\n\r\n')).toBe(true);
    return listener.isOpen();
  };
  await expect.poll(next).toBe(true);
});

it.each([
  ...['?outcomes=denied', '?binding=a&x=1', '?constructor=1'],
  ...['?explain', '?explain=yes', '?explain=true&explain=true'],
])('refuses %s', async (query) => {
  const { ask } = await setUp();
  expect(await ask(`/decisions${query}`)).toMatchObject({ status: 400 });
});

it('a reader that is slow loses events, and is told how many', async () => {
  const { clock, live, listen } = await setUp();
  const slow = listen();
  await expect.poll(slow.isOpen).toBe(true);
  slow.socket.pause();
  const call = notedCall({ pathAndQuery: `/${'x'.repeat(512)}`, host: 'h'.repeat(256) });
  const decision = notedDecision({ user: 'u'.repeat(256), client: 'c'.repeat(256), detail: 'd'.repeat(256) });
  let told = 0;
  // More than the system keeps for a connection.
  for (let second = 0; second < 100; second++) {
    for (let i = 0; i < EVENTS_PER_SECOND; i++) live.tell(call, decision, 'denied', 0);
    told += EVENTS_PER_SECOND;
    clock.advance(1000);
    await turn();
  }
  slow.socket.resume();
  const heard = () => slow.events().filter(({ kind }) => kind === 'decision').length;
  const left = () =>
    slow.events().reduce((sum, event) => sum + (event.kind === 'left-out' ? event.leftOut.slowReader : 0), 0);
  await expect
    .poll(async () => {
      clock.advance(1000);
      await turn();
      return heard() + left();
    })
    .toBe(told);
  expect(left()).toBeGreaterThan(0);
});
