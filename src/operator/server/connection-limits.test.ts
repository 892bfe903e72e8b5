import { beforeEach, describe, expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '../../base/testing/clock.ts';
import {
  BURST,
  type ConnectionCounts,
  type CountedConnection,
  createConnectionCounts,
  HOLD,
} from './connection-limits.ts';

const LIMITS = { perAddress: 200, inAll: 300, perPod: 3 };
const NODE = '10.0.0.1';
const OTHER = '10.0.0.2';

let clock: FakeClock;
let counts: ConnectionCounts;
let destroyed: CountedConnection[];

beforeEach(() => {
  clock = fakeClock();
  counts = createConnectionCounts(LIMITS, clock);
  destroyed = [];
});

function from(address: string): CountedConnection {
  const connection: CountedConnection = { address, destroy: () => void destroyed.push(connection) };
  return connection;
}

/** Those of so many that were let in. */
const enter = (address: string, count: number): readonly CountedConnection[] =>
  Array.from({ length: count }, () => from(address)).filter((connection) => counts.accept(connection));

describe('connections without a good token', () => {
  it('are so many of one address, and others still come in', () => {
    expect(enter(NODE, 250)).toHaveLength(200);
    expect(enter(OTHER, 1)).toHaveLength(1);
  });

  it('leave their places', () => {
    for (const connection of enter(NODE, 200).slice(0, 10)) counts.closed(connection);
    expect(enter(NODE, 20)).toHaveLength(10);
  });

  it('leave them to others when they have shown a token', () => {
    const connections = enter(NODE, 200);
    for (const [i, connection] of connections.entries()) {
      expect(counts.authenticate(connection, `uid-${i}`)).toBe(true);
    }
    expect(enter(NODE, 250)).toHaveLength(200);
  });

  it('are so many in all; then the address that has most of them gives way', () => {
    const flood = enter(NODE, 200);
    expect(enter(OTHER, 100)).toHaveLength(100);
    expect(enter('10.0.0.3', 50)).toHaveLength(50);
    expect(destroyed).toEqual(flood.slice(0, 50));
    // It gives way to none of its own.
    expect(enter(NODE, 1)).toHaveLength(0);
  });

  it('that go before they are answered hold their places on, until time gives them back', async () => {
    for (let i = 0; i < BURST + LIMITS.perAddress; i++) {
      const [connection] = enter(NODE, 1);
      expect(connection).toBeDefined();
      if (connection !== undefined) counts.closed(connection);
    }
    expect(enter(NODE, 1)).toEqual([]);
    expect(enter(OTHER, 1)).toHaveLength(1);
    await clock.advance(1000);
    expect(enter(NODE, 200)).toHaveLength(16);
  });
});

describe('a refusal', () => {
  it('comes at once, but not to an address that has had many', async () => {
    const connections = enter(NODE, BURST + 2);
    const waits = connections.map(counts.refuse);
    expect(waits).toEqual([...connections.slice(2).map(() => 0), HOLD, HOLD]);
    expect(enter(OTHER, 1).map(counts.refuse)).toEqual([0]);
    await clock.advance(1000);
    expect(enter(NODE, 1).map(counts.refuse)).toEqual([0]);
  });

  it('is paid for once', () => {
    const connections = enter(NODE, BURST);
    for (const connection of connections) {
      expect(counts.refuse(connection)).toBe(0);
      counts.closed(connection);
    }
    expect(enter(NODE, 250)).toHaveLength(200);
  });

  it('of one that has shown a good token is never late', () => {
    const [good, ...others] = enter(NODE, BURST + 20);
    if (good === undefined) throw new Error('not let in');
    counts.authenticate(good, 'uid');
    for (const other of others) counts.refuse(other);
    expect(counts.refuse(good)).toBe(0);
  });
});

describe('connections of one pod', () => {
  it('are so many, wherever they come from', () => {
    const connections = [...enter(NODE, 2), ...enter(OTHER, 2)];
    expect(connections.map((connection) => counts.authenticate(connection, 'uid'))).toEqual([
      ...[true, true, true],
      false,
    ]);
    const [first, , , last] = connections;
    if (first === undefined || last === undefined) throw new Error('not let in');
    expect(counts.authenticate(first, 'uid')).toBe(true);
    counts.closed(first);
    expect(counts.authenticate(last, 'uid')).toBe(true);
  });

  it('show the token of no other', () => {
    const [connection] = enter(NODE, 1);
    if (connection === undefined) throw new Error('not let in');
    expect([counts.authenticate(connection, 'a'), counts.authenticate(connection, 'b')]).toEqual([
      true,
      false,
    ]);
  });
});
