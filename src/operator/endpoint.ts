/** Where validators find the leader: a Service without selector, whose only endpoint the leader writes. */

import { isIPv6 } from 'node:net';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { type Outcome, ok } from '../kubernetes/errors.ts';
import type { Resource } from '../kubernetes/resource.ts';

const ENDPOINT_SLICES: Resource = {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
};

export interface LeaderEndpoint {
  /** The control plane's own. */
  readonly namespace: string;
  /** Of the policy Service; the slice has the same name. */
  readonly service: string;
  /** Of this pod. */
  readonly address: string;
  readonly port: number;
}

/** Sends everybody here, whoever was there before. */
export async function publishEndpoint(
  client: Pick<KubernetesClient, 'apply'>,
  { namespace, service, address, port }: LeaderEndpoint,
): Promise<Outcome<undefined>> {
  const answer = await client.apply(ENDPOINT_SLICES, {
    metadata: {
      ...{ namespace, name: service },
      labels: {
        'kubernetes.io/service-name': service,
        'endpointslice.kubernetes.io/managed-by': 'portcullis.dev',
        'app.kubernetes.io/managed-by': 'portcullis',
      },
    },
    addressType: isIPv6(address) ? 'IPv6' : 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'policy', port, protocol: 'TCP' }],
  });
  return answer.kind === 'ok' ? ok(undefined) : answer;
}
