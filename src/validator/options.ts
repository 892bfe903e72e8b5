/** The validator's command line. */

import type { BlockList } from 'node:net';
import { parseDuration } from '../base/durations.ts';
import { isGatewayName } from '../policy/exchange.ts';
import { type Address, isLoopback } from '../process/address.ts';
import { parseControlPlaneUrl } from '../process/control-plane-url.ts';
import { addressFlag, listFlag, readFlags } from '../process/flags.ts';
import { UsageError } from '../process/start-error.ts';
import { proxyBlocks } from './proxies.ts';
import type { TlsFiles } from './tls-pair.ts';

export interface ControlPlaneOptions {
  readonly kind: 'control-plane';
  readonly url: URL;
  /** namespace/name; undefined = what is meant for this pod. */
  readonly gateway: string | undefined;
  /** Seconds. */
  readonly policyMaxStale: number;
}

export interface ValidatorOptions {
  /** Where the policy comes from: a folder with manifests, or the control plane. */
  readonly feed: { readonly kind: 'manifests'; readonly folder: string } | ControlPlaneOptions;
  readonly http: Address;
  readonly grpc: Address;
  /** What both of these show, where they are host:port; undefined = plain text. */
  readonly tls: TlsFiles | undefined;
  /** Peers besides loopback that may ask about other requests than their own; see ToldForm. */
  readonly forwardAuthFrom: BlockList;
  readonly admin: Address;
  readonly probes: Address;
  readonly allowInsecureHttp: boolean;
  /** Absent = the default blocks. */
  readonly fetchDenyCidrs: readonly string[] | undefined;
}

export type ValidatorCommandLine =
  | { readonly kind: 'run'; readonly options: ValidatorOptions }
  | { readonly kind: 'help' | 'version' };

export const VALIDATOR_HELP = `Usage: portcullis validator (--manifests DIR | --control-plane URL) [options]

Answers Envoy's authorization checks by the manifests of a folder, or by what the control plane sends, and
follows their changes.

  --manifests DIR             AuthenticationSource, ApiBinding, Secret and ConfigMap as YAML files
  --control-plane URL         https://… of the operator
  --gateway NAMESPACE/NAME    with --control-plane: the routes of this Gateway, not this pod's bindings
  --policy-max-stale DURATION with --control-plane: do not enforce a policy that was confirmed longer ago
                              (default 24h)
  --http ADDR                 HTTP ext_authz              (default 127.0.0.1:9001)
  --grpc ADDR                 gRPC ext_authz              (default 127.0.0.1:9002)
  --tls-cert FILE             with --tls-key: --http and --grpc speak TLS where they are host:port; a PEM file with the
                              certificate and what lies between it and its authority, read again when it changes
  --tls-key FILE              its private key, PEM
  --forward-auth-from LIST    proxies that may ask at /forward-auth and /auth-request over --http, besides loopback and
                              Unix sockets: addresses and CIDR blocks, comma-separated
  --admin ADDR                what it tells people of this machine: /report /decisions /explain /policy, and
                              /healthz /readyz /metrics; a loopback address (default 127.0.0.1:9003)
  --probes ADDR               /healthz /readyz /startupz /metrics /probe/…  (default off)
  --allow-insecure-http       fetch keys over http:// too; with --manifests, as the next one
  --fetch-deny-cidrs LIST     never connect to these when fetching keys; comma-separated
                              (default: loopback, link-local, unspecified, multicast)
  --version                   show the version
  --help                      show this

ADDR is host:port, [ipv6]:port, unix:/path or off.
`;

const OPTIONS = {
  manifests: { type: 'string', multiple: true },
  'control-plane': { type: 'string' },
  gateway: { type: 'string' },
  'policy-max-stale': { type: 'string' },
  http: { type: 'string', default: '127.0.0.1:9001' },
  grpc: { type: 'string', default: '127.0.0.1:9002' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'forward-auth-from': { type: 'string' },
  admin: { type: 'string', default: '127.0.0.1:9003' },
  probes: { type: 'string', default: 'off' },
  'allow-insecure-http': { type: 'boolean', default: false },
  'fetch-deny-cidrs': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const;

/** Reads what follows `portcullis validator`. Throws a UsageError. */
export function readValidatorOptions(args: readonly string[]): ValidatorCommandLine {
  const values = readFlags('validator', args, OPTIONS);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const options: ValidatorOptions = {
    feed: readFeed(values),
    http: addressFlag('http', values.http),
    grpc: addressFlag('grpc', values.grpc),
    tls: readTls(values),
    forwardAuthFrom: readProxies(values),
    admin: addressFlag('admin', values.admin),
    probes: addressFlag('probes', values.probes),
    allowInsecureHttp: values['allow-insecure-http'],
    fetchDenyCidrs: listFlag(values['fetch-deny-cidrs']),
  };
  if (options.http.kind === 'off' && options.grpc.kind === 'off') {
    throw new UsageError('--http and --grpc are both off: nobody could ask.');
  }
  if (options.admin.kind === 'tcp' && !isLoopback(options.admin.host)) {
    throw new UsageError(
      '--admin is for this machine alone: give 127.0.0.1, [::1] or localhost; what others may see is at --probes.',
    );
  }
  if (values['forward-auth-from'] !== undefined && options.http.kind !== 'tcp') {
    throw new UsageError(
      '--forward-auth-from is for --http at host:port: whoever may open a Unix socket may ask there.',
    );
  }
  if (options.tls !== undefined && options.http.kind !== 'tcp' && options.grpc.kind !== 'tcp') {
    throw new UsageError('--tls-cert is for --http or --grpc at host:port: a Unix socket leaves no machine.');
  }
  return { kind: 'run', options };
}

function readFeed(values: ReturnType<typeof readFlags<typeof OPTIONS>>): ValidatorOptions['feed'] {
  const { manifests: folders = [], gateway, 'control-plane': controlPlane } = values;
  const maxStale = values['policy-max-stale'];
  if (folders.length > 1) {
    throw new UsageError(
      `--manifests is given ${folders.length} times: one folder is followed, put all manifests into it.`,
    );
  }
  const [manifests] = folders;
  if (controlPlane === undefined) {
    const [stray] =
      Object.entries({ gateway, 'policy-max-stale': maxStale }).find(([, value]) => value !== undefined) ??
      [];
    if (stray !== undefined) throw new UsageError(`--${stray} goes with --control-plane alone.`);
    if (manifests === undefined || manifests === '') {
      throw new UsageError(
        '--manifests DIR is missing: name the folder with your manifests, or a --control-plane URL.',
      );
    }
    return { kind: 'manifests', folder: manifests };
  }
  if (manifests !== undefined) {
    throw new UsageError('--manifests and --control-plane exclude each other: give one of them.');
  }
  const parsed = parseControlPlaneUrl(controlPlane);
  if (parsed.kind === 'refused') throw new UsageError(`--control-plane ${parsed.problem}.`);
  if (gateway !== undefined && !isGatewayName(gateway)) {
    throw new UsageError(`--gateway must be NAMESPACE/NAME, not ${JSON.stringify(gateway)}.`);
  }
  return { kind: 'control-plane', url: parsed.url, gateway, policyMaxStale: readMaxStale(maxStale ?? '24h') };
}

function readTls({
  'tls-cert': cert,
  'tls-key': key,
}: ReturnType<typeof readFlags<typeof OPTIONS>>): TlsFiles | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || cert === '' || key === undefined || key === '') {
    throw new UsageError('--tls-cert FILE and --tls-key FILE go together: give both.');
  }
  return { cert, key };
}

function readProxies({ 'forward-auth-from': text }: ReturnType<typeof readFlags<typeof OPTIONS>>): BlockList {
  const parsed = proxyBlocks(listFlag(text) ?? []);
  if (parsed.kind === 'refused') throw new UsageError(`--forward-auth-from: ${parsed.problem}`);
  return parsed.blocks;
}

function readMaxStale(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds === 0) {
    throw new UsageError(
      `--policy-max-stale must be a duration of more than 0s, such as 24h or 1h30m, not ${JSON.stringify(text)}.`,
    );
  }
  return seconds;
}
