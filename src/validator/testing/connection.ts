/** A connection to a control plane that answers as a test says. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock } from '../../base/clock.ts';
import { createConnection } from '../control-plane/connection.ts';
import { type ControlPlaneTransport, Unreachable } from '../control-plane/transport.ts';
import { podFiles, type ServerOptions, startControlPlane } from './control-plane-server.ts';

export const QUESTION = {
  method: 'GET',
  pathAndQuery: '/v1/policy?gateway=a%2Fb',
  headers: { 'x-a': 'b' },
} as const;

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Files of its own; `remove` ends what was started with them, too. */
export function connections() {
  const files = podFiles();
  const cleanUps: (() => unknown)[] = [files.remove];
  return {
    files,
    cleanUps,
    setUp: async (handler: Handler, options: ServerOptions & { readonly url?: string } = {}) => {
      const server = await startControlPlane(options);
      server.misbehave(handler);
      files.writeToken('token');
      files.writeAuthorities(server.authority);
      const url = new URL(options.url?.replace('PORT', String(server.port)) ?? server.url);
      const connection = createConnection({ url, ...files, clock: systemClock });
      cleanUps.push(server.stop, connection.renew);
      return { server, connection };
    },
    remove: async () => {
      for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
    },
  };
}

/** Never called off. */
export const never = () => new AbortController().signal;

/** Status and body of a reply. */
export async function read(
  connection: ControlPlaneTransport,
): Promise<readonly [number, string | undefined]> {
  const reply = await connection.send(QUESTION, never());
  return [reply.status, await reply.read(1000)];
}

/** Topic and message of what must fail. */
export async function problemOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.catch((caught: unknown) => caught);
  if (!(error instanceof Unreachable)) throw new Error(`not unreachable: ${String(error)}`);
  return `${error.topic}: ${error.message}`;
}
