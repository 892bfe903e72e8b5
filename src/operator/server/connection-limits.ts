/**
 * Limits on the connections of a server. A connection counts for its address until it has shown a good token, and for
 * the pod of that token afterwards. A handshake is the most expensive work that a client without a token can cause:
 * after many refusals, each further client of the same address waits for its refusal, and keeps its place meanwhile.
 */

import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { socketNameOf } from '../../process/handshakes.ts';
import type { ConnectionLimiter } from './https.ts';

export interface CountedConnection {
  readonly address: string;
  destroy(): void;
}

export interface ConnectionLimits {
  /** Without a good token so far, of one address and in all. */
  readonly perAddress: number;
  readonly inAll: number;
  /** With a good token, of one pod. */
  readonly perPod: number;
}

export interface ConnectionCounts {
  /** Counts a new connection. False: it is one too many. Or else the address with the most connections may lose one. */
  accept(connection: CountedConnection): boolean;
  /** The connection has shown the token of the pod with this UID. False: the pod has too many connections. */
  authenticate(connection: CountedConnection, podUid: string): boolean;
  /** Counts a refusal. Returns the milliseconds for which its response waits. */
  refuse(connection: CountedConnection): number;
  /** The connection is closed, by either side. */
  closed(connection: CountedConnection): void;
}

/** During its handshake a connection takes up some 80 KB. */
export const CONNECTION_LIMITS: ConnectionLimits = { perAddress: 1024, inAll: 2048, perPod: 40 };

/** Refusals that an address gets at once, how many more in a second, and the milliseconds that each one waits after that. */
export const BURST = 64;
const PER_SECOND = 16;
export const HOLD = 5000;
/** Addresses that are remembered beyond those with connections. */
const MAX_ADDRESSES = 4096;

interface Row {
  readonly open: Set<CountedConnection>;
  /** Refusals that may be sent at once. Below zero: places of connections that are closed, and that only time gives back. */
  balance: number;
  at: number;
}

export function createConnectionCounts(
  limits: ConnectionLimits,
  clock: Pick<Clock, 'monotonic'>,
): ConnectionCounts {
  const rows = new Map<string, Row>();
  const pods = new Map<string, Set<CountedConnection>>();
  const podOf = new Map<CountedConnection, string>();
  /** Connections whose refusal was counted before they were closed. */
  const refused = new WeakSet<CountedConnection>();
  let inAll = 0;

  const refill = (row: Row): Row => {
    const now = clock.monotonic();
    row.balance = Math.min(BURST, row.balance + ((now - row.at) / 1000) * PER_SECOND);
    row.at = now;
    return row;
  };

  const rowOf = (address: string): Row => {
    const known = rows.get(address);
    if (known !== undefined) return refill(known);
    if (rows.size >= MAX_ADDRESSES) forgetIdle();
    const row: Row = { open: new Set(), balance: BURST, at: clock.monotonic() };
    rows.set(address, row);
    return row;
  };

  const forgetIdle = (): void => {
    for (const [address, row] of rows) if (row.open.size === 0) rows.delete(address);
  };

  const pay = (row: Row): void => {
    row.balance = Math.max(-limits.perAddress, row.balance - 1);
  };

  /** Makes room at the cost of the address that has most; false where that is this one. */
  const makeRoom = (row: Row): boolean => {
    let largest = row;
    for (const other of rows.values()) if (other.open.size > largest.open.size) largest = other;
    const [oldest] = largest.open;
    if (largest.open.size <= row.open.size + 1 || oldest === undefined) return false;
    drop(largest, oldest);
    oldest.destroy();
    return true;
  };

  const drop = (row: Row, connection: CountedConnection): void => {
    if (row.open.delete(connection)) inAll -= 1;
  };

  return {
    accept(connection) {
      const row = rowOf(connection.address);
      if (row.open.size + Math.max(0, -row.balance) >= limits.perAddress) return false;
      if (inAll >= limits.inAll && !makeRoom(row)) return false;
      row.open.add(connection);
      inAll += 1;
      return true;
    },
    authenticate(connection, podUid) {
      if (podOf.has(connection)) return podOf.get(connection) === podUid;
      const connections = pods.get(podUid) ?? new Set();
      if (connections.size >= limits.perPod) return false;
      pods.set(podUid, connections.add(connection));
      podOf.set(connection, podUid);
      const row = rows.get(connection.address);
      if (row !== undefined) drop(row, connection);
      return true;
    },
    refuse(connection) {
      const row = rows.get(connection.address);
      if (row === undefined || !row.open.has(connection)) return 0;
      refused.add(connection);
      pay(refill(row));
      return row.balance >= 0 ? 0 : HOLD;
    },
    closed(connection) {
      const pod = podOf.get(connection);
      if (pod !== undefined) {
        podOf.delete(connection);
        const connections = pods.get(pod);
        if (connections?.delete(connection) && connections.size === 0) pods.delete(pod);
        return;
      }
      const row = rows.get(connection.address);
      if (row === undefined || !row.open.has(connection)) return;
      drop(row, connection);
      // A connection that is closed before its response has cost a handshake all the same.
      if (!refused.has(connection)) pay(refill(row));
    },
  };
}

/** One connection, with the socket's limits bound to it. */
export interface ClientConnection {
  /** Of the client; empty where Node.js does not know it. */
  readonly address: string;
  /** As in `ConnectionCounts`. */
  authenticate(podUid: string): boolean;
  refuse(): number;
  /** Begins a request. False: so many are under way that the client cannot be reading the responses. */
  begin(): boolean;
  end(): void;
}

export interface ClientConnections extends ConnectionLimiter {
  /** Undefined: the socket has just been closed. */
  connectionOf(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): ClientConnection | undefined;
}

/** A client that waits for each response has one; the end of a request may be seen after the beginning of the next one. */
const MAX_AT_ONCE = 4;

export function createClientConnections(
  clock: Pick<Clock, 'monotonic'>,
  limits: ConnectionLimits = CONNECTION_LIMITS,
): ClientConnections {
  const counts = createConnectionCounts(limits, clock);
  const connections = new Map<string, ClientConnection>();
  const closing = new WeakMap<Socket, () => void>();

  const find: ClientConnections['connectionOf'] = (socket) => {
    const name = socketNameOf(socket);
    return name === undefined ? undefined : connections.get(name);
  };

  return {
    accept(socket) {
      const name = socketNameOf(socket);
      if (name === undefined) return false;
      const connection: CountedConnection = {
        address: socket.remoteAddress ?? '',
        destroy: () => void socket.destroy(),
      };
      if (!counts.accept(connection)) return false;
      let underWay = 0;
      connections.set(name, {
        address: connection.address,
        authenticate: (podUid) => counts.authenticate(connection, podUid),
        refuse: () => counts.refuse(connection),
        begin() {
          underWay += 1;
          return underWay <= MAX_AT_ONCE;
        },
        end() {
          underWay -= 1;
        },
      });
      closing.set(socket, () => {
        connections.delete(name);
        counts.closed(connection);
      });
      return true;
    },
    refuse: (socket) => find(socket)?.refuse() ?? 0,
    closed: (socket) => closing.get(socket)?.(),
    connectionOf: find,
  };
}
