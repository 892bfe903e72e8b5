/** Where the API server is and who we are: from a kubeconfig, or from the pod that this runs in. */

import { delimiter } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { LoadedConnection } from './connection.ts';
import { connectionOfPod } from './pod-connection.ts';

/** KUBECONFIG comes first, then the pod's service account. */
export async function loadConnection(
  environment: Readonly<Record<string, string | undefined>>,
  clock: Pick<Clock, 'monotonic'>,
  /** Of the file system, for the test. */
  root = '/',
): Promise<LoadedConnection> {
  const {
    KUBECONFIG = '',
    KUBERNETES_SERVICE_HOST: host,
    KUBERNETES_SERVICE_PORT: port = '443',
  } = environment;
  const files = KUBECONFIG.split(delimiter).filter((file) => file !== '');
  if (files.length > 0) {
    // In a pod there is none, and loading the Kubernetes client costs 113 MB.
    const { connectionOfKubeconfig } = await import('./kubeconfig.ts');
    return connectionOfKubeconfig(files, clock);
  }
  if (host !== undefined) return { kind: 'connection', connection: connectionOfPod(host, port, clock, root) };
  const message = 'There is no cluster to talk to: set KUBECONFIG to a kubeconfig, or run in a pod.';
  return { kind: 'refused', message };
}
