/** One address that leads to the leader, wherever that is: what a Service does by its EndpointSlice. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { systemClock } from '../../src/base/clock.ts';
import type { KubernetesClient } from '../../src/kubernetes/client.ts';
import type { Cached, KubernetesObject } from '../../src/kubernetes/object.ts';
import { startReflector } from '../../src/kubernetes/reflector.ts';
import { RESOURCES } from '../../src/operator/resources.ts';

export interface Forwarder {
  readonly port: number;
  /** Where it leads; undefined = nowhere. */
  target(): number | undefined;
  stop(): Promise<void>;
}

interface Slice extends Cached {
  readonly port: number | undefined;
}

/** Every replica is at 127.0.0.1: of the slice only the port counts. */
export async function startForwarder(
  client: KubernetesClient,
  namespace: string,
  name: string,
): Promise<Forwarder> {
  const sockets = new Set<Socket>();
  let target: number | undefined;
  const reflector = startReflector<Slice>({
    client,
    clock: systemClock,
    random: Math.random,
    resource: RESOURCES.EndpointSlice,
    selection: { namespace, fieldSelector: `metadata.name=${name}` },
    trim: readSlice,
    onChange: ({ kind, object }) => {
      target = kind === 'deleted' ? undefined : object.port;
    },
  });
  const server = createServer((near) => {
    const far = target === undefined ? undefined : connect(target, '127.0.0.1');
    const end = () => {
      near.destroy();
      far?.destroy();
    };
    for (const socket of [near, ...(far === undefined ? [] : [far])]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    if (far === undefined) return end();
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    target: () => target,
    async stop() {
      await reflector.stop();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function readSlice({ metadata, ports }: KubernetesObject): Slice {
  const { name, namespace = '', uid, resourceVersion } = metadata;
  const [first] = Array.isArray(ports) ? ports : [];
  const port = typeof first === 'object' && first !== null && 'port' in first ? first.port : undefined;
  return {
    metadata: { name, namespace, uid, resourceVersion },
    port: typeof port === 'number' ? port : undefined,
  };
}
