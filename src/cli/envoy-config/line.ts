/** `portcullis envoy-config`: its options, and how those are read that several kinds of gateways have. */

import { type NamespacedName, SHARED_PORTS, SHARED_SERVICE, serviceNamed } from '../../gateways/service.ts';
import { isGatewayName } from '../../policy/exchange.ts';
import { type Address, parseAddress } from '../../process/address.ts';
import { usage } from '../../process/flags.ts';
import type { Arguments } from '../arguments.ts';
import { wantsTls } from './tls.ts';

export const COMMAND = 'envoy-config';
export const OPTIONS = {
  for: undefined,
  file: 'f',
  address: undefined,
  protocol: undefined,
  tls: undefined,
  ca: undefined,
  port: undefined,
  gateway: undefined,
  header: undefined,
  'underscore-headers': undefined,
} as const;
export type Line = Arguments<keyof typeof OPTIONS>;

export const SHARED_HOST = `${SHARED_SERVICE.name}.${SHARED_SERVICE.namespace}.svc.cluster.local`;

/** Throws a UsageError where an option is given that this kind of gateway has no use for. */
export function refuseOptions(line: Line, what: string, ...options: readonly (keyof typeof OPTIONS)[]): void {
  const stray = options.find((option) => line.all(option).length > 0);
  if (stray !== undefined)
    throw usage(COMMAND, `${stray === 'file' ? '-f' : `--${stray}`} is not for ${what}.`);
}

export function addressOption(line: Line, protocol: 'http' | 'grpc'): Address {
  const text = line.one('address') ?? `${SHARED_HOST}:${SHARED_PORTS[protocol]}`;
  const parsed = parseAddress(text);
  if (parsed.kind === 'refused') throw usage(COMMAND, `--address ${parsed.problem}.`);
  if (parsed.address.kind === 'tcp' && parsed.address.port === 0) {
    throw usage(COMMAND, '--address has the port 0, at which nobody can be asked.');
  }
  return parsed.address;
}

export function serviceOption(line: Line, protocol: 'http' | 'grpc') {
  const address = addressOption(line, protocol);
  const service = address.kind === 'tcp' ? serviceNamed(address.host) : undefined;
  if (address.kind !== 'tcp' || service === undefined) {
    throw usage(COMMAND, '--address must name a Service here: NAME.NAMESPACE.svc.cluster.local:PORT.');
  }
  return { ...service, address: address.host, port: address.port, tls: wantsTls(COMMAND, line, address) };
}

const MAX_PORT = 65_535;

export function portOption(line: Line): number | undefined {
  const text = line.one('port');
  if (text === undefined) return undefined;
  const port = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= MAX_PORT)) throw usage(COMMAND, `--port must be a port, not ${JSON.stringify(text)}.`);
  return port;
}

export function gatewayOption(line: Line): NamespacedName | undefined {
  const text = line.one('gateway');
  if (text === undefined) return undefined;
  const [namespace = '', name = ''] = text.split('/');
  if (!isGatewayName(text)) {
    throw usage(COMMAND, `--gateway must be NAMESPACE/NAME, not ${JSON.stringify(text)}.`);
  }
  return { namespace, name };
}
