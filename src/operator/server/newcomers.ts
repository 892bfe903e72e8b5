/**
 * Connections whose callers have shown no good token yet: how many there may be, of one address and in all, and how
 * soon each is told that it is refused. Handshakes are the dearest work that a stranger can cause, so whoever is
 * refused again and again waits for the answer, and holds a place meanwhile. Of a pod with a good token, how many
 * connections it may have.
 */

import type { Clock } from '../../base/clock.ts';

export interface NewcomerConnection {
  readonly address: string;
  destroy(): void;
}

export interface NewcomerLimits {
  /** Without a good token so far, of one address and in all. */
  readonly perAddress: number;
  readonly inAll: number;
  /** With a good token, of one pod. */
  readonly perPod: number;
}

export interface Newcomers {
  /** False: it is one too many. It may also cost a place of the address that has most of them. */
  enter(connection: NewcomerConnection): boolean;
  /** It has shown the token of this pod. False: the pod has too many connections. */
  admit(connection: NewcomerConnection, pod: string): boolean;
  /** Milliseconds until it may be told that it is refused. */
  refuse(connection: NewcomerConnection): number;
  /** It is closed, whoever closed it. */
  leave(connection: NewcomerConnection): void;
}

/** A connection before its handshake is over takes up some 80 KB. */
export const NEWCOMER_LIMITS: NewcomerLimits = { perAddress: 1024, inAll: 2048, perPod: 40 };

/** Refusals that an address is given at once, how many more a second, and milliseconds that each waits past that. */
export const BURST = 64;
const PER_SECOND = 16;
export const HOLD = 5000;
/** Addresses that are remembered beyond those with connections. */
const MAX_ADDRESSES = 4096;

interface Row {
  readonly open: Set<NewcomerConnection>;
  /** Refusals that it may be given at once; below zero it has places that only time gives back. */
  balance: number;
  at: number;
}

export function createNewcomers(limits: NewcomerLimits, clock: Pick<Clock, 'monotonic'>): Newcomers {
  const rows = new Map<string, Row>();
  const pods = new Map<string, Set<NewcomerConnection>>();
  const podOf = new Map<NewcomerConnection, string>();
  /** Those that have paid for their refusal before they leave. */
  const refused = new WeakSet<NewcomerConnection>();
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

  const drop = (row: Row, connection: NewcomerConnection): void => {
    if (row.open.delete(connection)) inAll -= 1;
  };

  return {
    enter(connection) {
      const row = rowOf(connection.address);
      if (row.open.size + Math.max(0, -row.balance) >= limits.perAddress) return false;
      if (inAll >= limits.inAll && !makeRoom(row)) return false;
      row.open.add(connection);
      inAll += 1;
      return true;
    },
    admit(connection, pod) {
      if (podOf.has(connection)) return podOf.get(connection) === pod;
      const connections = pods.get(pod) ?? new Set();
      if (connections.size >= limits.perPod) return false;
      pods.set(pod, connections.add(connection));
      podOf.set(connection, pod);
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
    leave(connection) {
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
      // One that goes before it is answered has cost a handshake all the same.
      if (!refused.has(connection)) pay(refill(row));
    },
  };
}
