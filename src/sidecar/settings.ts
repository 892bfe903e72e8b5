/** The settings of an injected validator about its pod, as JSON in environment variables; `null` stands nowhere. */

import type { ForwardedFor } from './forwarded-for.ts';
import type { PortTls } from './port-tls.ts';
import type { UnderscoreHeaders } from './underscores.ts';

/** The file that the validator writes for Envoy before it reports started; goes with ENVOY_SETTINGS. */
export const BOOTSTRAP_FILE = 'PORTCULLIS_ENVOY_BOOTSTRAP';
/** An EnvoySettings. */
export const ENVOY_SETTINGS = 'PORTCULLIS_ENVOY_SETTINGS';
/** A ProbeTargets. */
export const PROBE_TARGETS = 'PORTCULLIS_PROBE_TARGETS';
/** The pod's own address, by the downward API: an app may listen on it alone, and it is the Host of HTTP probes. */
export const POD_ADDRESS = 'PORTCULLIS_POD_IP';
/** What a request for a hook or for DRAIN_PATH must have in HOOK_HEADER; absent = nothing. */
export const HOOK_KEY = 'PORTCULLIS_HOOK_KEY';
export const HOOK_HEADER = 'x-portcullis-hook';
/** Of a key: more than can be tried. */
export const HOOK_KEY_SHAPE = /^[A-Za-z0-9_-]{22,64}$/;

/** Where an app is reached inside its pod. */
export const APP_ADDRESSES = ['127.0.0.1', '::1'] as const;
export type AppAddress = (typeof APP_ADDRESSES)[number];

/**
 * Where Envoy and probes come from, so that no app takes their callers for localhost. Loopback has all of
 * 127.0.0.0/8, but of IPv6 only ::1.
 */
export function callerAddress(app: string): string | undefined {
  return app.includes(':') ? undefined : '127.0.0.6';
}

export interface EnvoySettings {
  /** At least one; no port and no listener twice. */
  readonly listeners: readonly {
    /** As clients and bindings know it. */
    readonly port: number;
    /** Envoy's own, on every address of the pod. */
    readonly listener: number;
    readonly protocol: 'HTTP' | 'H2C' | 'HTTPS';
    readonly tls?: PortTls;
    /** The app's, where that is another than `port`. */
    readonly appPort?: number;
    /** Absent = 127.0.0.1. */
    readonly appAddress?: AppAddress;
  }[];
  /** Port of Envoy's admin page on 127.0.0.1; absent = none. */
  readonly admin?: number;
  /** Where Envoy's counters can be read; absent = nowhere. */
  readonly counters?: {
    /** On every address of the pod. */
    readonly port: number;
    /** Where Envoy has its admin page, which they come from, unless `admin` says so: in a folder of Envoy's alone. */
    readonly adminSocket: string;
  };
  /** Absent = Drop. */
  readonly underscoreHeaders?: UnderscoreHeaders;
  /** Absent = Append. */
  readonly forwardedFor?: ForwardedFor;
  /** Where Envoy has the volume of the Secrets and ConfigMaps that `tls` names; there where one does. */
  readonly tlsFolder?: string;
  /** Somewhat less than the memory limit of Envoy's container. */
  readonly maxHeapBytes: number;
}

/** On the validator's probe address: what a preStop hook of Envoy's container asks for as soon as the pod is to end. */
export const DRAIN_PATH = '/drain';

export const PROBE_KINDS = ['startup', 'readiness', 'liveness', 'postStart', 'preStop'] as const;
export type ProbeKind = (typeof PROBE_KINDS)[number];
/** A probe asks for the app's state; a hook makes it do something. */
export const isHook = (kind: ProbeKind): boolean => kind === 'postStart' || kind === 'preStop';

/** The fields that Kubernetes has, with ports as numbers, and without `host`: it is always the pod itself. */
export interface ProbeTarget {
  /** Exactly one of these three. */
  readonly httpGet?: {
    readonly path?: string;
    readonly port: number;
    readonly scheme?: 'HTTP' | 'HTTPS';
    readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[];
  };
  readonly tcpSocket?: { readonly port: number };
  readonly grpc?: { readonly port: number; readonly service?: string };
  /** Absent = 1. */
  readonly timeoutSeconds?: number;
  /** Absent = 127.0.0.1. */
  readonly address?: AppAddress;
}

/** By the container's name, then by kind. */
export type ProbeTargets = Readonly<Record<string, Readonly<Partial<Record<ProbeKind, ProbeTarget>>>>>;

/** Where the validator makes the probe of a container on its probe address. */
export const probePath = (container: string, kind: ProbeKind): string => `/probe/${container}/${kind}`;
