/** A TCP proxy before a server, which counts connections, refuses them, or keeps them open and forwards nothing. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CuttableProxy {
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  /** Connections so far. */
  accepted(): number;
  /** Connections that are open now. */
  open(): number;
  /** `frozen`: nobody hears that nothing is forwarded any more, as behind a firewall that has forgotten. */
  become(state: 'forwarding' | 'frozen' | 'refusing'): void;
  close(): Promise<void>;
}

export async function startProxy(target: string): Promise<CuttableProxy> {
  const { port: targetPort } = new URL(target);
  const pairs = new Map<Socket, Socket>();
  let accepted = 0;
  let state: 'forwarding' | 'frozen' | 'refusing' = 'forwarding';

  const server = createServer((near) => {
    accepted += 1;
    if (state === 'refusing') {
      near.destroy();
      return;
    }
    const far = connect(Number(targetPort), '127.0.0.1');
    pairs.set(near, far);
    const end = () => {
      near.destroy();
      far.destroy();
      pairs.delete(near);
    };
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    if (state === 'frozen') return; // connected, and never read
    near.pipe(far);
    far.pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `https://127.0.0.1:${port}`,
    accepted: () => accepted,
    open: () => pairs.size,
    become(next) {
      state = next;
      for (const [near, far] of pairs) {
        if (next === 'refusing') near.destroy();
        if (next !== 'frozen') continue;
        for (const [socket, other] of [
          [near, far],
          [far, near],
        ] as const) {
          socket.unpipe(other);
          socket.pause();
        }
      }
    },
    async close() {
      for (const near of pairs.keys()) near.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
