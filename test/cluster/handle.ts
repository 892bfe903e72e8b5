/** What can be done with a cluster that tests run in. */
import type { Result } from '../../tools/run.ts';

export interface Cluster {
  /** Whose node is this machine, or somebody else's. */
  readonly kind: 'local' | 'existing';
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Path of kubectl, of the version of the cluster where it is ours. */
  readonly kubectlProgram: string;
  /** Whether pods and Services have IPv6 addresses, too. */
  readonly dualStack: boolean;
  /** Runs kubectl as the administrator. A failure is a result, not an exception. */
  kubectl(args: readonly string[], stdin?: string): Promise<Result>;
  /** Gives the node the images of a docker-archive or OCI archive, under the names that stand in it. */
  importImage(archive: string): Promise<void>;
  /** Gives an image that the node has another name, beside the one that it has. */
  nameImage(name: string, another: string): Promise<void>;
  /** Runs a program of this machine in the network of the node, from where all pods and Services can be reached. */
  inside(command: readonly string[], stdin?: string): Promise<Result>;
  /** SIGTERM, then a new one; returns when that runs. Pods stay. */
  restartKubelet(): Promise<void>;
  stopApiServer(): Promise<void>;
  /** Returns when it answers. */
  startApiServer(): Promise<void>;
  /** Takes the local cluster away, with everything in it; leaves an existing one alone. */
  down(): Promise<void>;
}
