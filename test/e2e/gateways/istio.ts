/** Istio in the cluster: istiod by its chart, and proxies of pilot-agent with our Envoy. */

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { isJsonObject, type JsonObject } from '../../../src/base/json.ts';
import { objectsAt } from '../../../src/base/members.ts';
import { gatewayApiCrds } from '../../envoy/gateway-crds.ts';
import { archiveIstiod, archiveIstioProxy, ISTIOD_VALUES, istioChart } from '../../gateways/istio/images.ts';
import { temporaryFolder } from '../../support/server.ts';
import { importImages } from '../images.ts';
import type { Product } from './edge.ts';
import type { GatewayId } from './objects.ts';

export const SYSTEM = 'istio-system';

/** As istiod calls what it makes for a Gateway. */
export const deploymentOf = ({ name }: GatewayId): string => `${name}-istio`;

export const ISTIO: Product = {
  page: 'istio.md',
  gatewayClass: 'istio',
  async install({ k }, shell, [base = '', istiod = '', ...commands]) {
    await importImages(archiveIstiod, archiveIstioProxy);
    await k.must(['apply', '--server-side', '-f', '-'], await gatewayApiCrds());
    await shell.must(await withOurChart(base));
    await withFile('values.yaml', stringify(ISTIOD_VALUES), async (file) => {
      await shell.must(`${await withOurChart(istiod)} --values ${file}`);
    });
    for (const command of commands) await shell.must(command);
  },
  /** A Gateway with an address within the cluster. */
  adapt({ metadata, ...object }) {
    const annotations = { 'networking.istio.io/service-type': 'ClusterIP' };
    const isGateway = object.kind === 'Gateway';
    return {
      ...object,
      metadata: { ...(isJsonObject(metadata) && metadata), ...(isGateway && { annotations }) },
    };
  },
  async ask({ k }, shell, [print = '', upgrade = '', apply = '']) {
    const text = await shell.must(print.replace(/ > istio.yaml$/, ''));
    const [mesh, ...objects] = parseAllDocuments(text).map((document): JsonObject => document.toJS());
    const told = await k.must(['get', 'configmap', 'istio', '-n', SYSTEM, '-o', 'jsonpath={.data.mesh}']);
    const added = objectsAt(mesh?.extensionProviders);
    // A list that is there already gets one more item.
    const kept = objectsAt(parse(told).extensionProviders).filter(
      ({ name }) => !added.some((provider) => provider.name === name),
    );
    const extensionProviders = [...kept, ...added];
    await withFile('mesh.yaml', stringify({ meshConfig: { extensionProviders } }), async (file) => {
      await shell.must((await withOurChart(upgrade)).replace('mesh.yaml', file));
    });
    await withFile('istio.yaml', objects.map((object) => stringify(object)).join('---\n'), async (file) => {
      await shell.must(apply.replace('istio.yaml', file));
    });
  },
  more: [],
  async addressOf({ k }, id) {
    await k.wait('condition=Programmed', `gateway/${id.name}`, id.namespace);
    await k.wait('condition=Available', `deployment/${deploymentOf(id)}`, id.namespace);
    const address = 'jsonpath={.spec.clusterIP}';
    return k.must(['get', 'service', deploymentOf(id), '-n', id.namespace, '-o', address]);
  },
};

/** A command of the page, with a folder in place of what it downloads. */
async function withOurChart(command: string): Promise<string> {
  const [download = '', name] = /(base|istiod) --repo \S+/.exec(command) ?? [];
  if (name !== 'base' && name !== 'istiod') throw new Error(`no chart of Istio in ${command}`);
  return command.replace(download, await istioChart(name));
}

async function withFile(name: string, text: string, use: (file: string) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder('istio');
  const file = path.join(folder.path, name);
  await writeFile(file, text);
  await use(file);
  await folder.remove();
}
