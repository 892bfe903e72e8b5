/** `portcullis envoy-config` for Envoy, Istio and Envoy Gateway, which ask as Envoy does. */

import { plainEnvoyPieces } from '../../gateways/envoy.ts';
import { envoyGatewayPieces } from '../../gateways/envoy-gateway.ts';
import { istioPieces, OPENS_TO_GRPC } from '../../gateways/istio.ts';
import type { Piece } from '../../gateways/piece.ts';
import type { Address } from '../../process/address.ts';
import { usage } from '../../process/flags.ts';
import type { Authorizer } from '../../sidecar/authorizer.ts';
import { UNDERSCORE_CHOICES, type UnderscoreHeaders } from '../../sidecar/underscores.ts';
import { choice } from '../arguments.ts';
import {
  addressOption,
  COMMAND,
  gatewayOption,
  type Line,
  portOption,
  refuseOptions,
  serviceOption,
} from './line.ts';
import { fileTls } from './tls.ts';

export function forEnvoy(line: Line): readonly Piece[] {
  refuseOptions(line, 'envoy', 'file', 'gateway', 'header');
  const protocol = choice(COMMAND, 'protocol', line.one('protocol'), ['http', 'grpc']);
  if (protocol === 'grpc' && line.one('port') !== undefined) {
    throw usage(COMMAND, '--port goes with --protocol http: over gRPC, Envoy tells the port by itself.');
  }
  const address = addressOption(line, protocol);
  return plainEnvoyPieces({
    authorizer: authorizer(protocol, address),
    port: portOption(line),
    underscoreHeaders: readUnderscores(line),
    tls: fileTls(COMMAND, line, address),
  });
}

function authorizer(protocol: 'http' | 'grpc', address: Address): Authorizer {
  switch (address.kind) {
    case 'tcp': {
      const place = { address: address.host, port: address.port };
      return protocol === 'grpc' ? { kind: 'grpc', address: place } : { kind: 'tcp', ...place };
    }
    case 'unix':
      return protocol === 'grpc'
        ? { kind: 'grpc', address: { path: address.path } }
        : { kind: 'unix', path: address.path };
    case 'off':
      throw usage(COMMAND, '--address must be HOST:PORT or unix:/path, not "off".');
  }
}

export function forIstio(line: Line): readonly Piece[] {
  refuseOptions(line, 'istio, where a check shows what to take away', 'file');
  refuseOptions(line, 'istio, which leaves them to its own settings', 'underscore-headers');
  refuseOptions(line, 'istio, which takes ConfigMap portcullis-ca', 'ca');
  const protocol = choice(COMMAND, 'protocol', line.one('protocol'), ['grpc', 'http']);
  const { tls, ...service } = serviceOption(line, protocol);
  const port = portOption(line);
  const gateway = gatewayOption(line);
  if (protocol === 'grpc') {
    refuseOptions(line, 'istio over gRPC, which tells the port by itself', 'port');
    refuseOptions(line, 'istio over gRPC, which sends all headers', 'header');
    return istioPieces({ service, tls, protocol: { kind: 'grpc' }, gateway });
  }
  if (port === undefined) {
    throw usage(COMMAND, '--port is missing: over HTTP, a client could state it where the gateway does not.');
  }
  return istioPieces({ service, tls, protocol: { kind: 'http', port, headers: readHeaders(line) }, gateway });
}

export function forEnvoyGateway(line: Line): readonly Piece[] {
  refuseOptions(line, 'envoy-gateway', 'file', 'port', 'header');
  refuseOptions(line, 'envoy-gateway, which takes ConfigMap portcullis-ca', 'ca');
  if (choice(COMMAND, 'protocol', line.one('protocol'), ['grpc', 'http']) === 'http') {
    throw usage(
      COMMAND,
      '--protocol http is not for envoy-gateway: it would hand headers for the access log to clients.',
    );
  }
  const { name, namespace, address, port, tls } = serviceOption(line, 'grpc');
  return envoyGatewayPieces({
    service: { name, namespace },
    tlsName: tls ? address : undefined,
    port,
    gateway: gatewayOption(line) ?? { namespace: 'default', name: 'eg' },
    underscoreHeaders: readUnderscores(line),
  });
}

const readUnderscores = (line: Line): UnderscoreHeaders =>
  choice(COMMAND, 'underscore-headers', line.one('underscore-headers'), UNDERSCORE_CHOICES);

const HEADER_NAME = /^[a-z0-9][a-z0-9-]*$/;

function readHeaders(line: Line): readonly string[] {
  return line.all('header').map((given) => {
    const name = given.toLowerCase();
    if (!HEADER_NAME.test(name)) {
      throw usage(COMMAND, `--header must be the name of a header, not ${JSON.stringify(given)}.`);
    }
    if (name === OPENS_TO_GRPC) {
      throw usage(
        COMMAND,
        `--header ${name} would let gRPC callers pass while nobody answers; ask over gRPC, which sends all headers.`,
      );
    }
    return name;
  });
}
