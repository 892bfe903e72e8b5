/** `portcullis envoy-config` for nginx, Traefik, Caddy and the Gateway API's filter, which have to be told of headers. */

import { bindingFacts } from '../../compiler/binding-facts.ts';
import { caddyPieces } from '../../gateways/caddy.ts';
import { type ForwardedHeaders, USUAL_HEADERS } from '../../gateways/forwarded.ts';
import { gatewayApiPieces } from '../../gateways/gateway-api.ts';
import { nginxPieces } from '../../gateways/nginx.ts';
import type { Piece } from '../../gateways/piece.ts';
import type { ProxyOptions } from '../../gateways/proxy.ts';
import { traefikPieces } from '../../gateways/traefik.ts';
import { forwardedNames, tokenHeadersOf } from '../../policy/headers.ts';
import type { Address } from '../../process/address.ts';
import { usage } from '../../process/flags.ts';
import type { ApiBinding } from '../../resources/types.gen.ts';
import { choice } from '../arguments.ts';
import { addressOption, COMMAND, type Line, refuseOptions, serviceOption } from './line.ts';
import { fileTls, wantsTls } from './tls.ts';

/** Those that -f names; undefined where it is not given. */
export type Bindings = readonly ApiBinding[] | undefined;

export const forNginx = (line: Line, bindings: Bindings): readonly Piece[] =>
  nginxPieces(proxyOptions(line, bindings, 'nginx'));

export const forCaddy = (line: Line, bindings: Bindings): readonly Piece[] =>
  caddyPieces(proxyOptions(line, bindings, 'caddy'));

/** Of a proxy that reads the authorities from a file. */
function proxyOptions(line: Line, bindings: Bindings, what: string): ProxyOptions {
  refuseFormOptions(line, what);
  const address = addressOption(line, 'http');
  return {
    validator: placeOf(address),
    tls: fileTls(COMMAND, line, address),
    headers: headersOf(bindings),
  };
}

export function forTraefik(line: Line, bindings: Bindings): readonly Piece[] {
  refuseFormOptions(line, 'traefik');
  refuseOptions(line, 'traefik, which takes the Secret portcullis-ca', 'ca');
  const address = addressOption(line, 'http');
  if (address.kind !== 'tcp') throw usage(COMMAND, '--address must be HOST:PORT for traefik.');
  return traefikPieces({
    validator: { address: address.host, port: address.port },
    tls: wantsTls(COMMAND, line, address),
    headers: headersOf(bindings),
  });
}

export function forGatewayApi(line: Line, bindings: Bindings): readonly Piece[] {
  const what = 'gateway-api';
  refuseOptions(line, what, 'port', 'gateway', 'header', 'underscore-headers');
  refuseOptions(line, `${what}, which takes ConfigMap portcullis-ca`, 'ca');
  const protocol = choice(COMMAND, 'protocol', line.one('protocol'), ['grpc', 'http']);
  const { name, namespace, address, port, tls } = serviceOption(line, protocol);
  const namespaces = new Set((bindings ?? []).map(({ metadata }) => metadata.namespace));
  return gatewayApiPieces({
    service: { name, namespace },
    tlsName: tls ? address : undefined,
    port,
    protocol,
    namespaces: bindings === undefined ? ['default'] : [...namespaces].sort(),
    headers: headersOf(bindings),
  });
}

/** They ask over HTTP, and tell no port. */
function refuseFormOptions(line: Line, what: string): void {
  refuseOptions(line, what, 'port', 'gateway', 'header', 'underscore-headers');
  if (choice(COMMAND, 'protocol', line.one('protocol'), ['http', 'grpc']) === 'grpc') {
    throw usage(COMMAND, `--protocol grpc is not for ${what}, which asks over HTTP.`);
  }
}

function placeOf(address: Address): ProxyOptions['validator'] {
  switch (address.kind) {
    case 'tcp':
      return { address: address.host, port: address.port };
    case 'unix':
      return { path: address.path };
    case 'off':
      throw usage(COMMAND, '--address must be HOST:PORT or unix:/path, not "off".');
  }
}

function headersOf(bindings: Bindings): ForwardedHeaders {
  if (bindings === undefined) return USUAL_HEADERS;
  return {
    names: [...new Set(bindings.flatMap((one) => forwardedNames(bindingFacts(one).forward)))],
    tokens: [
      ...new Set(bindings.flatMap((one) => tokenHeadersOf(bindingFacts(one).forward, one.spec.credentials))),
    ],
  };
}
