/** Three tenants behind two Gateways: apps without guards of their own, routes, sources, and bindings of the routes. */

import { isJsonObject, type JsonObject, toJson } from '../../../src/base/json.ts';
import { DOCUMENTS } from '../../envoy/contract-cases.ts';
import { publicJwk } from '../../support/tokens.ts';
import { keys } from '../keyed.ts';
import { appDeployment, appService, ours, source } from '../objects.ts';
import { agentConfigMap, type World } from '../world.ts';
import { GATEWAY_API, type GatewayId, route } from './objects.ts';

/** Of everybody. */
export const PUBLIC: GatewayId = { namespace: 'edge', name: 'public' };
/** Of one tenant, with its validators in a namespace of its own. */
export const PRIVATE: GatewayId = { namespace: 'team-edge', name: 'private' };
/** Whose bindings are those of the contract's cases. */
export const SHOP = 'shop';
export const PETS = 'pets';
export const TEAM = 'team';
export const TENANTS = [SHOP, PETS, TEAM];

/** The issuer of the tenant `pets`, whose key is of another kind. */
export const PETS_ISSUER = 'https://pets.example';
export const ORDERS = 'orders.example';

/**
 * All but the route of `orders`, which is the page's own. Keys are new in each file of tests.
 *
 * @param example what the page has its reader guard in the namespace `shop`.
 */
export const tenants = (world: World, example: readonly JsonObject[]): readonly JsonObject[] => {
  const isPolicy = ({ kind }: JsonObject) => kind === 'NetworkPolicy';
  return [
    ...TENANTS.flatMap((name) => [
      namespace(name),
      agentConfigMap(name, world.agent),
      appService('api', name),
      appDeployment({ name: 'api', namespace: name, image: world.image }),
      ...example.filter(isPolicy).map((policy) => inNamespace(name, policy)),
    ]),
    ...example.filter((object) => !isPolicy(object)),
    ...ROUTES,
    ...guards(),
  ];
};

export const namespace = (name: string, labels: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

const inNamespace = (name: string, { metadata, ...object }: JsonObject): JsonObject => ({
  ...object,
  metadata: { ...(isJsonObject(metadata) && metadata), namespace: name },
});

const shop = { namespace: SHOP, gateway: PUBLIC };
const ROUTES: readonly JsonObject[] = [
  ...['down', 'dear', 'nobody'].map((name) => route({ ...shop, name, host: `${name}.example` })),
  route({ ...shop, name: 'calls', host: 'calls.example', kind: 'GRPCRoute', port: 81 }),
  route({ namespace: PETS, gateway: PUBLIC, name: 'pets', host: 'pets.example' }),
  route({ namespace: TEAM, gateway: PRIVATE, name: 'inside', host: 'inside.example' }),
];

/** A binding of the route of its name. */
export const bound = (space: string, name: string, sourceName: string, kind = 'HTTPRoute'): JsonObject =>
  ours('ApiBinding', space, name, { targetRefs: [to(kind, name)], sources: [{ name: sourceName }] });
export const to = (kind: string, name: string): JsonObject => ({ group: GATEWAY_API, kind, name });

const guards = (): readonly JsonObject[] => [
  ...DOCUMENTS.filter((document) => !JSON.stringify(document).includes('"broken"')).map(atRoute),
  bound(SHOP, 'calls', 'okta', 'GRPCRoute'),
  source(PETS, 'pets', {
    issuer: PETS_ISSUER,
    audiences: ['api'],
    keys: { jwks: { keys: [{ ...publicJwk('ES256') }] } },
  }),
  bound(PETS, 'pets', 'pets'),
  keys(TEAM),
  bound(TEAM, 'inside', 'keys'),
];

/** The same of the contract's cases, for the route of its name. */
function atRoute(document: object): JsonObject {
  const { metadata, spec, ...object } = toJson(document);
  const { name = '' } = isJsonObject(metadata) ? metadata : {};
  const targetRefs = [to('HTTPRoute', String(name))];
  return {
    ...object,
    metadata: { name, namespace: SHOP },
    spec: { ...(isJsonObject(spec) && spec), ...(object.kind === 'ApiBinding' && { targetRefs }) },
  };
}
