/** Blocks of addresses on the command line, such as `10.0.0.0/8`. */

import { BlockList, isIP } from 'node:net';

export type ParsedCidrs =
  | { readonly kind: 'blocks'; readonly blocks: BlockList }
  /** `problem` is a whole sentence. */
  | { readonly kind: 'refused'; readonly problem: string };

/** An address without `/` stands for itself alone. */
export function parseCidrs(cidrs: readonly string[]): ParsedCidrs {
  const blocks = new BlockList();
  for (const cidr of cidrs) {
    const block = parseCidr(cidr);
    if (block === undefined) {
      const problem = `"${cidr}" is not a CIDR block such as 10.0.0.0/8 or fd00::/8.`;
      return { kind: 'refused', problem };
    }
    blocks.addSubnet(block.address, block.prefix, block.family);
  }
  return { kind: 'blocks', blocks };
}

interface Block {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

function parseCidr(cidr: string): Block | undefined {
  const [, address = '', prefixText] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(cidr) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const bits = version === 4 ? 32 : 128;
  const prefix = prefixText === undefined ? bits : Number(prefixText);
  return prefix > bits ? undefined : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}
