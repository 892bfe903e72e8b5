// Ten thousand calls that begin and do not go on, and answers that nobody takes: each has a deadline, and the others
// are served meanwhile.

import type { ClientHttp2Stream } from 'node:http2';
import { afterEach, expect, it } from 'vitest';
import { startValidator, type Validator } from '../support/validator.ts';
import { ask, checkMessage, openCall, openSession, outcome } from './grpc-client.ts';
import { anonymousMemory, bearer, GUARDS, guards, MANIFESTS } from './world.ts';

const KiB = 1024;
const SESSIONS = 10;
const CALLS = 1000;
/** Thirty seconds for a call, five until somebody looks, and much more for a busy machine. */
const DEADLINE = 180_000;
/** Bytes of memory that one such call may take. */
const EACH = 20 * KiB;

let validator: Validator | undefined;
afterEach(async () => {
  await validator?.stop();
});

const closed = (stream: ClientHttp2Stream): Promise<unknown> =>
  stream.closed ? Promise.resolve() : new Promise((resolve) => stream.once('close', resolve));

it.each([
  ['say nothing', 0],
  ['send half a message', 20],
] as const)(
  'ten thousand calls that %s are ended',
  async (_, bytes) => {
    validator = await startValidator({ manifests: MANIFESTS });
    await guards(validator);
    const before = anonymousMemory(validator);
    const streams: ClientHttp2Stream[] = [];
    const other = await openSession(validator.grpc);
    for (let i = 0; i < SESSIONS; i++) {
      const session = await openSession(validator.grpc);
      for (let j = 0; j < CALLS; j++) {
        const stream = openCall(session);
        stream.resume();
        if (bytes > 0) stream.write(checkMessage(bearer()).subarray(0, bytes));
        streams.push(stream);
      }
      expect(await ask(other, checkMessage(bearer()))).toEqual({ call: 0, check: 0 });
    }
    expect(anonymousMemory(validator) - before).toBeLessThan(streams.length * EACH);
    await Promise.all(streams.map(closed));
    expect(await guards(validator)).toEqual(GUARDS);
    for (const { session } of streams) session?.destroy();
    other.destroy();
  },
  DEADLINE,
);

it(
  'answers that nobody makes room for are given up',
  async () => {
    validator = await startValidator({ manifests: MANIFESTS });
    const session = await openSession(validator.grpc, { initialWindowSize: 0 });
    const calls = Array.from({ length: CALLS }, () => ask(session, checkMessage()));
    const other = await openSession(validator.grpc);
    // So many at once may be too many on a busy machine: what comes after them is judged.
    await expect
      .poll(() => ask(other, checkMessage(bearer())), { timeout: DEADLINE })
      .toEqual({ call: 0, check: 0 });
    const ends = await Promise.all(calls);
    expect(ends.every(({ check }) => check === undefined)).toBe(true);
    for (const one of [session, other]) one.destroy();
    const late = await openSession(validator.grpc);
    const whole = openCall(late);
    whole.end(checkMessage());
    expect(await outcome(whole)).toEqual({ call: 0, check: 16 });
    late.destroy();
  },
  DEADLINE,
);
