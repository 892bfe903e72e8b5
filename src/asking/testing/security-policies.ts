/** SecurityPolicies as short as a test wants them, with what `envoy-config` prints. */

import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { ObjectChange } from '../../cluster/objects.ts';
import { change, raw } from '../../cluster/testing/objects.ts';
import { envoyGatewayPieces } from '../../gateways/envoy-gateway.ts';
import { SHARED_PORTS, SHARED_SERVICE } from '../../gateways/service.ts';
import { ENVOY_GATEWAY, GROUP } from './stage.ts';

const PRINTED = envoyGatewayPieces({
  service: SHARED_SERVICE,
  tlsName: undefined,
  port: SHARED_PORTS.grpc,
  gateway: { namespace: 'infra', name: 'public' },
  underscoreHeaders: 'Drop',
})[0]?.document as JsonObject;
const SPEC = PRINTED.spec as JsonObject;
export const EXT_AUTH = SPEC.extAuth as JsonObject;

export const ref = (kind: string, name: string, sectionName?: string): JsonObject => ({
  group: GROUP,
  kind,
  name,
  ...(sectionName !== undefined && { sectionName }),
});
export const GATEWAY = ref('Gateway', 'public');
export const WEB = ref('HTTPRoute', 'web');

export interface PolicyOptions {
  readonly created?: string;
  readonly ancestors?: JsonValue;
  readonly generation?: number;
}

export const ancestor = (
  accepted: string,
  more: JsonObject = {},
  ancestorRef: JsonObject = {},
): JsonObject => ({
  ancestorRef: { group: GROUP, kind: 'Gateway', namespace: 'infra', name: 'public', ...ancestorRef },
  controllerName: ENVOY_GATEWAY,
  conditions: [{ type: 'Accepted', status: accepted, observedGeneration: 1, message: 'said', ...more }],
});

/** Accepted at the Gateway, where nothing else is said. */
export function policy(id: string, spec: JsonObject, options: PolicyOptions = {}): ObjectChange {
  const { created = '2026-01-02T00:00:00Z', ancestors = [ancestor('True')], generation = 1 } = options;
  return change(
    'SecurityPolicy',
    id,
    raw(id, { spec, status: { ancestors } }, { creationTimestamp: created, generation }),
  );
}

export const ofGateway = (extAuth: JsonValue | undefined = EXT_AUTH, options?: PolicyOptions): ObjectChange =>
  policy('infra/portcullis', { targetRefs: [GATEWAY], ...(extAuth !== undefined && { extAuth }) }, options);
export const cors = { cors: { allowOrigins: ['https://a.example'] } };
export const backend = { group: '', kind: 'Service', ...SHARED_SERVICE, port: SHARED_PORTS.grpc };

/** Lets SecurityPolicies of one namespace choose HTTPRoutes of another. */
export const grant = (
  to: string,
  from: string,
  more: JsonObject = {},
  kind = 'SecurityPolicy',
): ObjectChange =>
  change(
    'ReferenceGrant',
    `${to}/grant`,
    raw(`${to}/grant`, {
      spec: {
        from: [{ group: 'gateway.envoyproxy.io', kind, namespace: from }],
        to: [{ group: GROUP, kind: 'HTTPRoute', ...more }],
      },
    }),
  );
