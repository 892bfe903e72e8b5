/** The addresses that no fetch may connect to: a list of CIDR blocks, parsed and matched. */

import { type BlockList, isIP } from 'node:net';
import { parseCidrs } from '../process/cidrs.ts';

/** Loopback, link-local (cloud metadata services live there), unspecified, multicast. */
export const DEFAULT_DENIED_CIDRS: readonly string[] = [
  '127.0.0.0/8',
  '169.254.0.0/16',
  '0.0.0.0/8',
  '224.0.0.0/4',
  '::1/128',
  'fe80::/10',
  '::/128',
  'ff00::/8',
];

export interface DenyList {
  /** True for an address in a denied block, and for anything that is no IP address at all. */
  denies(address: string): boolean;
}

export type DenyListResult =
  | { readonly kind: 'list'; readonly list: DenyList }
  /** `problem` is a whole sentence. */
  | { readonly kind: 'refused'; readonly problem: string };

/** Prepares a list of blocks such as `10.0.0.0/8`; an address without `/` stands for itself alone. */
export function denyList(cidrs: readonly string[]): DenyListResult {
  const parsed = parseCidrs(cidrs);
  if (parsed.kind === 'refused') return parsed;
  return { kind: 'list', list: { denies: (address) => denies(parsed.blocks, address) } };
}

/** True where `address` lies in `cidr`; false where either is not one. */
export function inCidr(address: string, cidr: string): boolean {
  const result = denyList([cidr]);
  return isIP(address) !== 0 && result.kind === 'list' && result.list.denies(address);
}

function denies(blocks: BlockList, zoned: string): boolean {
  const [address = ''] = zoned.split('%', 1);
  switch (isIP(address)) {
    case 4:
      return blocks.check(address, 'ipv4');
    case 6: {
      const inner = embeddedIPv4(address);
      return blocks.check(address, 'ipv6') || (inner !== undefined && blocks.check(inner, 'ipv4'));
    }
    default:
      return true;
  }
}

/**
 * The IPv4 address that an IPv6 address leads to, where it is a translated or a tunnelled one: mapped and
 * compatible (RFC 4291 section 2.5.5), translated (RFC 2765), NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056).
 */
function embeddedIPv4(address: string): string | undefined {
  const groups = groupsOf(address);
  const [first, second, third] = groups;
  const start = groups
    .slice(0, 6)
    .map((group) => group.toString(16))
    .join(':');
  if (first === 0x2002) return dotted(second, third);
  const translated =
    ['0:0:0:0:0:0', '0:0:0:0:0:ffff', '0:0:0:0:ffff:0', '64:ff9b:0:0:0:0'].includes(start) ||
    start.startsWith('64:ff9b:1:');
  return translated && !isShort(groups) ? dotted(groups[6], groups[7]) : undefined;
}

/** `::` and `::1` look like compatible addresses and are none. */
function isShort(groups: readonly number[]): boolean {
  return groups.slice(0, 7).every((group) => group === 0) && (groups[7] ?? 0) <= 1;
}

function dotted(high = 0, low = 0): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight groups of a valid IPv6 address. The URL parser knows every way to write one, and writes one way. */
function groupsOf(address: string): readonly number[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const parse = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  if (tail === undefined) return parse(head);
  const [before, after] = [parse(head), parse(tail)];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}
