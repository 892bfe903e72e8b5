/** Apps to probe, and the page on which the kubelet asks for them. */

import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { freePort } from '../../../dev/ports.ts';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { PROBE_TARGETS, type ProbeTarget } from '../../sidecar/settings.ts';
import { probePages } from '../pod/probes.ts';
import { readPodSettings } from '../pod/settings.ts';
import { createProbeServer } from '../probe-server.ts';

/** Gone when the test is over, connections included. */
export async function listening(server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server.listen(0, host), 'listening');
  return (server.address() as AddressInfo).port;
}

export const web = (answer: RequestListener, host?: string) => listening(createServer(answer), host);
export const answering = (code: number, headers: Record<string, string> = {}, body = '') =>
  web((_, response) => response.writeHead(code, headers).end(body));

/** For pages of probes. */
export const UNLOGGED = { log: { info: () => {}, warn: () => {} }, clock: manualClock(0) };

function pagesOf(target: ProbeTarget, podIp?: string) {
  const { probes, hookKey } = readPodSettings({
    // A machine that is busy is no app that does not answer.
    [PROBE_TARGETS]: JSON.stringify({ app: { readiness: { timeoutSeconds: 30, ...target } } }),
    PORTCULLIS_POD_IP: podIp,
  });
  return probePages(probes, hookKey, UNLOGGED);
}

/** The page of one target itself. */
export function pageOf(target: ProbeTarget) {
  const page = pagesOf(target)['/probe/app/readiness'];
  if (page === undefined) throw new Error('there is no page for it');
  return () => page({}, '');
}

/** What the kubelet gets. */
export async function probe(target: ProbeTarget, podIp?: string) {
  const server = createProbeServer({
    unready: () => undefined,
    unstarted: () => undefined,
    metrics: { contentType: 'text/plain', render: () => Promise.resolve('') },
    pages: pagesOf(target, podIp),
  });
  const port = await listening(server);
  const response = await fetch(`http://127.0.0.1:${port}/probe/app/readiness`);
  return {
    status: response.status,
    body: await response.text(),
    headers: Object.fromEntries(response.headers),
  };
}

/** An address where nothing listens as long as the test runs. */
export const closedPort = (): Promise<number> => freePort(0);
