/** What Istio and Envoy Gateway themselves say about their kinds, from their Go modules; fetched once. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { filesOfGoModule } from '../../tools/go.ts';
import { ENVOY_GATEWAY } from '../gateways/programs.ts';

const ISTIO = { module: 'istio.io/api', version: 'v1.31.4' } as const;
const ISTIO_CRDS = 'kubernetes/customresourcedefinitions.gen.yaml';
const MESH_CONFIG = 'mesh/v1alpha1/config.proto';

const CRDS = 'charts/gateway-helm/charts/crds/crds';
const ENVOY_GATEWAY_CRDS = [
  `${CRDS}/generated/gateway.envoyproxy.io_securitypolicies.yaml`,
  `${CRDS}/generated/gateway.envoyproxy.io_clienttrafficpolicies.yaml`,
  `${CRDS}/gatewayapi-crds.yaml`,
];

const istio = (): Promise<string> => filesOfGoModule(ISTIO, [ISTIO_CRDS, MESH_CONFIG]);

const PRINTED_KINDS = [
  ...['AuthorizationPolicy', 'DestinationRule', 'SecurityPolicy', 'ClientTrafficPolicy'],
  ...['BackendTLSPolicy', 'ReferenceGrant', 'HTTPRoute'],
];

/** Definitions as kubectl reads them; absent: of all kinds that `portcullis envoy-config` prints. */
export const gatewayCrds = (kinds: readonly string[] = PRINTED_KINDS): Promise<string> =>
  definitions(({ names }) => kinds.includes(names.kind));

/** The whole Gateway API, and nothing of those who serve it. */
export const gatewayApiCrds = (): Promise<string> =>
  definitions(({ group }) => group === 'gateway.networking.k8s.io');

interface Definition {
  readonly group: string;
  readonly names: { readonly kind: string };
}

async function definitions(isWanted: (spec: Definition) => boolean): Promise<string> {
  const [ofIstio, ofEnvoyGateway] = await Promise.all([
    istio(),
    filesOfGoModule(ENVOY_GATEWAY, ENVOY_GATEWAY_CRDS),
  ]);
  const files = [
    path.join(ofIstio, ISTIO_CRDS),
    ...ENVOY_GATEWAY_CRDS.map((file) => path.join(ofEnvoyGateway, file)),
  ];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return texts
    .flatMap((text) => parseAllDocuments(text))
    .filter((document) => {
      const { spec } = document.toJS() ?? {};
      return spec?.names !== undefined && isWanted(spec);
    })
    .map(String)
    .join('---\n');
}

/** The protobuf of Istio's MeshConfig, which is no kind of Kubernetes. */
export async function meshConfigProto(): Promise<string> {
  return readFile(path.join(await istio(), MESH_CONFIG), 'utf8');
}
