/** `portcullis envoy-config`: what to paste so that a gateway asks a shared validator. */

import { stringify } from 'yaml';
import { plainEnvoyPieces } from '../gateways/envoy.ts';
import { envoyGatewayPieces } from '../gateways/envoy-gateway.ts';
import { istioPieces, OPENS_TO_GRPC } from '../gateways/istio.ts';
import type { Piece } from '../gateways/piece.ts';
import { type NamespacedName, SHARED_PORTS, SHARED_SERVICE, serviceNamed } from '../gateways/service.ts';
import { isGatewayName } from '../policy/exchange.ts';
import { type Address, parseAddress } from '../process/address.ts';
import { usage } from '../process/flags.ts';
import type { Authorizer } from '../sidecar/authorizer.ts';
import { UNDERSCORE_CHOICES, type UnderscoreHeaders } from '../sidecar/underscores.ts';
import { type Arguments, choice, readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { DEFAULT_CA_FILE, plainEnvoyTls, wantsTls } from './envoy-config-tls.ts';

const SHARED_HOST = `${SHARED_SERVICE.name}.${SHARED_SERVICE.namespace}.svc.cluster.local`;

const HELP = `Usage: portcullis envoy-config --for envoy|istio|envoy-gateway [options]

Prints what to paste so that a gateway asks a shared validator before it lets a request through: YAML, with a comment
on where each piece goes. Everything fails closed after a second.

  --for KIND              envoy: filters and cluster of a static configuration; istio: extension provider,
                          AuthorizationPolicy and DestinationRule; envoy-gateway: SecurityPolicy, ClientTrafficPolicy
                          and BackendTLSPolicy
  --address ADDR          where the validator is asked: HOST:PORT, for envoy also unix:/path
                          (default ${SHARED_HOST}, port ${SHARED_PORTS.http} or ${SHARED_PORTS.grpc})
  --protocol http|grpc    (default http for envoy, grpc for the others; envoy-gateway knows grpc alone)
  --tls on|off            ask over TLS, and nobody who shows no certificate for that address
                          (default on, but for loopback addresses and Unix sockets)
  --ca FILE               envoy: where it finds the authorities of that certificate, as PEM
                          (default ${DEFAULT_CA_FILE})
  --port PORT             over HTTP: the port that bindings know (their \`ports\`); istio needs it over HTTP
  --gateway NAMESPACE/NAME  istio: a Gateway of the Gateway API (default: pods labelled istio=ingressgateway);
                          envoy-gateway: the Gateway (default default/eg)
  --underscore-headers Drop|Reject|Allow
                          envoy, envoy-gateway: what becomes of headers whose names hold an underscore (default Drop)
  --header NAME           istio over HTTP: a further request header that credentials or expressions need; may be
                          given more than once
  --help                  show this
`;

const KINDS = ['envoy', 'istio', 'envoy-gateway'] as const;
const COMMAND = 'envoy-config';
const OPTIONS = {
  for: undefined,
  address: undefined,
  protocol: undefined,
  tls: undefined,
  ca: undefined,
  port: undefined,
  gateway: undefined,
  header: undefined,
  'underscore-headers': undefined,
} as const;
type Line = Arguments<keyof typeof OPTIONS>;

export const envoyConfigCommand: Command = async (args, { out }) => {
  const line = readArguments(COMMAND, args, OPTIONS);
  if (line.help) {
    out(HELP);
    return 0;
  }
  const [stray] = line.positionals;
  if (stray !== undefined) throw usage(COMMAND, `${JSON.stringify(stray)} is not an option.`);
  out(render(piecesFor(line)));
  return 0;
};

function piecesFor(line: Line): readonly Piece[] {
  const wanted = line.one('for');
  if (wanted === undefined) throw usage(COMMAND, `--for is missing: ${KINDS.join(', ')}.`);
  const kind = choice(COMMAND, 'for', wanted, KINDS);
  switch (kind) {
    case 'envoy':
      return forEnvoy(line);
    case 'istio':
      return forIstio(line);
    case 'envoy-gateway':
      return forEnvoyGateway(line);
  }
}

function forEnvoy(line: Line): readonly Piece[] {
  refuse(line, 'gateway', 'envoy');
  refuse(line, 'header', 'envoy');
  const protocol = choice(COMMAND, 'protocol', line.one('protocol'), ['http', 'grpc']);
  if (protocol === 'grpc' && line.one('port') !== undefined) {
    throw usage(COMMAND, '--port goes with --protocol http: over gRPC, Envoy tells the port by itself.');
  }
  const address = readAddress(line, protocol);
  return plainEnvoyPieces({
    authorizer: authorizer(protocol, address),
    port: readPort(line),
    underscoreHeaders: readUnderscores(line),
    tls: plainEnvoyTls(COMMAND, line, address),
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

function forIstio(line: Line): readonly Piece[] {
  refuse(line, 'underscore-headers', 'istio, which leaves them to its own settings');
  refuse(line, 'ca', 'istio, which takes ConfigMap portcullis-ca');
  const protocol = choice(COMMAND, 'protocol', line.one('protocol'), ['grpc', 'http']);
  const { tls, ...service } = readService(line, protocol);
  const port = readPort(line);
  const gateway = readGateway(line);
  if (protocol === 'grpc') {
    refuse(line, 'port', 'istio over gRPC, which tells the port by itself');
    refuse(line, 'header', 'istio over gRPC, which sends all headers');
    return istioPieces({ service, tls, protocol: { kind: 'grpc' }, gateway });
  }
  if (port === undefined) {
    throw usage(COMMAND, '--port is missing: over HTTP, a client could state it where the gateway does not.');
  }
  return istioPieces({ service, tls, protocol: { kind: 'http', port, headers: readHeaders(line) }, gateway });
}

function forEnvoyGateway(line: Line): readonly Piece[] {
  refuse(line, 'port', 'envoy-gateway');
  refuse(line, 'ca', 'envoy-gateway, which takes ConfigMap portcullis-ca');
  refuse(line, 'header', 'envoy-gateway');
  if (choice(COMMAND, 'protocol', line.one('protocol'), ['grpc', 'http']) === 'http') {
    throw usage(
      COMMAND,
      '--protocol http is not for envoy-gateway: it would hand headers for the access log to clients.',
    );
  }
  const { name, namespace, address, port, tls } = readService(line, 'grpc');
  return envoyGatewayPieces({
    service: { name, namespace },
    tlsName: tls ? address : undefined,
    port,
    gateway: readGateway(line) ?? { namespace: 'default', name: 'eg' },
    underscoreHeaders: readUnderscores(line),
  });
}

const readUnderscores = (line: Line): UnderscoreHeaders =>
  choice(COMMAND, 'underscore-headers', line.one('underscore-headers'), UNDERSCORE_CHOICES);

function refuse(line: Line, option: keyof typeof OPTIONS, what: string): void {
  if (line.all(option).length > 0) throw usage(COMMAND, `--${option} is not for ${what}.`);
}

function readAddress(line: Line, protocol: 'http' | 'grpc'): Address {
  const text = line.one('address') ?? `${SHARED_HOST}:${SHARED_PORTS[protocol]}`;
  const parsed = parseAddress(text);
  if (parsed.kind === 'refused') throw usage(COMMAND, `--address ${parsed.problem}.`);
  if (parsed.address.kind === 'tcp' && parsed.address.port === 0) {
    throw usage(COMMAND, '--address has the port 0, at which nobody can be asked.');
  }
  return parsed.address;
}

function readService(line: Line, protocol: 'http' | 'grpc') {
  const address = readAddress(line, protocol);
  const service = address.kind === 'tcp' ? serviceNamed(address.host) : undefined;
  if (address.kind !== 'tcp' || service === undefined) {
    throw usage(COMMAND, '--address must name a Service here: NAME.NAMESPACE.svc.cluster.local:PORT.');
  }
  return { ...service, address: address.host, port: address.port, tls: wantsTls(COMMAND, line, address) };
}

const MAX_PORT = 65_535;

function readPort(line: Line): number | undefined {
  const text = line.one('port');
  if (text === undefined) return undefined;
  const port = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= MAX_PORT)) throw usage(COMMAND, `--port must be a port, not ${JSON.stringify(text)}.`);
  return port;
}

function readGateway(line: Line): NamespacedName | undefined {
  const text = line.one('gateway');
  if (text === undefined) return undefined;
  const [namespace = '', name = ''] = text.split('/');
  if (!isGatewayName(text)) {
    throw usage(COMMAND, `--gateway must be NAMESPACE/NAME, not ${JSON.stringify(text)}.`);
  }
  return { namespace, name };
}

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

/** One YAML stream: a document for each piece, below a comment. */
function render(pieces: readonly Piece[]): string {
  return pieces
    .map(({ heading, document }) => {
      const comment = heading.map((text) => `# ${text}\n`).join('');
      return `${comment}${stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })}`;
    })
    .join('---\n');
}
