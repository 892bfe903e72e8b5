/**
 * Connections to ports of pods, through the API server, as kubectl port-forward makes them: a WebSocket of subprotocol
 * v4.channel.k8s.io, whose messages begin with the number of a channel.
 */

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { WebSocket } from 'undici';
import { oneLine, shorten } from '../base/text.ts';
import type { KubernetesClient } from './client.ts';
import type { ApiServerConnection } from './connection.ts';
import { failed, type Outcome, ok } from './errors.ts';
import { objectPath } from './resource.ts';
import { KUBERNETES_RESOURCES } from './resources.ts';
import { createDispatcher } from './transport.ts';

export interface PodPort {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

export interface PortForwarder {
  /** Where the pod refuses the connection, or ends it, the stream says so by an error. Ends early by the signal. */
  open(to: PodPort, signal: AbortSignal): Promise<Outcome<Duplex>>;
  /** Ends all of them. */
  close(): void;
}

const PROTOCOL = 'v4.channel.k8s.io';
const DATA = 0;
const ERROR = 1;
/** Each channel begins with the number of the port. */
const PREAMBLE = 2;
/** Bytes that nobody has read so far: the protocol has no way to let the pod wait. */
const MOST_UNREAD = 16 * 1024 * 1024;
const LONGEST_ERROR = 300;

export function createPortForwarder(
  connection: ApiServerConnection,
  client: Pick<KubernetesClient, 'read'>,
): PortForwarder {
  const ends = new Set<() => void>();
  return {
    async open(to, signal) {
      const what = `forward to pod ${to.namespace}/${to.name}`;
      const path = `${objectPath(KUBERNETES_RESOURCES.Pod, to)}/portforward?ports=${to.port}`;
      const credentials = await connection.credentials().catch(() => undefined);
      if (credentials === undefined) return failed('Unreachable', `${what}: credentials cannot be had`);
      if (signal.aborted) return failed('Aborted', `${what}: no longer wanted`);
      const sockets: Socket[] = [];
      const dispatcher = createDispatcher(connection, credentials.tls, (socket) => sockets.push(socket));
      const socket = new WebSocket(`${connection.server.replace(/^http/, 'ws')}${path}`, {
        protocols: [PROTOCOL],
        headers: { ...credentials.headers },
        dispatcher,
      });
      // The API server takes its time to end a connection that both sides have closed.
      const end = (): void => {
        ends.delete(end);
        for (const one of sockets) one.destroySoon();
        void dispatcher.destroy();
      };
      ends.add(end);
      const isOpen = await whenOpen(socket, signal);
      if (isOpen) return ok(streamOf(socket, to, end));
      end();
      if (signal.aborted) return failed('Aborted', `${what}: no longer wanted`);
      // A handshake that fails says nothing of its reason; the same request without one does.
      const why = await client.read(path);
      return why.kind === 'failed' ? why : failed('Unexpected', `${what}: the API server opens no WebSocket`);
    },
    close() {
      for (const end of ends) end();
    },
  };
}

function whenOpen(socket: WebSocket, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', () => resolve(true), { once: true });
  socket.addEventListener('error', () => resolve(false), { once: true });
  socket.addEventListener('close', () => resolve(false), { once: true });
  signal.addEventListener(
    'abort',
    () => {
      resolve(false);
      socket.close();
    },
    { once: true },
  );
  return promise;
}

function streamOf(socket: WebSocket, { namespace, name, port }: PodPort, end: () => void): Duplex {
  const preamble = [PREAMBLE, PREAMBLE];
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      socket.send(Buffer.concat([Buffer.of(DATA), chunk]));
      done();
    },
    // The protocol cannot end one direction alone.
    final: (done) => done(),
    destroy(error, done) {
      socket.close();
      end();
      done(error);
    },
  });
  const fail = (why: string): void => {
    stream.destroy(new Error(`pod ${namespace}/${name} at port ${port}: ${why}`));
  };
  socket.addEventListener('message', ({ data }) => {
    const bytes = data instanceof ArrayBuffer ? Buffer.from(data) : Buffer.alloc(0);
    const channel = bytes[0] ?? ERROR;
    const skipped = Math.min(preamble[channel] ?? 0, bytes.length - 1);
    preamble[channel] = (preamble[channel] ?? 0) - skipped;
    const content = bytes.subarray(1 + skipped);
    if (content.length === 0 || stream.destroyed) return;
    if (channel !== DATA) return fail(shorten(oneLine(content.toString('utf8')), LONGEST_ERROR));
    stream.push(content);
    if (stream.readableLength > MOST_UNREAD) fail('it sends faster than it is read');
  });
  socket.addEventListener('close', () => {
    if (!stream.destroyed) stream.push(null);
    end();
  });
  return stream;
}
