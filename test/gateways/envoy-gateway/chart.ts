/** Envoy Gateway's own chart and image, where no registry can be had: made of its Go module, as its makers do. */

import { chmod, copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { cached } from '../../../tools/cache.ts';
import { filesOfGoModule } from '../../../tools/go.ts';
import { archiveImage } from '../../cluster/images.ts';
import { ENVOY_GATEWAY, envoyGatewayProgram } from '../programs.ts';

const { version } = ENVOY_GATEWAY;
/** As the chart asks for it. */
const IMAGE = `docker.io/envoyproxy/gateway:${version}`;
/** What stands for them in the chart's values. */
const SETTINGS: Readonly<Record<string, string>> = {
  GatewayImage: IMAGE,
  GatewayImagePullPolicy: 'IfNotPresent',
};

/** @returns the archive, in `folder`, which is new. */
export async function archiveEnvoyGateway(folder: string): Promise<string> {
  const root = path.join(folder, 'root');
  const place = path.join(root, 'usr/local/bin/envoy-gateway');
  await mkdir(path.dirname(place), { recursive: true });
  await copyFile(await envoyGatewayProgram(), place);
  await chmod(place, 0o755);
  return archiveImage(folder, { name: IMAGE, root, entrypoint: ['/usr/local/bin/envoy-gateway'] });
}

/** The folder of the chart, with what its makers fill in for a release. */
export function envoyGatewayChart(): Promise<string> {
  return cached(`envoy-gateway-chart-${version}`, async (place) => {
    const chart = 'charts/gateway-helm';
    await cp(path.join(await filesOfGoModule(ENVOY_GATEWAY, [chart]), chart), place, { recursive: true });
    const values = await readFile(path.join(place, 'values.tmpl.yaml'), 'utf8');
    const filled = values.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => SETTINGS[name] ?? '');
    await writeFile(path.join(place, 'values.yaml'), filled);
    const file = path.join(place, 'Chart.yaml');
    const facts = parse(await readFile(file, 'utf8'));
    await writeFile(file, stringify({ ...facts, version, appVersion: version }));
  });
}
