/**
 * Only one check of a connection is in the check queue at a time. Checks that a client sends without waiting for the
 * answer wait here, up to MAX_BEHIND, and further ones are refused: so no connection can fill the queue. Envoy sends one.
 */

import type { Socket } from 'node:net';
import type { Arrival, Ask } from '../check.ts';

/** Checks that may wait behind the first. */
export const MAX_BEHIND = 16;

export interface OneAtATime<A extends Arrival> {
  readonly ask: (socket: Socket, arrival: A) => void;
  /** Whether a check of this connection has no answer yet. */
  readonly isBusy: (socket: Socket) => boolean;
  /** Called when the check that is in the queue has its answer. */
  readonly answered: (socket: Socket) => void;
}

interface Connection<A> {
  isAsking: boolean;
  readonly behind: A[];
}

/** `refuse` must send its answer at once. */
export function oneAtATime<A extends Arrival>(ask: Ask, refuse: (arrival: A) => void): OneAtATime<A> {
  const connections = new WeakMap<Socket, Connection<A>>();
  return {
    ask: (socket, arrival) => {
      let connection = connections.get(socket);
      if (connection === undefined) {
        connection = { isAsking: false, behind: [] };
        connections.set(socket, connection);
      }
      const { isAsking, behind } = connection;
      if (!isAsking) {
        connection.isAsking = true;
        ask(arrival);
      }
      // Its answer waits for those before it; when these are too many, Node.js itself reads no further.
      else if (behind.length >= MAX_BEHIND) refuse(arrival);
      else behind.push(arrival);
    },
    isBusy: (socket) => connections.get(socket)?.isAsking === true,
    answered: (socket) => {
      const connection = connections.get(socket);
      if (connection === undefined) return;
      const next = connection.behind.shift();
      if (next === undefined) connection.isAsking = false;
      else ask(next);
    },
  };
}
