/** Connections for tests that say exactly what goes over the wire. */

import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface RawConnection {
  readonly socket: Socket;
  send(bytes: string | Buffer): void;
  /** The next answer. Rejects when the connection ends before it is whole. */
  answer(options?: { readonly head?: boolean }): Promise<RawAnswer>;
  /** Resolves when the other end has closed. */
  readonly closed: Promise<void>;
}

/** Connects to a port of 127.0.0.1, or to a Unix socket. */
export async function rawConnection(to: number | string): Promise<RawConnection> {
  const socket = typeof to === 'number' ? connect(to, '127.0.0.1') : connect(to);
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  let buffer = '';
  let wake = () => {};
  let ended = false;
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    buffer += chunk;
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    ended = true;
    wake();
    close();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });

  const take = (head: boolean): RawAnswer | undefined => {
    const end = buffer.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const [line = '', ...lines] = buffer.slice(0, end).split('\r\n');
    const headers = new Map(
      lines.map((text) => [
        text.slice(0, text.indexOf(':')).toLowerCase(),
        text.slice(text.indexOf(':') + 1).trim(),
      ]),
    );
    const length = head ? 0 : Number(headers.get('content-length') ?? 0);
    if (buffer.length < end + 4 + length) return undefined;
    const body = buffer.slice(end + 4, end + 4 + length);
    buffer = buffer.slice(end + 4 + length);
    return { status: Number(line.split(' ')[1]), headers, body };
  };

  return {
    socket,
    closed,
    send: (bytes) => void socket.write(bytes),
    answer: async ({ head = false } = {}) => {
      for (;;) {
        const answer = take(head);
        if (answer !== undefined) return answer;
        if (ended) throw new Error(`the connection ended after ${JSON.stringify(buffer)}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
