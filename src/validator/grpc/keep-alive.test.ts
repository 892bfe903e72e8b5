import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { fakeClock } from '../../base/testing/clock.ts';
import { keepAlive, PROBE_INTERVAL, PROBE_TIMEOUT } from './keep-alive.ts';

type Pong = (error: Error | null) => void;

/** A session that counts its pings, and answers one when the test says so. */
function watched() {
  const clock = fakeClock();
  const pongs: Pong[] = [];
  const session = Object.assign(new EventEmitter(), {
    destroyed: false,
    destroy() {
      session.destroyed = true;
      session.emit('close');
    },
    ping(callback: Pong) {
      pongs.push(callback);
      return true;
    },
  });
  keepAlive(session, clock);
  return { clock, session, pongs };
}

it('who answers is asked again and again', async () => {
  const { clock, session, pongs } = watched();
  for (let round = 1; round <= 3; round++) {
    await clock.advance(PROBE_INTERVAL);
    expect(pongs).toHaveLength(round);
    pongs.at(-1)?.(null);
  }
  await clock.advance(PROBE_TIMEOUT);
  expect(session.destroyed).toBe(false);
});

it('who does not answer in time is gone', async () => {
  const { clock, session } = watched();
  await clock.advance(PROBE_INTERVAL + PROBE_TIMEOUT - 1);
  expect(session.destroyed).toBe(false);
  await clock.advance(1);
  expect(session.destroyed).toBe(true);
  expect(clock.due()).toEqual([]);
});

it('who cannot be asked is gone', async () => {
  const { clock, session, pongs } = watched();
  await clock.advance(PROBE_INTERVAL);
  pongs[0]?.(new Error('the ping was cancelled'));
  expect(session.destroyed).toBe(true);
  expect(clock.due()).toEqual([]);
});

it('of a session that has ended nothing is left', async () => {
  const { clock, session } = watched();
  session.destroy();
  expect(clock.due()).toEqual([]);
});
