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

/** One connection, with one question at a time; a new one where the server has closed it, as Envoy does after a 400. */
function asker(port: number): Asker {
  let socket: Socket | undefined;
  let asked: { readonly resolve: (status: number) => void } | undefined;
  const settle = (status: number): void => {
    asked?.resolve(status);
    asked = undefined;
  };
  const open = (): Socket => {
    const opened = connect(port, '127.0.0.1').setNoDelay(true);
    let received = '';
    opened.on('data', (bytes) => {
      received += bytes.toString('latin1');
      const status = wholeAnswer(received);
      if (status === undefined) return;
      if (/^connection: close\r?$/im.test(received)) close();
      received = '';
      settle(status);
    });
    opened.on('error', () => {});
    opened.on('close', () => {
      if (socket !== opened) return;
      socket = undefined;
      settle(NO_ANSWER);
    });
    return opened;
  };
  const close = (): void => {
    const closed = socket;
    socket = undefined;
    closed?.destroy();
  };
  return {
    isIdle: () => asked === undefined,
    ask: (request) => {
      const { promise, resolve } = Promise.withResolvers<number>();
      asked = { resolve };
      socket ??= open();
      socket.write(request);
      return promise;
    },
    close,
  };
}

/** In the place of a status: the connection was closed before an answer. */
const NO_ANSWER = 0;

/** The status, once head and body are there. */
function wholeAnswer(text: string): number | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const length = Number(/^content-length: (\d+)\r?$/im.exec(text.slice(0, end))?.[1] ?? 0);
  return text.length >= end + 4 + length ? Number(text.slice(9, 12)) : undefined;
}
