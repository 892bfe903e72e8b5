/**
 * One check of a connection waits for its turn at a time, and those sent behind it without waiting for the answer wait
 * here: who sends ten thousand at once takes the place of one. Envoy sends one.
 */

import type { Socket } from 'node:net';
import type { Arrival, Ask } from '../check.ts';

/** Checks behind the first at which the connection is not read any further. */
const MAX_BEHIND = 16;

export type AskInOrder = (socket: Socket, arrival: Arrival) => void;

export function oneAtATime(ask: Ask): AskInOrder {
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
    // Where answers are not read, Node.js itself has stopped to read questions, and goes on by itself.
    if (line.length < MAX_BEHIND && socket.isPaused() && !socket.writableNeedDrain) socket.resume();
    begin(socket, next);
  };

  return (socket, arrival) => {
    const line = behind.get(socket);
    if (line === undefined) {
      behind.set(socket, []);
      begin(socket, arrival);
      return;
    }
    line.push(arrival);
    if (line.length >= MAX_BEHIND) socket.pause();
  };
}
