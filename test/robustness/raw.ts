/** Clients that are no good ones: bytes as they come, over TCP or a Unix socket. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Place } from '../support/validator.ts';

export interface RawClient {
  readonly socket: Socket;
  /** All that has arrived. */
  received(): string;
  /** When the other side says no more, however it ended. */
  readonly closed: Promise<void>;
  /** When the other side does not even listen any more: it holds nothing of this connection. */
  readonly gone: Promise<void>;
  write(bytes: string | Uint8Array): void;
  /** Returns when what has arrived matches; throws when the connection is closed before. */
  until(pattern: RegExp): Promise<string>;
}

/** Milliseconds between two tries whether the other side still listens. */
const KNOCK = 100;

/** Connects, and keeps its own half open when the other side closes. */
export async function connectRaw(place: Place): Promise<RawClient> {
  const address = typeof place === 'number' ? { port: place, host: '127.0.0.1' } : { path: place };
  const socket = connect({ ...address, allowHalfOpen: true });
  await once(socket, 'connect');
  let text = '';
  const closing = Promise.withResolvers<void>();
  const listeners = new Set<() => void>();
  const wake = () => {
    for (const listener of listeners) listener();
  };
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    wake();
  });
  socket.on('error', () => {}); // A reset is one of the ways to close.
  const leaving = Promise.withResolvers<void>();
  socket.on('end', () => {
    closing.resolve();
    const knocking = setInterval(() => socket.write('x'), KNOCK);
    socket.on('close', () => clearInterval(knocking));
  });
  socket.on('close', () => {
    closing.resolve();
    leaving.resolve();
  });
  return {
    socket,
    received: () => text,
    closed: closing.promise,
    gone: leaving.promise,
    write: (bytes) => void socket.write(bytes),
    until: (pattern) => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const look = () => {
        if (pattern.test(text)) resolve(text);
      };
      listeners.add(look);
      look();
      closing.promise.then(() => reject(new Error(`closed before ${pattern}, after: ${text}`)));
      return promise.finally(() => listeners.delete(look));
    },
  };
}

/** Writes, and returns what came until the other side closed the connection. */
export async function exchange(place: Place, bytes: string | Uint8Array): Promise<string> {
  const client = await connectRaw(place);
  client.write(bytes);
  await client.closed;
  client.socket.destroy();
  return client.received();
}

/** A request's head; doubled headers stay doubled. */
export function head(
  requestLine: string,
  ...headers: readonly (readonly [name: string, value: string])[]
): string {
  return [requestLine, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n');
}

/** The status of every answer, in turn. */
export const statuses = (text: string): readonly number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
