/** `portcullis envoy-config`: whether the validators are asked over TLS, and whom Envoy then trusts. */

import type { PlainEnvoyTls } from '../../gateways/envoy.ts';
import { type Address, isLoopback } from '../../process/address.ts';
import { usage } from '../../process/flags.ts';
import { type Arguments, choice } from '../arguments.ts';

export const DEFAULT_CA_FILE = '/etc/portcullis/ca.crt';

type Line = Arguments<'tls' | 'ca'>;

/** Off this machine always, unless it is taken back in so many words. */
export function wantsTls(command: string, line: Line, address: Address): boolean {
  const usual = address.kind === 'tcp' && !isLoopback(address.host) ? 'on' : 'off';
  const wanted = line.one('tls') ?? (line.one('ca') === undefined ? usual : 'on');
  return choice(command, 'tls', wanted, ['on', 'off']) === 'on';
}

/** For gateways that read the authorities from a file; undefined = plain text. */
export function fileTls(command: string, line: Line, address: Address): PlainEnvoyTls | undefined {
  const caFile = line.one('ca');
  if (!wantsTls(command, line, address)) {
    if (caFile !== undefined) throw usage(command, '--ca goes with --tls on.');
    return undefined;
  }
  if (address.kind !== 'tcp') {
    throw usage(command, '--tls is for HOST:PORT: a Unix socket leaves no machine.');
  }
  // Beside it stands a file of the same name for Envoy, in YAML.
  if (caFile !== undefined && !/^\/.*[^/]$(?<!\.yaml)/.test(caFile)) {
    throw usage(command, '--ca must be the absolute path of a PEM file, as the gateway finds it.');
  }
  return { name: address.host, caFile: caFile ?? DEFAULT_CA_FILE };
}
