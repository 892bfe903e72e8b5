/** Before all tests: a cluster, the images in it, the chart installed, and a client among the pods. */

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { TestProject } from 'vitest/node';
import type { JsonObject } from '../../src/base/json.ts';
import { everything } from '../chart/lifecycle.ts';
import { startCluster } from '../cluster/cluster.ts';
import { provideImages } from './images.ts';
import { createKubectl } from './kubectl.ts';
import { AGENT } from './objects.ts';
import { reaperPod } from './reaper.ts';
import { installRelease, releaseValues } from './release.ts';
import { agentConfigMap, CLIENT, OUTSIDE } from './world.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const starting = startCluster();
  try {
    const [cluster, images, agent] = await Promise.all([
      starting,
      provideImages(starting, process.env),
      bundleAgent(),
    ]);
    const { kubeconfig, dualStack } = cluster;
    const k = createKubectl(cluster.kubectlProgram, kubeconfig);
    const premises = {
      kubectl: cluster.kubectlProgram,
      kubeconfig,
      dualStack,
      agent,
      local: cluster.kind === 'local',
      image: images.portcullis,
      nextImage: images.next,
      envoyImage: images.envoy,
    };
    const before = [...(await everything({ kubectl: k.must }))];
    await k.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: OUTSIDE } });
    await k.apply(agentConfigMap(OUTSIDE, agent), clientPod(images.portcullis), reaperPod(images.portcullis));
    await Promise.all([
      installRelease(kubeconfig, releaseValues(premises)),
      k.wait('condition=Ready', 'pod/client', OUTSIDE),
      k.wait('condition=Ready', 'pod/reaper', OUTSIDE),
    ]);
    project.provide('premises', { ...premises, before });
    return () => cluster.down();
  } catch (error) {
    await starting.then(
      (cluster) => cluster.down(),
      () => {},
    );
    throw error;
  }
}

async function bundleAgent(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('agent/main.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    target: 'node26',
    format: 'cjs',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

function clientPod(image: string): JsonObject {
  const [namespace = '', name = ''] = CLIENT.split('/');
  const container = {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['node', '/agent/agent.cjs', 'wait'],
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [{ ...container, volumeMounts: [{ name: AGENT, mountPath: '/agent' }] }],
      volumes: [{ name: AGENT, configMap: { name: AGENT } }],
    },
  };
}
