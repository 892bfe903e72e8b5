/** A cluster of somebody else, in place of one of our own: kind, minikube, or a real one. */
import path from 'node:path';
import { exists, findOnPath } from '../../tools/cache.ts';
import { run } from '../../tools/run.ts';
import { apiServerBinaries } from '../apiserver/binaries.ts';
import type { Cluster } from './handle.ts';

/** What E2E_KUBECONFIG names; undefined where it is not set. */
export async function existingCluster(env: NodeJS.ProcessEnv): Promise<Cluster | undefined> {
  const kubeconfig = env.E2E_KUBECONFIG;
  if (!kubeconfig) return undefined;
  if (!(await exists(kubeconfig))) {
    throw new Error(`E2E_KUBECONFIG is ${kubeconfig}, where there is no file: correct it, or unset it`);
  }
  const kubectlProgram = (await findOnPath('kubectl')) ?? path.join(await apiServerBinaries(), 'kubectl');
  const kubectl: Cluster['kubectl'] = (args, stdin) =>
    run(kubectlProgram, args, {
      env: { KUBECONFIG: kubeconfig },
      ...(stdin !== undefined && { stdin }),
    });
  const { stdout } = await kubectl([
    ...['get', 'pods', '-n', 'kube-system', '-o', 'jsonpath={.items[*].status.podIPs[*].ip}'],
  ]);
  const refuse = (what: string) => (): Promise<never> =>
    Promise.reject(new Error(`${what}: the cluster is the one that E2E_KUBECONFIG names.`));
  return {
    kind: 'existing',
    kubeconfig,
    kubectlProgram,
    kubectl,
    dualStack: stdout.includes(':'),
    importImage: refuse(
      'Images cannot be given to its nodes. Load or push them, and name them in E2E_IMAGE, E2E_NEXT_IMAGE and E2E_ENVOY_IMAGE',
    ),
    nameImage: refuse('Images of its nodes cannot be named'),
    inside: refuse('Its network cannot be entered'),
    restartKubelet: refuse('Its kubelet cannot be restarted'),
    stopApiServer: refuse('Its API server cannot be stopped'),
    startApiServer: refuse('Its API server cannot be started'),
    down: async () => {},
  };
}
