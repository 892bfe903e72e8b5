/** What proxies have in common that ask in a form of their own: where, how, and about which headers. */

import { CARRYING } from '../sidecar/check-forms.ts';
import type { SocketAddress } from '../sidecar/config.ts';
import { CARRIERS } from '../sidecar/headers.ts';
import type { ForwardedHeaders } from './forwarded.ts';

export interface ProxyOptions {
  readonly validator: SocketAddress | { readonly path: string };
  /** Undefined = plain text. */
  readonly tls: { readonly name: string; readonly caFile: string } | undefined;
  readonly headers: ForwardedHeaders;
}

/** Of the metadata of a resource, which the validator itself answers: each status, and the one that carries it. */
export const SERVED = [
  [200, CARRIERS[200]],
  [204, CARRIERS[204]],
] as const;

/** Behind the prefix of a check, by a proxy that turns them back. */
export const CARRYING_SERVED = `${CARRYING}${SERVED.map(([, carrier]) => carrier).join(',')}`;

/** As URLs have it: `10.0.0.7:9001`, `[fd00::7]:9001`. */
export const hostAndPort = ({ address, port }: SocketAddress): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`;
