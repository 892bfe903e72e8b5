/** Envoy Gateway in the cluster. Its validators are told which route matched, so that bindings may share a host. */

import { isJsonObject, type JsonObject } from '../../../src/base/json.ts';
import { archiveEnvoyGateway, envoyGatewayChart } from '../../gateways/envoy-gateway/chart.ts';
import { importImages } from '../images.ts';
import { ours } from '../objects.ts';
import type { Product } from './edge.ts';
import { route } from './objects.ts';
import { bound, ORDERS, PETS, PUBLIC, SHOP, to } from './tenants.ts';

/** Of the controller, and of the proxies. */
export const SYSTEM = 'envoy-gateway-system';
const ENVOY = 'gateway.envoyproxy.io';
const PROXY = 'tests';

export const ENVOY_GATEWAY: Product = {
  page: 'envoy-gateway.md',
  // As the page calls it.
  gatewayClass: 'envoy',
  async install(world, shell, [install = '', ...commands]) {
    if (world.local) await importImages(archiveEnvoyGateway);
    await shell.must(install.replace(/oci:\S+ --version \S+/, await envoyGatewayChart()));
    await world.k.apply(envoyProxy(world.envoyImage));
    for (const command of commands) await shell.must(command);
  },
  /** A GatewayClass with such proxies. */
  adapt({ spec, ...object }) {
    const parametersRef = { group: ENVOY, kind: 'EnvoyProxy', name: PROXY, namespace: SYSTEM };
    const isClass = object.kind === 'GatewayClass';
    return { ...object, spec: { ...(isJsonObject(spec) && spec), ...(isClass && { parametersRef }) } };
  },
  async ask(_, shell, commands) {
    for (const command of commands) await shell.must(command);
  },
  more: sharedHosts(),
  async addressOf({ k }, { namespace, name }) {
    await k.wait('condition=Programmed', `gateway/${name}`, namespace);
    const address = 'jsonpath={.status.addresses[0].value}';
    return k.must(['get', 'gateway', name, '-n', namespace, '-o', address]);
  },
};

/** Proxies are of the image that there is, and have addresses within the cluster. */
const envoyProxy = (image: string): JsonObject => ({
  apiVersion: `${ENVOY}/v1alpha1`,
  kind: 'EnvoyProxy',
  metadata: { name: PROXY, namespace: SYSTEM },
  spec: {
    provider: {
      type: 'Kubernetes',
      kubernetes: {
        envoyService: { type: 'ClusterIP' },
        envoyDeployment: { container: { image, resources: { requests: { cpu: '10m', memory: '64Mi' } } } },
      },
    },
  },
});

/** Of the shop's host a part for each, and of one route a part with a binding of its own. */
function sharedHosts(): readonly JsonObject[] {
  const shop = { namespace: SHOP, gateway: PUBLIC };
  const part = { namespace: PETS, gateway: PUBLIC, name: 'part', host: ORDERS };
  return [
    route({ ...part, rules: [{ name: 'all', path: '/pets' }] }),
    bound(PETS, 'part', 'pets'),
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
    ofRule('open', { mode: 'Disabled' }),
    ofRule('closed', {}),
  ];
}

/** Of one rule of the route `rules`. */
function ofRule(sectionName: string, spec: JsonObject): JsonObject {
  return ours('ApiBinding', SHOP, sectionName, {
    targetRefs: [{ ...to('HTTPRoute', 'rules'), sectionName }],
    sources: [{ name: 'okta' }],
    ...spec,
  });
}
