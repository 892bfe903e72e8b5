/** ADDR on the command line: where a server listens. */

import { isIPv4, isIPv6 } from 'node:net';

export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'off' };

export type ListenAddress = Exclude<Address, { kind: 'off' }>;

export type ParsedAddress =
  | { readonly kind: 'address'; readonly address: Address }
  /** Completes "--http …". */
  | { readonly kind: 'refused'; readonly problem: string };

/** `sun_path` holds 108 bytes, the last of them zero. */
const MAX_SOCKET_PATH = 107;
const HOST_AND_PORT = /^(?:\[(?<bracketed>[^\]]*)\]|(?<plain>[A-Za-z0-9.-]+)):(?<port>\d{1,5})$/;

const refused = (problem: string): ParsedAddress => ({ kind: 'refused', problem });
const accepted = (address: Address): ParsedAddress => ({ kind: 'address', address });

/** Reads `host:port`, `[::1]:port`, `unix:/path` or `off`. Port 0 takes any free one. */
export function parseAddress(text: string): ParsedAddress {
  if (text === 'off') return accepted({ kind: 'off' });
  if (text.startsWith('unix:')) return parseSocketPath(text.slice('unix:'.length));
  const groups = HOST_AND_PORT.exec(text)?.groups;
  if (groups === undefined) {
    return refused(`must be host:port, [ipv6]:port, unix:/path or off, not ${JSON.stringify(text)}`);
  }
  const { bracketed, plain, port: digits } = groups;
  if (bracketed !== undefined && !isIPv6(bracketed))
    return refused(`has no IPv6 address in its brackets: ${text}`);
  const port = Number(digits);
  if (port > 65_535) return refused(`has a port above 65535: ${text}`);
  return accepted({ kind: 'tcp', host: bracketed ?? plain ?? '', port });
}

function parseSocketPath(path: string): ParsedAddress {
  if (!path.startsWith('/')) return refused('needs an absolute path after unix:');
  if (path.endsWith('/')) return refused('names a folder: give the path of the socket itself');
  if (path.includes('\0')) return refused('has a path with a zero byte');
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH) {
    return refused(`has a path of more than ${MAX_SOCKET_PATH} bytes, the most that a Unix socket can have`);
  }
  return accepted({ kind: 'unix', path });
}

/** Whether only this machine gets there, by what the name says. */
export const isLoopback = (host: string): boolean => host === 'localhost' || isLoopbackAddress(host);

/** The literal addresses, of IPv6 also as a URL has it: what a name stands for is up to others. */
export const isLoopbackAddress = (host: string): boolean =>
  host === '::1' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));

/** As it is written on the command line. */
export function formatAddress(address: Address): string {
  switch (address.kind) {
    case 'tcp':
      return isIPv6(address.host) ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
    case 'unix':
      return `unix:${address.path}`;
    case 'off':
      return 'off';
  }
}
