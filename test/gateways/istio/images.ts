/** Istio's images, and its charts for them, where no registry can be had: made of its Go module, and of our Envoy. */

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { filesOfGoModule } from '../../../tools/go.ts';
import { archiveImage } from '../../cluster/images.ts';
import { placeEnvoy, placeFile } from '../../image/envoy.ts';
import { ISTIO, istioProgram } from './build.ts';

const BOOTSTRAP = 'tools/packaging/common/envoy_bootstrap.json';
const CHARTS = { base: 'manifests/charts/base', istiod: 'manifests/charts/istio-control/istio-discovery' };
const HUB = 'istio.test/release';
const TAG = 'tests';
/** Of both, as the charts have it. */
const USER = '1337:1337';

const moduleFiles = (): Promise<string> => filesOfGoModule(ISTIO, [BOOTSTRAP, ...Object.values(CHARTS)]);

/** The folder of a chart. */
export const istioChart = async (name: keyof typeof CHARTS): Promise<string> =>
  path.join(await moduleFiles(), CHARTS[name]);

/** What istiod's chart is told besides, so that the pods are of these images, and small. */
export const ISTIOD_VALUES = {
  global: {
    hub: HUB,
    tag: TAG,
    imagePullPolicy: 'IfNotPresent',
    proxy: { resources: { requests: { cpu: '10m', memory: '64Mi' } } },
  },
  autoscaleEnabled: false,
  resources: { requests: { cpu: '10m', memory: '128Mi' } },
  // Filters that only Istio's own build of Envoy has: for metrics, for protocols between sidecars, and for their labels.
  telemetry: { enabled: false },
  env: { PILOT_ENABLE_ALPN_FILTER: 'false', PILOT_ENABLE_METADATA_EXCHANGE: 'false' },
} as const;

/** @returns the archive, in `folder`, which is new. */
export async function archiveIstiod(folder: string): Promise<string> {
  const root = path.join(folder, 'root');
  await placeFile(root, 'usr/local/bin/pilot-discovery', await istioProgram('pilot-discovery'));
  await mkdir(path.join(root, 'tmp'), { recursive: true });
  return archiveImage(folder, {
    name: `${HUB}/pilot:${TAG}`,
    root,
    entrypoint: ['/usr/local/bin/pilot-discovery'],
    user: USER,
  });
}

/** @returns the archive, in `folder`, which is new. */
export async function archiveIstioProxy(folder: string): Promise<string> {
  const root = path.join(folder, 'root');
  await placeEnvoy(root);
  await placeFile(root, 'usr/local/bin/pilot-agent', await istioProgram('pilot-agent'));
  const bootstrap = path.join(await moduleFiles(), BOOTSTRAP);
  await placeFile(root, 'var/lib/istio/envoy/envoy_bootstrap_tmpl.json', bootstrap);
  return archiveImage(folder, {
    name: `${HUB}/proxyv2:${TAG}`,
    root,
    entrypoint: ['/usr/local/bin/pilot-agent'],
    user: USER,
  });
}
