/** What every command says that looks at a cluster: which one, and which of its namespaces. */

import type { UserChoice } from '../../kubernetes/config.ts';
import { usage } from '../../process/flags.ts';
import { type Arguments, readArguments } from '../arguments.ts';

/** For the help of each of them. */
export const CLUSTER_HELP = `  -n, --namespace NAME      look at this namespace           (default: that of the kubeconfig's context, else default)
  -A, --all-namespaces      look at all of them
  --kubeconfig FILE         (default: KUBECONFIG, else ~/.kube/config, else the service account of the pod)
  --context NAME            of the kubeconfig, in place of its current one
  --help                    show this`;

const CLUSTER_OPTIONS = { namespace: 'n', kubeconfig: undefined, context: undefined } as const;
const CLUSTER_SWITCHES = { 'all-namespaces': 'A' } as const;

export interface ClusterArguments<O extends string, S extends string> {
  readonly line: Arguments<O | keyof typeof CLUSTER_OPTIONS, S | keyof typeof CLUSTER_SWITCHES>;
  readonly user: UserChoice;
  /** Undefined: that of the context. */
  readonly namespace: string | undefined;
  readonly isAll: boolean;
}

export function readClusterArguments<O extends string = never, S extends string = never>(
  command: string,
  args: readonly string[],
  options: Readonly<Record<O, string | undefined>>,
  switches: Readonly<Record<S, string | undefined>>,
): ClusterArguments<O, S> {
  const line = readArguments<O | keyof typeof CLUSTER_OPTIONS, S | keyof typeof CLUSTER_SWITCHES>(
    command,
    args,
    { ...CLUSTER_OPTIONS, ...options },
    { ...CLUSTER_SWITCHES, ...switches },
  );
  const namespace = line.one('namespace');
  const isAll = line.has('all-namespaces');
  if (namespace !== undefined && isAll)
    throw usage(command, '-n and -A are given together: give one of them.');
  if (namespace !== undefined && !NAMESPACE.test(namespace)) {
    throw usage(command, `--namespace ${JSON.stringify(namespace)} is no name of a namespace.`);
  }
  return {
    line,
    user: { kubeconfig: line.one('kubeconfig'), context: line.one('context') },
    namespace,
    isAll,
  };
}

const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

export function refusePositionals(
  command: string,
  { positionals }: Pick<Arguments<never>, 'positionals'>,
): void {
  const [first] = positionals;
  if (first === undefined) return;
  throw usage(
    command,
    `${JSON.stringify(first)} is not understood: portcullis ${command} takes options alone.`,
  );
}
