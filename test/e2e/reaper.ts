/** Signals a container's processes as the kernel would: from the node. */

import { isJsonObject, type JsonObject } from '../../src/base/json.ts';
import type { Kubectl } from './kubectl.ts';
import { AGENT } from './objects.ts';
import { OUTSIDE } from './world.ts';

const NAME = 'reaper';

/** The pod that sees the processes of its node, and may end them. */
export const reaperPod = (image: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: NAME, namespace: OUTSIDE },
  spec: {
    hostPID: true,
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: NAME,
        image,
        imagePullPolicy: 'IfNotPresent',
        command: ['node', '/agent/agent.cjs', 'wait'],
        securityContext: { privileged: true, runAsUser: 0 },
        volumeMounts: [{ name: AGENT, mountPath: '/agent' }],
      },
    ],
    volumes: [{ name: AGENT, configMap: { name: AGENT } }],
  },
});

/** Of a cluster with one node: the reaper sees no other's processes. SIGSTOP has it answer nobody until SIGCONT. */
export async function killContainer(
  k: Kubectl,
  namespace: string,
  pod: string,
  container: string,
  signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' = 'SIGKILL',
): Promise<void> {
  const { status } = await k.get('pod', pod, namespace);
  const { initContainerStatuses, containerStatuses } = isJsonObject(status) ? status : {};
  const all = [initContainerStatuses, containerStatuses].flatMap((list) => (Array.isArray(list) ? list : []));
  const found = all.filter(isJsonObject).find(({ name }) => name === container);
  const id = String(found?.containerID).replace(/^.*:\/\//, '');
  await k.must(['exec', '-n', OUTSIDE, NAME, '--', 'node', '/agent/agent.cjs', 'kill', id, signal]);
}
