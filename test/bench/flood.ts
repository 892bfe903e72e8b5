/**
 * Requests of one kind, offered at a steady rate beside another load. On plain sockets, because it shares the machine with
 * what is measured, and an HTTP client would cost more than all that it asks for.
 */

import { connect, type Socket } from 'node:net';

const CONNECTIONS = 64;
const TICK = 10;

export interface Flood {
  /** How many were answered, by status, when it has stopped. */
  stop(): Promise<ReadonlyMap<number, number>>;
}

/** `requests` in turn, whole as they go over the wire. */
export function startFlood(port: number, requests: readonly string[], perSecond: number): Flood {
  const answers = new Map<number, number>();
  const connections = Array.from({ length: CONNECTIONS }, () => asker(port));
  const begun = performance.now();
  const pending = new Set<Promise<void>>();
  let sent = 0;
  const send = async (ask: Asker): Promise<void> => {
    const status = await ask.ask(requests[sent++ % requests.length] ?? '');
    answers.set(status, (answers.get(status) ?? 0) + 1);
  };
  const timer = setInterval(() => {
    // By the clock, not by the tick: a late timer must not lower the rate.
    const due = ((performance.now() - begun) / 1000) * perSecond;
    for (const connection of connections) {
      if (sent >= due) return;
      if (!connection.isIdle()) continue;
      const answered = send(connection).finally(() => pending.delete(answered));
      pending.add(answered);
    }
  }, TICK);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(pending);
      for (const connection of connections) connection.close();
      return answers;
    },
  };
}

interface Asker {
  isIdle(): boolean;
  /** The answer's status. */
  ask(request: string): Promise<number>;
  close(): void;
}

/** One connection, with one question at a time. */
function asker(port: number): Asker {
  const socket: Socket = connect(port, '127.0.0.1').setNoDelay(true);
  let received = '';
  let answered: ((status: number) => void) | undefined;
  socket.on('data', (bytes) => {
    received += bytes.toString('latin1');
    const status = wholeAnswer(received);
    if (status === undefined) return;
    received = '';
    const tell = answered;
    answered = undefined;
    tell?.(status);
  });
  return {
    isIdle: () => answered === undefined,
    ask: (request) => {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      answered = resolve;
      socket.once('error', reject);
      socket.write(request);
      return promise.finally(() => socket.off('error', reject));
    },
    close: () => socket.destroy(),
  };
}

/** The status, once head and body are there. */
function wholeAnswer(text: string): number | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const length = Number(/^content-length: (\d+)\r?$/im.exec(text.slice(0, end))?.[1] ?? 0);
  return text.length >= end + 4 + length ? Number(text.slice(9, 12)) : undefined;
}
