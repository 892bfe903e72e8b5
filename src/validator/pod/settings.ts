/** What the environment says about the pod that this validator was injected into, read strictly. */

import { isIP } from 'node:net';
import { list, Misshapen, object, oneOf, port, type Shape, text } from '../../policy/shape.ts';
import { StartError } from '../../process/start-error.ts';
import {
  APP_ADDRESSES,
  type AppAddress,
  BOOTSTRAP_FILE,
  ENVOY_SETTINGS,
  type EnvoySettings,
  HOOK_KEY,
  HOOK_KEY_SHAPE,
  isHook,
  POD_ADDRESS,
  PROBE_KINDS,
  PROBE_TARGETS,
  type ProbeKind,
  type ProbeTarget,
  probePath,
} from '../../sidecar/settings.ts';
import { UNDERSCORE_CHOICES } from '../../sidecar/underscores.ts';
import { requestTarget } from './request-target.ts';

export interface PodSettings {
  readonly envoy: { readonly file: string; readonly settings: EnvoySettings } | undefined;
  /** By path on the probe address. */
  readonly probes: ReadonlyMap<string, Probe>;
  /** Undefined = whoever asks for a hook is answered. */
  readonly hookKey: string | undefined;
}

export type Probe = {
  readonly address: AppAddress;
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

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws a StartError that names the variable and the place in it. */
export function readPodSettings(environment: Environment): PodSettings {
  return {
    envoy: readEnvoy(environment),
    probes: readProbes(environment),
    hookKey: readHookKey(environment),
  };
}

function readHookKey({ [HOOK_KEY]: key }: Environment): string | undefined {
  if (!key || HOOK_KEY_SHAPE.test(key)) return key || undefined;
  // It is a secret: it is not quoted.
  throw new StartError(`${HOOK_KEY} must be 22 to 64 letters, digits, - and _.`);
}

function readEnvoy(environment: Environment): PodSettings['envoy'] {
  const file = environment[BOOTSTRAP_FILE];
  const settings = environment[ENVOY_SETTINGS];
  if (!file && !settings) return undefined;
  if (!file || !settings) {
    const [there, missing] = file ? [BOOTSTRAP_FILE, ENVOY_SETTINGS] : [ENVOY_SETTINGS, BOOTSTRAP_FILE];
    throw new StartError(`${there} is set and ${missing} is not: set both, or none.`);
  }
  if (!file.startsWith('/') || file.endsWith('/')) {
    throw new StartError(
      `${BOOTSTRAP_FILE} must be the absolute path of a file, not ${JSON.stringify(file)}.`,
    );
  }
  return { file, settings: parse(ENVOY_SETTINGS, settings, envoySettings) };
}

/** By its container's path, which only a whole set of probes can have. */
function readProbes(environment: Environment): ReadonlyMap<string, Probe> {
  const value = environment[PROBE_TARGETS];
  if (!value) return new Map();
  const host = environment[POD_ADDRESS] || undefined;
  if (host !== undefined && isIP(host) === 0) {
    throw new StartError(`${POD_ADDRESS} must be an IP address, not ${JSON.stringify(host)}.`);
  }
  return parse(PROBE_TARGETS, value, probeTargets(host));
}

function parse<T>(variable: string, json: string, shape: Shape<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new StartError(`${variable} is not JSON.`);
  }
  try {
    return shape(value, '');
  } catch (error) {
    if (error instanceof Misshapen) throw new StartError(`${variable}: ${error.message.trimStart()}.`);
    throw error;
  }
}

const MIN_HEAP = 16 * 1024 * 1024;
const heapBytes: Shape<number> = (value, at) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < MIN_HEAP) {
    throw new Misshapen(`${at} must be a number of bytes from ${MIN_HEAP} up`);
  }
  return value;
};

const absolute: Shape<string> = (value, at) => {
  const path = text(value, at);
  if (!path.startsWith('/')) throw new Misshapen(`${at} must be an absolute path`);
  return path;
};

const envoyShape = object(
  {
    listeners: list(
      object(
        { port, listener: port, protocol: oneOf('HTTP', 'H2C') },
        { appPort: port, appAddress: oneOf(...APP_ADDRESSES) },
      ),
    ),
    maxHeapBytes: heapBytes,
  },
  {
    admin: port,
    counters: object({ port, adminSocket: absolute }),
    underscoreHeaders: oneOf(...UNDERSCORE_CHOICES),
  },
);

const envoySettings: Shape<EnvoySettings> = (value, at) => {
  const settings = envoyShape(value, at);
  const { listeners, admin, counters } = settings;
  if (listeners.length === 0) throw new Misshapen('listeners is empty');
  const pages = [admin, counters?.port].filter((page) => page !== undefined);
  const taken = [...listeners.map(({ listener }) => listener), ...pages];
  const guarded = listeners.map((listener) => listener.port);
  for (const [i, listener] of taken.entries()) {
    if (taken.indexOf(listener) !== i) throw new Misshapen(`two listeners have the port ${listener}`);
  }
  for (const [i, value] of guarded.entries()) {
    if (guarded.indexOf(value) !== i) throw new Misshapen(`the port ${value} is guarded twice`);
  }
  return settings;
};

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

function probeTargets(host: string | undefined): Shape<ReadonlyMap<string, Probe>> {
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
  const common = { address, timeout: timeoutSeconds * 1000, isHook: isHook(kind) };
  if (httpGet !== undefined) {
    const { path = '/', scheme = 'HTTP', httpHeaders: headers = [] } = httpGet;
    const place = { ...common, port: httpGet.port };
    return { ...place, kind: 'http', scheme, path: requestTarget(path), headers, host: host ?? address };
  }
  if (tcpSocket !== undefined) return { ...common, port: tcpSocket.port, kind: 'tcp' };
  if (grpc !== undefined) return { ...common, port: grpc.port, kind: 'grpc', service: grpc.service ?? '' };
  throw new Misshapen(`${at} has no action`);
}
