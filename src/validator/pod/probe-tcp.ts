/** A TCP probe, and the connections of the others: to the pod itself, and never from localhost. */

import { once } from 'node:events';
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { callerAddress } from '../../sidecar/settings.ts';
import type { ProbeResult } from './probe-result.ts';

export function connectionTo(address: string, port: number): TcpNetConnectOpts {
  const localAddress = callerAddress(address);
  return { host: address, port, ...(localAddress !== undefined && { localAddress }) };
}

/** Not connected yet; gone when the probe is over. */
export function connectTo(address: string, port: number, over: AbortSignal): Socket {
  const socket = connect(connectionTo(address, port));
  over.addEventListener('abort', () => socket.destroy());
  socket.on('error', () => {}); // the caller listens for errors too
  return socket;
}

export async function probeTcp(
  { address, port }: { readonly address: string; readonly port: number },
  over: AbortSignal,
): Promise<ProbeResult> {
  await once(connectTo(address, port, over), 'connect', { signal: over });
  return { kind: 'success' };
}
