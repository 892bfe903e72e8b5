/** Which clients count as one: all IPv6 addresses of a /64 network, because one client can use each of them. */

import { isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** Longer than any address. */
const MAX_LENGTH = 64;
/** Of the eight groups, those that name a network as providers give them out (RFC 6177). */
const NETWORK_GROUPS = 4;

/** The address itself for IPv4, the /64 for IPv6; unknown clients are one. */
export function clientNetwork(address: string | undefined): string {
  if (address === undefined) return '';
  if (!isIPv6(address)) return address.slice(0, MAX_LENGTH);
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [before = '', after] = address.replace(/%.*$/, '').toLowerCase().split('::');
  const groups = before === '' ? [] : before.split(':');
  // What "::" leaves out is zero; only where it stands early is anything behind it a part of the network.
  const behind = after === undefined || after === '' ? [] : after.split(':');
  const width = behind.at(-1)?.includes('.') === true ? behind.length + 1 : behind.length;
  const zeros = after === undefined ? 0 : 8 - groups.length - width;
  const all = [...groups, ...Array<string>(Math.max(0, zeros)).fill('0'), ...behind];
  return `${all
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
