/** The console from a server that tells as many decisions as it is asked to, as fast as the browser reads, and cleans nothing. */

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DecisionEvent } from '../../src/report/decision-event.ts';
import { buildConsole } from '../../tools/console.ts';

export interface Flood {
  readonly origin: string;
  /** Lets the second half come. */
  goOn(): void;
  stop(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '/': 'text/html',
  '/console.js': 'text/javascript',
  '/console.css': 'text/css',
};

/** Whoever listens gets all of these, each as often as `times` says, the second half when it may. The stream stays open. */
export async function startFlood(events: readonly DecisionEvent[], times = 1): Promise<Flood> {
  const { files } = await buildConsole();
  const half = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const file = new Map(Object.entries<string>(files)).get(path);
    if (file !== undefined) response.writeHead(200, { 'content-type': TYPES[path] ?? '' }).end(file);
    else if (path === '/decisions') tell(response, events, times, half.promise);
    else response.writeHead(404).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens nowhere');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    goOn: half.resolve,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function tell(
  response: ServerResponse,
  events: readonly DecisionEvent[],
  times: number,
  half: Promise<void>,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const all = events.map((event) => `event: decision\ndata: ${JSON.stringify(event)}\n\n`).join('');
  const batch = Math.min(times, 500);
  const chunk = all.repeat(batch);
  async function* chunks() {
    for (let told = 0; told < times; told += batch) {
      if (told > 0 && told === times / 2) await half;
      yield chunk;
    }
  }
  // A browser that goes away ends it.
  pipeline(Readable.from(chunks()), response, { end: false }).catch(() => undefined);
}
