/** `portcullis envoy-config`: what to paste so that a gateway asks a shared validator. */

import { stringify } from 'yaml';
import type { Piece } from '../../gateways/piece.ts';
import { SHARED_PORTS } from '../../gateways/service.ts';
import { usage } from '../../process/flags.ts';
import { choice, readArguments } from '../arguments.ts';
import type { Command, CommandSurroundings } from '../command.ts';
import { loadManifests } from '../policy.ts';
import { forEnvoy, forEnvoyGateway, forIstio } from './envoys.ts';
import { COMMAND, type Line, OPTIONS, SHARED_HOST } from './line.ts';
import { type Bindings, forCaddy, forGatewayApi, forNginx, forTraefik } from './proxies.ts';
import { DEFAULT_CA_FILE } from './tls.ts';

const KINDS = ['envoy', 'istio', 'envoy-gateway', 'gateway-api', 'nginx', 'traefik', 'caddy'] as const;

const HELP = `Usage: portcullis envoy-config --for ${KINDS.join('|')} [options]

Prints what to paste so that a gateway asks a shared validator before it lets a request through, with a comment on where
each piece goes. Everything fails closed.

  --for KIND              envoy: filters and cluster of a static configuration; istio: extension provider,
                          AuthorizationPolicy and DestinationRule; envoy-gateway: SecurityPolicy, ClientTrafficPolicy
                          and BackendTLSPolicy; gateway-api: the filter ExternalAuth of an HTTPRoute (GEP-1494);
                          nginx: parts of nginx.conf; traefik: Middlewares; caddy: parts of a Caddyfile
  -f PATH                 gateway-api, nginx, traefik, caddy: the bindings, whose forwarded headers have to be named; a
                          file, a folder or - for standard input (default: those of a binding that names none)
  --address ADDR          where the validator is asked: HOST:PORT, for envoy, nginx and caddy also unix:/path
                          (default ${SHARED_HOST}, port ${SHARED_PORTS.http} or ${SHARED_PORTS.grpc})
  --protocol http|grpc    (default grpc for istio, envoy-gateway and gateway-api, http for the others; envoy-gateway knows
                          grpc alone; nginx, traefik and caddy http)
  --tls on|off            ask over TLS, and nobody who shows no certificate for that address
                          (default on, but for loopback addresses and Unix sockets)
  --ca FILE               envoy, nginx, caddy: where it finds the authorities of that certificate, as PEM
                          (default ${DEFAULT_CA_FILE})
  --port PORT             over HTTP: the port that bindings know (their \`ports\`); istio needs it over HTTP
  --gateway NAMESPACE/NAME  istio: a Gateway of the Gateway API (default: pods labelled istio=ingressgateway);
                          envoy-gateway: the Gateway (default default/eg)
  --underscore-headers Drop|Reject|Allow
                          envoy, envoy-gateway: what becomes of headers whose names hold an underscore (default Drop)
  --header NAME           istio over HTTP: a further request header that credentials or expressions need; may be
                          given more than once
  --help                  show this

Exit code: 0 printed, 1 a manifest of -f has errors, 2 wrong usage.
`;

const HAS_ERRORS = 1;

export const envoyConfigCommand: Command = async (args, surroundings) => {
  const line = readArguments(COMMAND, args, OPTIONS);
  if (line.help) {
    surroundings.out(HELP);
    return 0;
  }
  const [stray] = line.positionals;
  if (stray !== undefined) throw usage(COMMAND, `${JSON.stringify(stray)} is not an option.`);
  const read = await readBindings(line, surroundings);
  if (read === 'broken') return HAS_ERRORS;
  surroundings.out(render(piecesFor(line, read.bindings)));
  return 0;
};

/** Manifests with errors have no certain list of headers, and one that is left out would be the client's. */
async function readBindings(
  line: Line,
  { stdin, err }: CommandSurroundings,
): Promise<'broken' | { readonly bindings: Bindings }> {
  const paths = line.all('file');
  if (paths.length === 0) return { bindings: undefined };
  const { resources, refused, problems, isUnreadable } = await loadManifests(paths, stdin);
  const bindings = resources.bindings.map(({ object }) => object);
  const isBroken = isUnreadable || refused.length > 0;
  if (!isBroken && bindings.length > 0) return { bindings };
  for (const problem of problems) err(`${problem}\n`);
  const why = isBroken
    ? 'a manifest has errors: mend it first'
    : `there is no ApiBinding in ${paths.join(', ')}`;
  err(`portcullis: nothing is printed, for ${why}. See portcullis lint.\n`);
  return 'broken';
}

function piecesFor(line: Line, bindings: Bindings): readonly Piece[] {
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
    case 'gateway-api':
      return forGatewayApi(line, bindings);
    case 'nginx':
      return forNginx(line, bindings);
    case 'traefik':
      return forTraefik(line, bindings);
    case 'caddy':
      return forCaddy(line, bindings);
  }
}

/** A document or a part for each piece, below a comment; `---`, in the language of the gateway, stands between them. */
function render(pieces: readonly Piece[]): string {
  const [first] = pieces;
  const separator = first !== undefined && isLines(first.document) ? '# ---\n' : '---\n';
  return pieces
    .map(({ heading, document }) => {
      const comment = heading.map((text) => `# ${text}\n`).join('');
      return `${comment}${isLines(document) ? `${document.join('\n')}\n` : yaml(document)}`;
    })
    .join(separator);
}

const isLines = (document: Piece['document']): document is readonly string[] => Array.isArray(document);

const yaml = (document: object): string =>
  stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
