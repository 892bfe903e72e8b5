/** Which peers may ask about other requests than their own: proxies, which overwrite what their clients say. */

import { type BlockList, isIP, type Socket } from 'node:net';
import type { Address } from '../process/address.ts';
import { type ParsedCidrs, parseCidrs } from '../process/cidrs.ts';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** Loopback, and blocks such as `10.0.0.0/8`. */
export const proxyBlocks = (cidrs: readonly string[]): ParsedCidrs => parseCidrs([...LOOPBACK, ...cidrs]);

/** For one listener. Who may open a Unix socket is up to the folder that it is in. */
export function proxyRule({ kind }: Address, blocks: BlockList): ProxyRule {
  return kind === 'unix' ? () => true : (socket) => isProxy(socket, blocks);
}

/** Beside a pod's app, Envoy alone asks, and in its own form. */
export const noProxies: ProxyRule = () => false;

export type ProxyRule = (socket: PeerOf) => boolean;
type PeerOf = Pick<Socket, 'remoteAddress'>;

/** A connection that is gone has no address, and is none of theirs. */
function isProxy({ remoteAddress = '' }: PeerOf, blocks: BlockList): boolean {
  const [address = ''] = remoteAddress.split('%', 1);
  const version = isIP(address);
  return version !== 0 && blocks.check(address, version === 4 ? 'ipv4' : 'ipv6');
}
