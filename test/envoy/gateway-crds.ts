/** What Istio and Envoy Gateway themselves say about their kinds, from their Go modules; fetched once. */

import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { cached } from '../../tools/cache.ts';
import { findGo } from '../../tools/go.ts';
import { mustRun } from '../../tools/run.ts';

interface Module {
  readonly name: string;
  readonly version: string;
  /** The files that are kept, by their paths in the module. */
  readonly files: readonly string[];
}

const ISTIO = {
  name: 'istio.io/api',
  version: 'v1.31.4',
  files: ['kubernetes/customresourcedefinitions.gen.yaml', 'mesh/v1alpha1/config.proto'],
} as const satisfies Module;

const CRDS = 'charts/gateway-helm/charts/crds/crds';
const ENVOY_GATEWAY = {
  name: 'github.com/envoyproxy/gateway',
  version: 'v1.9.1',
  files: [
    `${CRDS}/generated/gateway.envoyproxy.io_securitypolicies.yaml`,
    `${CRDS}/generated/gateway.envoyproxy.io_clienttrafficpolicies.yaml`,
    `${CRDS}/gatewayapi-crds.yaml`,
  ],
} as const satisfies Module;

/** Go itself holds what it downloads to the public checksum database. */
function fetched({ name, version, files }: Module): Promise<string> {
  return cached(`${path.basename(name)}-${name.split('/')[0]}-${version}`, async (place) => {
    const modules = path.join(place, 'modules');
    const env = { GOMODCACHE: modules, GOFLAGS: '-modcacherw' };
    const said = await mustRun(await findGo(), ['mod', 'download', '-json', `${name}@${version}`], { env });
    const { Dir: folder } = JSON.parse(said) as { readonly Dir: string };
    for (const file of files) {
      await mkdir(path.dirname(path.join(place, file)), { recursive: true });
      await cp(path.join(folder, file), path.join(place, file));
    }
    await rm(modules, { recursive: true });
  });
}

const KINDS = [
  ...['AuthorizationPolicy', 'DestinationRule', 'SecurityPolicy', 'ClientTrafficPolicy'],
  ...['BackendTLSPolicy', 'ReferenceGrant'],
];

/** The definitions of all kinds that `portcullis envoy-config` prints, as kubectl reads them. */
export async function gatewayCrds(): Promise<string> {
  const [istio, envoyGateway] = await Promise.all([fetched(ISTIO), fetched(ENVOY_GATEWAY)]);
  const [istioCrds] = ISTIO.files;
  const files = [
    path.join(istio, istioCrds),
    ...ENVOY_GATEWAY.files.map((file) => path.join(envoyGateway, file)),
  ];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return texts
    .flatMap((text) => parseAllDocuments(text))
    .filter((document) => KINDS.includes(String(document.getIn(['spec', 'names', 'kind']))))
    .map(String)
    .join('---\n');
}

/** The protobuf of Istio's MeshConfig, which is no kind of Kubernetes. */
export async function meshConfigProto(): Promise<string> {
  const [, proto] = ISTIO.files;
  return readFile(path.join(await fetched(ISTIO), proto), 'utf8');
}
