/** The connections of a server as `newcomers` counts them, found by the sockets that Node.js hands out. */

import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { socketNameOf } from '../../process/handshakes.ts';
import type { Door } from './https.ts';
import {
  createNewcomers,
  NEWCOMER_LIMITS,
  type NewcomerConnection,
  type NewcomerLimits,
} from './newcomers.ts';

export interface Guest {
  /** Of the caller, as far as it is known. */
  readonly address: string;
  /** It has shown the token of this pod. False: the pod has too many connections. */
  admit(pod: string): boolean;
  /** Milliseconds until it may be told that it is refused. */
  refuse(): number;
  /** Begins a request; false where so many are under way that nobody can be reading the answers. */
  begin(): boolean;
  end(): void;
}

export interface Guests extends Door {
  /** Whose request came by this socket; undefined = it has just been closed. */
  of(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): Guest | undefined;
}

/** A client that waits for each answer has one; the end of one and the beginning of the next may come in either order. */
const MAX_AT_ONCE = 4;

export function createGuests(
  clock: Pick<Clock, 'monotonic'>,
  limits: NewcomerLimits = NEWCOMER_LIMITS,
): Guests {
  const newcomers = createNewcomers(limits, clock);
  const guests = new Map<string, Guest>();
  const leaving = new WeakMap<Socket, () => void>();

  const find: Guests['of'] = (socket) => {
    const name = socketNameOf(socket);
    return name === undefined ? undefined : guests.get(name);
  };

  return {
    enter(socket) {
      const name = socketNameOf(socket);
      if (name === undefined) return false;
      const connection: NewcomerConnection = {
        address: socket.remoteAddress ?? '',
        destroy: () => void socket.destroy(),
      };
      if (!newcomers.enter(connection)) return false;
      let underWay = 0;
      guests.set(name, {
        address: connection.address,
        admit: (pod) => newcomers.admit(connection, pod),
        refuse: () => newcomers.refuse(connection),
        begin() {
          underWay += 1;
          return underWay <= MAX_AT_ONCE;
        },
        end() {
          underWay -= 1;
        },
      });
      leaving.set(socket, () => {
        guests.delete(name);
        newcomers.leave(connection);
      });
      return true;
    },
    refuse: (socket) => find(socket)?.refuse() ?? 0,
    leave: (socket) => leaving.get(socket)?.(),
    of: find,
  };
}
