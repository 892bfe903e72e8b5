/** What the environment says about the pod that this validator was injected into, read strictly. */

import { isIP } from 'node:net';
import { parseJson } from '../../base/json.ts';
import { list, Misshapen, object, oneOf, port, type Shape, text } from '../../policy/shape.ts';
import { StartError } from '../../process/start-error.ts';
import { FORWARDED_FOR_CHOICES } from '../../sidecar/forwarded-for.ts';
import type { PortTls } from '../../sidecar/port-tls.ts';
import {
  APP_ADDRESSES,
  BOOTSTRAP_FILE,
  ENVOY_SETTINGS,
  type EnvoySettings,
  HOOK_KEY,
  HOOK_KEY_SHAPE,
  POD_ADDRESS,
  PROBE_TARGETS,
} from '../../sidecar/settings.ts';
import { UNDERSCORE_CHOICES } from '../../sidecar/underscores.ts';
import { type Probe, probeTargets } from './probe-targets.ts';

export interface PodSettings {
  readonly envoy: { readonly file: string; readonly settings: EnvoySettings } | undefined;
  /** Of the pod itself, where it is known. */
  readonly address: string | undefined;
  /** By path on the probe address. */
  readonly probes: ReadonlyMap<string, Probe>;
  /** Undefined = every caller of a hook is answered. */
  readonly hookKey: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws a StartError that names the variable and the place in it. */
export function readPodSettings(environment: Environment): PodSettings {
  const address = readAddress(environment);
  return {
    envoy: readEnvoy(environment),
    address,
    probes: readProbes(environment, address),
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

function readAddress(environment: Environment): string | undefined {
  const address = environment[POD_ADDRESS] || undefined;
  if (address !== undefined && isIP(address) === 0) {
    throw new StartError(`${POD_ADDRESS} must be an IP address, not ${JSON.stringify(address)}.`);
  }
  return address;
}

/** By its container's path, which only a whole set of probes can have. */
function readProbes(environment: Environment, host: string | undefined): ReadonlyMap<string, Probe> {
  const value = environment[PROBE_TARGETS];
  if (!value) return new Map();
  return parse(PROBE_TARGETS, value, probeTargets(host));
}

function parse<T>(variable: string, json: string, shape: Shape<T>): T {
  const value = parseJson(json);
  if (value === undefined) throw new StartError(`${variable} is not JSON.`);
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

const portTls: Shape<PortTls> = object(
  {},
  { secretName: text, ca: object({ configMap: text, key: text }), serverName: text },
);

const envoyShape = object(
  {
    listeners: list(
      object(
        { port, listener: port, protocol: oneOf('HTTP', 'H2C', 'HTTPS') },
        { tls: portTls, appPort: port, appAddress: oneOf(...APP_ADDRESSES) },
      ),
    ),
    maxHeapBytes: heapBytes,
  },
  {
    admin: port,
    counters: object({ port, adminSocket: absolute }),
    tlsFolder: absolute,
    underscoreHeaders: oneOf(...UNDERSCORE_CHOICES),
    forwardedFor: oneOf(...FORWARDED_FOR_CHOICES),
  },
);

const envoySettings: Shape<EnvoySettings> = (value, at) => {
  const settings = envoyShape(value, at);
  const { listeners, admin, counters, tlsFolder } = settings;
  if (listeners.length === 0) throw new Misshapen('listeners is empty');
  const pages = [admin, counters?.port].filter((page) => page !== undefined);
  const taken = [...listeners.map(({ listener }) => listener), ...pages];
  const guarded = listeners.map((listener) => listener.port);
  const needsFiles = listeners.some(({ tls = {} }) => tls.secretName !== undefined || tls.ca !== undefined);
  if (needsFiles && tlsFolder === undefined)
    throw new Misshapen('tls names files, and there is no tlsFolder');
  for (const [i, listener] of taken.entries()) {
    if (taken.indexOf(listener) !== i) throw new Misshapen(`two listeners have the port ${listener}`);
  }
  for (const [i, value] of guarded.entries()) {
    if (guarded.indexOf(value) !== i) throw new Misshapen(`the port ${value} is guarded twice`);
  }
  return settings;
};
