/** Istio as tests put it in front of validators: istiod over a real API server, and an Envoy that it configures. */

import { stringify } from 'yaml';
import { type ApiServer, kubectlOf, startApiServer } from '../../apiserver/harness.ts';
import { gatewayCrds } from '../../envoy/gateway-crds.ts';
import { printed } from '../../envoy/gateway-stage.ts';
import type { Envoy } from '../../envoy/harness.ts';
import { freePorts } from '../../support/server.ts';
import type { GatewayParts } from '../gateway.ts';
import { ISTIO_NAMESPACE, type Istiod, startIstiod } from './istiod.ts';
import {
  authorities,
  DEPLOYED,
  DEPLOYED_LABELS,
  GATEWAY,
  gateway,
  meshConfig,
  namespaces,
  neighbours,
  route,
  VALIDATORS,
} from './objects.ts';
import { startProxy } from './proxy.ts';

export interface IstioOptions {
  /** Of `portcullis envoy-config --for istio`. */
  readonly flags: readonly string[];
  /** PEM of what has signed the validators' certificate: what the operator would keep in the ConfigMap portcullis-ca. */
  readonly authority?: string;
}

export interface IstioGateway {
  readonly port: number;
  readonly server: ApiServer;
  readonly istiod: Istiod;
  readonly proxy: Envoy;
  /** Puts these into the cluster, in place of those of the same names. */
  apply(...objects: readonly object[]): Promise<unknown>;
  stop(): Promise<void>;
}

/** What Istio reads here. */
const KINDS = [
  ...['AuthorizationPolicy', 'DestinationRule', 'ServiceEntry', 'VirtualService', 'Sidecar', 'EnvoyFilter'],
  ...['GatewayClass', 'Gateway', 'HTTPRoute', 'ReferenceGrant'],
];

/** Everything that is there before istiod is, so that the proxy has it all from the first moment. */
export async function startIstio(parts: GatewayParts, options: IstioOptions): Promise<IstioGateway> {
  const ends: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const server = await startApiServer();
    ends.push(() => server.stop());
    const [port = 0] = await freePorts(1);
    await applyAll(server, port, parts, options);
    const istiod = await startIstiod(server);
    ends.push(() => istiod.stop());
    const proxy = await startProxy({
      server,
      istiod,
      namespace: GATEWAY.namespace,
      serviceAccount: DEPLOYED,
      labels: DEPLOYED_LABELS,
    });
    ends.push(() => proxy.stop());
    return { port, server, istiod, proxy, apply: (...objects) => apply(server, objects), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function applyAll(
  server: ApiServer,
  port: number,
  parts: GatewayParts,
  { flags, authority }: IstioOptions,
): Promise<void> {
  const kubectl = kubectlOf(server);
  const crds = await gatewayCrds(KINDS);
  await kubectl(['apply', '--server-side', '-f', '-'], crds);
  await kubectl(['wait', '--for=condition=Established', '--timeout=60s', '-f', '-'], crds);
  const of = `${GATEWAY.namespace}/${GATEWAY.name}`;
  const [mesh, ...objects] = (await printed('istio', '--gateway', of, ...flags)) as readonly object[];
  if (mesh === undefined) throw new Error('envoy-config printed nothing');
  const documents = [
    ...namespaces(ISTIO_NAMESPACE, VALIDATORS.namespace, GATEWAY.namespace, 'shop'),
    meshConfig(mesh),
    ...gateway(port),
    route(parts.hosts),
    ...neighbours(parts),
    ...(authority === undefined ? [] : [authorities(authority)]),
    ...objects,
  ];
  await apply(server, documents);
}

const apply = (server: ApiServer, objects: readonly object[]): Promise<string> =>
  kubectlOf(server)(
    ['apply', '--server-side', '--force-conflicts', '-f', '-'],
    objects.map((object) => stringify(object)).join('---\n'),
  );
