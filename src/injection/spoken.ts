/** What a port's name, or its appProtocol, says that the app speaks there. */

import type { PortTls } from '../sidecar/port-tls.ts';

/** TLS: what is in it cannot be judged, unless the binding says how to speak it. */
export type Spoken = 'HTTP' | 'H2C' | 'TLS';

/** As `https`, `web-https`, `kubernetes.io/wss`, `grpcs`; an `httpserver` or `grpcsvc` is none of them. */
const SAYS_TLS = /(?:http|grpc)s(?!erv|vc)|^(?:wss|tls|ssl)/;
/** As `http`, `http2`, `kubernetes.io/h2c`, `grpc-web`, `ws`. */
const SAYS_HTTP = /http|grpc|h2c|^ws/;
const SAYS_H2C = /h2c|http2|grpc/;

/**
 * Of a text the first word decides that says anything, and so does the first text: an appProtocol comes before a name.
 * Undefined where none of them says anything.
 */
export function spokenBy(...texts: readonly string[]): Spoken | undefined {
  const words = texts.flatMap((text) => text.toLowerCase().split(/[^a-z0-9]+/));
  const first = words.find((word) => SAYS_TLS.test(word) || SAYS_HTTP.test(word));
  if (first === undefined) return undefined;
  if (SAYS_TLS.test(first)) return 'TLS';
  return words.some((word) => SAYS_H2C.test(word) && !SAYS_TLS.test(word)) ? 'H2C' : 'HTTP';
}

const WEIGHT = { TLS: 0, HTTP: 1, H2C: 2, HTTPS: 3 } as const satisfies Record<Spoken | 'HTTPS', number>;

interface Speaking {
  readonly protocol: Spoken | 'HTTPS';
  readonly isWritten?: boolean;
}

/**
 * Of two ports of one number the one that says more: a load balancer's `https` in front of a port that another
 * Service calls `http` means plain HTTP, and what any of them calls gRPC speaks HTTP/2. What a binding says in so many
 * words comes before all of that, and of two such the first.
 */
export function sayingMore<P extends Speaking>(known: P | undefined, other: P): P {
  if (known === undefined) return other;
  if (known.isWritten || other.isWritten) return known.isWritten ? known : other;
  return WEIGHT[other.protocol] > WEIGHT[known.protocol] ? other : known;
}

/** Equal text for the same protocol, whether the port's name or its appProtocol says so. */
export const spokenAs = ({
  protocol,
  tls = {},
}: {
  readonly protocol: string;
  readonly tls?: PortTls;
}): string =>
  [protocol, tls.secretName, tls.ca?.configMap, tls.ca?.key, tls.serverName]
    .map((part) => part ?? '')
    .join(' ');
