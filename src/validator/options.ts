/** The validator's command line. */

import { parseArgs } from 'node:util';
import { type Address, parseAddress } from './address.ts';
import { UsageError } from './start-error.ts';

export interface ValidatorOptions {
  /** The folder with the manifests. */
  readonly manifests: string;
  readonly http: Address;
  readonly grpc: Address;
  readonly admin: Address;
  readonly probes: Address;
  readonly allowInsecureHttp: boolean;
  /** Absent = the default blocks. */
  readonly fetchDenyCidrs: readonly string[] | undefined;
}

export type CommandLine =
  | { readonly kind: 'run'; readonly options: ValidatorOptions }
  | { readonly kind: 'help' | 'version' };

export const VALIDATOR_HELP = `Usage: portcullis validator --manifests DIR [options]

Answers Envoy's authorization checks by the manifests of a folder, and follows their changes.

  --manifests DIR             AuthenticationSource, ApiBinding, Secret and ConfigMap as YAML files
  --http ADDR                 HTTP ext_authz              (default 127.0.0.1:9001)
  --grpc ADDR                 gRPC ext_authz              (default 127.0.0.1:9002)
  --admin ADDR                /healthz /readyz /metrics /policy             (default 127.0.0.1:9003)
  --probes ADDR               /healthz /readyz /startupz /metrics           (default off)
  --allow-insecure-http       fetch keys over http:// too
  --fetch-deny-cidrs LIST     never connect to these when fetching keys; comma-separated
                              (default: loopback, link-local, unspecified, multicast)
  --version                   show the version
  --help                      show this

ADDR is host:port, [ipv6]:port, unix:/path or off.
`;

const OPTIONS = {
  manifests: { type: 'string' },
  http: { type: 'string', default: '127.0.0.1:9001' },
  grpc: { type: 'string', default: '127.0.0.1:9002' },
  admin: { type: 'string', default: '127.0.0.1:9003' },
  probes: { type: 'string', default: 'off' },
  'allow-insecure-http': { type: 'boolean', default: false },
  'fetch-deny-cidrs': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const;

/** Reads what follows `portcullis validator`. Throws a UsageError. */
export function readOptions(args: readonly string[]): CommandLine {
  const values = parse(args);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const { manifests } = values;
  if (manifests === undefined || manifests === '') {
    throw new UsageError('--manifests DIR is missing: name the folder with your manifests.');
  }
  const options: ValidatorOptions = {
    manifests,
    http: address('http', values.http),
    grpc: address('grpc', values.grpc),
    admin: address('admin', values.admin),
    probes: address('probes', values.probes),
    allowInsecureHttp: values['allow-insecure-http'],
    fetchDenyCidrs: list(values['fetch-deny-cidrs']),
  };
  if (options.http.kind === 'off' && options.grpc.kind === 'off') {
    throw new UsageError('--http and --grpc are both off: nobody could ask.');
  }
  return { kind: 'run', options };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(`${firstSentence(error)} See portcullis validator --help.`);
  }
}

/** The library goes on with advice about positional arguments, of which there are none. */
function firstSentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [first = ''] = text.split(/\n|\. /, 1);
  return first.endsWith('.') ? first : `${first}.`;
}

function address(flag: string, text: string): Address {
  const parsed = parseAddress(text);
  if (parsed.kind === 'refused') throw new UsageError(`--${flag} ${parsed.problem}.`);
  return parsed.address;
}

function list(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
