/**
 * One check of a connection waits for its turn at a time. Some that are sent behind it without waiting for the answer
 * wait here, and further ones are refused: who sends ten thousand at once takes the place of one. Envoy sends one.
 */

import type { Socket } from 'node:net';
import type { Arrival, Ask } from '../check.ts';

/** Checks that may wait behind the first. */
export const MAX_BEHIND = 16;

export type AskInOrder = (socket: Socket, arrival: Arrival) => void;

/** `refuse` answers at once. */
export function oneAtATime(ask: Ask, refuse: (arrival: Arrival) => void): AskInOrder {
  const behind = new WeakMap<Socket, Arrival[]>();

  const begin = (socket: Socket, arrival: Arrival): void =>
    ask({
      ...arrival,
      reply: (decision) => {
        arrival.reply(decision);
        goOn(socket);
      },
    });

  const goOn = (socket: Socket): void => {
    const line = behind.get(socket);
    const next = line?.shift();
    if (line === undefined || next === undefined) {
      behind.delete(socket);
      return;
    }
    begin(socket, next);
  };

  return (socket, arrival) => {
    const line = behind.get(socket);
    if (line === undefined) {
      behind.set(socket, []);
      begin(socket, arrival);
      return;
    }
    // Its answer waits for those before it; when these are too many, Node.js itself reads no further.
    if (line.length >= MAX_BEHIND) refuse(arrival);
    else line.push(arrival);
  };
}
