/** Gateways of Envoy Gateway with validators of ours in front of three tenants, for all tests of a file. */

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject, type JsonObject, toJson } from '../../../src/base/json.ts';
import { objectsAt } from '../../../src/base/members.ts';
import { type Authority, createAuthority } from '../../../src/issuers/testing/certificates.ts';
import { DOCUMENTS } from '../../envoy/contract-cases.ts';
import { commandsOf, manifestsOf, sectionOf } from '../../newcomer/readme.ts';
import { temporaryFolder } from '../../support/server.ts';
import { publicJwk } from '../../support/tokens.ts';
import { keys } from '../keyed.ts';
import { appDeployment, appService, ours, source } from '../objects.ts';
import { reader, readPage } from '../pages.ts';
import { agentConfigMap, type World } from '../world.ts';
import {
  addressOf,
  type GatewayId,
  gateway,
  provideEnvoyGateway,
  route,
  withProxy,
} from './envoy-gateway.ts';

/** Of everybody. */
export const PUBLIC: GatewayId = { namespace: 'edge', name: 'public' };
/** Of one tenant, with its validators in a namespace of its own. */
export const PRIVATE: GatewayId = { namespace: 'team-edge', name: 'private' };
/** Whose bindings are those of the contract's cases. */
export const SHOP = 'shop';
export const PETS = 'pets';
export const TEAM = 'team';

/** The issuer of the tenant `pets`, whose key is of another kind. */
export const PETS_ISSUER = 'https://pets.example';

export interface Edge {
  /** IP addresses. */
  readonly public: string;
  readonly private: string;
  /** Signs what the public Gateway shows for orders.example. */
  readonly authority: Authority;
  /** Has the public Gateway ask, as the page says. */
  ask(): Promise<void>;
}

const page = readPage('gateways/envoy-gateway.md');
const section = (heading: string): string => sectionOf(page, heading);
const INSTALL = section('## Install');
const ANOTHER = section('## Another Gateway');
const valuesIn = (text: string): readonly JsonObject[] =>
  manifestsOf(text).flatMap((document) => objectsAt(document.gateways));

const [install = '', namespaceOf = '', upgrade = '', ...ASK] = commandsOf(INSTALL);

/** The chart's values for the validators of both, as the page has them. */
export const GATEWAYS: JsonObject = { gateways: [...valuesIn(INSTALL), ...valuesIn(ANOTHER)] };

/** As a reader of docs/gateways/envoy-gateway.md makes it, unless another file of tests has; tenants, in any case. */
export async function openEdge(world: World): Promise<Edge> {
  const { k } = world;
  const authority = await createAuthority('edge');
  if ((await k.try(['get', 'namespace', PUBLIC.namespace])).code !== 0) await follow(world);
  await k.apply(...tenants(world), await certificate(authority, ORDERS));
  for (const name of [SHOP, PETS, TEAM]) await k.wait('condition=Available', 'deployment/api', name);
  await k.wait('condition=Programmed', 'apibinding/orders', SHOP);
  const shell = await reader(world);
  return {
    public: await addressOf(world, PUBLIC),
    private: await addressOf(world, PRIVATE),
    authority,
    async ask() {
      for (const command of ASK) await shell.must(command);
    },
  };
}

async function follow(world: World): Promise<void> {
  const { k } = world;
  const shell = await reader(world);
  await provideEnvoyGateway(world, async (chart) => {
    await shell.must(install.replace(/oci:\S+ --version \S+/, chart));
  });
  await shell.must(namespaceOf);
  // The operator publishes there what validators know it by.
  await k.apply(namespace(PRIVATE.namespace, { 'portcullis.dev/injection': 'enabled' }));
  await k.apply(
    ...manifestsOf(INSTALL)
      .filter(({ kind }) => kind !== undefined)
      .map(withProxy),
    gateway(PRIVATE),
  );
  const folder = await temporaryFolder('values');
  const file = path.join(folder.path, 'gateways.yaml');
  await writeFile(file, JSON.stringify(GATEWAYS));
  await shell.must(upgrade.replace('gateways.yaml', file));
  await folder.remove();
  for (const command of [...ASK, ...commandsOf(ANOTHER)]) await shell.must(command);
}

const namespace = (name: string, labels: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

/** Apps, routes, sources and bindings. Keys are new in each file of tests. */
const tenants = (world: World): readonly JsonObject[] => [
  ...[SHOP, PETS, TEAM].flatMap((name) => [namespace(name), ...app(world, name)]),
  ...EXAMPLE.filter(({ kind }) => kind !== 'NetworkPolicy'),
  ...ROUTES,
  ...guards(),
];

/** Without guards of its own, and for the Gateways' proxies alone. */
const app = ({ agent, image }: World, name: string): readonly JsonObject[] => [
  agentConfigMap(name, agent),
  appService('api', name),
  appDeployment({ name: 'api', namespace: name, image }),
  ...EXAMPLE.filter(({ kind }) => kind === 'NetworkPolicy').map((policy) => inNamespace(name, policy)),
];

/** What the page has its reader guard. */
const EXAMPLE = manifestsOf(section('## Guard a route'));
const inNamespace = (name: string, { metadata, ...object }: JsonObject): JsonObject => ({
  ...object,
  metadata: { ...(isJsonObject(metadata) && metadata), namespace: name },
});

const shop = { namespace: SHOP, gateway: PUBLIC };
const ORDERS = 'orders.example';
/** Besides that of the page. */
const ROUTES: readonly JsonObject[] = [
  ...['down', 'dear', 'nobody'].map((name) => route({ ...shop, name, host: `${name}.example` })),
  route({ ...shop, name: 'calls', host: 'calls.example', kind: 'GRPCRoute', port: 81 }),
  route({ namespace: PETS, gateway: PUBLIC, name: 'pets', host: 'pets.example' }),
  // Of the shop's host, a part for each.
  route({
    namespace: PETS,
    gateway: PUBLIC,
    name: 'part',
    host: ORDERS,
    rules: [{ name: 'all', path: '/pets' }],
  }),
  route({ ...shop, name: 'unbound', host: ORDERS, rules: [{ name: 'all', path: '/unbound' }] }),
  route({
    ...shop,
    name: 'rules',
    host: 'rules.example',
    rules: [
      { name: 'open', path: '/open' },
      { name: 'closed', path: '/closed' },
    ],
  }),
  route({ namespace: TEAM, gateway: PRIVATE, name: 'inside', host: 'inside.example' }),
];

/** A binding of the route of its name. */
const bound = (space: string, name: string, sourceName: string, kind = 'HTTPRoute'): JsonObject =>
  ours('ApiBinding', space, name, { targetRefs: [to(kind, name)], sources: [{ name: sourceName }] });
const to = (kind: string, name: string): JsonObject => ({ group: 'gateway.networking.k8s.io', kind, name });
/** Of one rule of the route `rules`. */
const ofRule = (sectionName: string, spec: JsonObject): JsonObject =>
  ours('ApiBinding', SHOP, sectionName, {
    targetRefs: [{ ...to('HTTPRoute', 'rules'), sectionName }],
    sources: [{ name: 'okta' }],
    ...spec,
  });

/** Sources and bindings. Keys are new in each file of tests. */
const guards = (): readonly JsonObject[] => [
  ...DOCUMENTS.filter((document) => !JSON.stringify(document).includes('"broken"')).map(atRoute),
  bound(SHOP, 'calls', 'okta', 'GRPCRoute'),
  ofRule('open', { mode: 'Disabled' }),
  ofRule('closed', {}),
  source(PETS, 'pets', {
    issuer: PETS_ISSUER,
    audiences: ['api'],
    keys: { jwks: { keys: [{ ...publicJwk('ES256') }] } },
  }),
  bound(PETS, 'pets', 'pets'),
  bound(PETS, 'part', 'pets'),
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

async function certificate(authority: Authority, name: string): Promise<JsonObject> {
  const { cert, key } = await authority.issue([name]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'edge-tls', namespace: PUBLIC.namespace },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': cert, 'tls.key': key },
  };
}
