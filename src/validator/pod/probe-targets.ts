/** The probes of the app's containers, as the environment says them, read strictly. */

import { list, Misshapen, object, oneOf, port, type Shape, text } from '../../policy/shape.ts';
import {
  APP_ADDRESSES,
  isHook,
  PROBE_KINDS,
  type ProbeKind,
  type ProbeTarget,
  probePath,
} from '../../sidecar/settings.ts';
import { requestTarget } from './request-target.ts';

export type Probe = {
  readonly address: string;
  /** Asked where the first refuses the connection: an app may listen on the pod's own address alone. */
  readonly otherAddress: string | undefined;
  readonly port: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly isHook: boolean;
} & (
  | HttpProbe
  | { readonly kind: 'tcp' }
  | {
      readonly kind: 'grpc';
      /** Empty = the server as a whole. */
      readonly service: string;
    }
);

export interface HttpProbe {
  readonly kind: 'http';
  readonly scheme: 'HTTP' | 'HTTPS';
  /** As the kubelet writes it into its request line; undefined = it could never ask. */
  readonly path: string | undefined;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** The pod's address: the Host unless a header names another. */
  readonly host: string;
}

const MAX_TIMEOUT = 3600;
const seconds: Shape<number> = (value, at) => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > MAX_TIMEOUT) {
    throw new Misshapen(`${at} must be a whole number of seconds from 1 to ${MAX_TIMEOUT}`);
  }
  return value;
};

const matching =
  (pattern: RegExp, what: string): Shape<string> =>
  (value, at) => {
    const read = text(value, at);
    if (!pattern.test(read)) throw new Misshapen(`${at} must be ${what}`);
    return read;
  };

const headerName = matching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'the name of a header');
const headerValue = matching(/^[\t\x20-\x7e\x80-\xff]*$/, 'the value of a header');

const targetShape: Shape<ProbeTarget> = object(
  {},
  {
    httpGet: object(
      { port },
      {
        path: text,
        scheme: oneOf('HTTP', 'HTTPS'),
        httpHeaders: list(object({ name: headerName, value: headerValue })),
      },
    ),
    tcpSocket: object({ port }),
    grpc: object({ port }, { service: text }),
    timeoutSeconds: seconds,
    address: oneOf(...APP_ADDRESSES),
  },
);

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** @param host the pod's own address. */
export function probeTargets(host: string | undefined): Shape<ReadonlyMap<string, Probe>> {
  return (value) => {
    const probes = new Map<string, Probe>();
    for (const [container, kinds] of members(value, 'it')) {
      if (!DNS_LABEL.test(container)) throw new Misshapen('one of its members is not named as a container');
      for (const [name, target] of members(kinds, container)) {
        const at = `${container}.${name}`;
        const kind = oneOf(...PROBE_KINDS)(name, `each member of ${container}`);
        probes.set(probePath(container, kind), probe(kind, targetShape(target, at), at, host));
      }
    }
    return probes;
  };
}

function members(value: unknown, at: string): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Misshapen(`${at} must be an object`);
  }
  return Object.entries(value);
}

function probe(kind: ProbeKind, target: ProbeTarget, at: string, host: string | undefined): Probe {
  const { httpGet, tcpSocket, grpc, timeoutSeconds = 1, address = '127.0.0.1' } = target;
  if ([httpGet, tcpSocket, grpc].filter((action) => action !== undefined).length !== 1) {
    throw new Misshapen(`${at} must have exactly one of httpGet, tcpSocket, grpc`);
  }
  const isKnown = host === undefined || host === address;
  const common = {
    address,
    otherAddress: isKnown ? undefined : host,
    timeout: timeoutSeconds * 1000,
    isHook: isHook(kind),
  };
  if (httpGet !== undefined) {
    const { path = '/', scheme = 'HTTP', httpHeaders: headers = [] } = httpGet;
    const place = { ...common, port: httpGet.port };
    return { ...place, kind: 'http', scheme, path: requestTarget(path), headers, host: host ?? address };
  }
  if (tcpSocket !== undefined) return { ...common, port: tcpSocket.port, kind: 'tcp' };
  if (grpc !== undefined) return { ...common, port: grpc.port, kind: 'grpc', service: grpc.service ?? '' };
  throw new Misshapen(`${at} has no action`);
}
