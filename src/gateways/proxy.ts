/** What proxies have in common that ask in a form of their own: where, how, and about which headers. */

import type { SocketAddress } from '../sidecar/config.ts';
import type { ForwardedHeaders } from './forwarded.ts';

export interface ProxyOptions {
  readonly validator: SocketAddress | { readonly path: string };
  /** Undefined = plain text. */
  readonly tls: { readonly name: string; readonly caFile: string } | undefined;
  readonly headers: ForwardedHeaders;
}

/** As URLs have it: `10.0.0.7:9001`, `[fd00::7]:9001`. */
export const hostAndPort = ({ address, port }: SocketAddress): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`;
