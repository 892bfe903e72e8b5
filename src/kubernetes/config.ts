/** Where the API server is and who we are: from a kubeconfig, or from the pod that this runs in. */

import { existsSync } from 'node:fs';
import path, { delimiter } from 'node:path';
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

export interface UserChoice {
  /** A file. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

/** As kubectl finds it: the file that is named, KUBECONFIG, ~/.kube/config, and then the pod's service account. */
export async function loadUserConnection(
  { kubeconfig, context }: UserChoice,
  environment: Readonly<Record<string, string | undefined>>,
  clock: Pick<Clock, 'monotonic'>,
): Promise<LoadedConnection> {
  const files = kubeconfigFiles(kubeconfig, environment);
  if (files.length > 0) {
    const { connectionOfKubeconfig } = await import('./kubeconfig.ts');
    return connectionOfKubeconfig(files, clock, {
      ...(context !== undefined && { context }),
      ...(kubeconfig !== undefined && { namedBy: '--kubeconfig' }),
    });
  }
  if (context !== undefined || environment.KUBERNETES_SERVICE_HOST === undefined) {
    const message =
      'There is no cluster to talk to: name a kubeconfig by --kubeconfig or KUBECONFIG, or put it at ~/.kube/config.';
    return { kind: 'refused', message };
  }
  return loadConnection(environment, clock);
}

function kubeconfigFiles(
  named: string | undefined,
  { KUBECONFIG = '', HOME = '' }: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (named !== undefined) return [named];
  const files = KUBECONFIG.split(delimiter).filter((file) => file !== '');
  // Of several that may be there kubectl passes over those that are not.
  if (files.length > 1 && files.some((file) => existsSync(file)))
    return files.filter((file) => existsSync(file));
  if (files.length > 0) return files;
  const own = path.join(HOME, '.kube', 'config');
  return HOME !== '' && existsSync(own) ? [own] : [];
}
