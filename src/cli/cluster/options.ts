/** What every command says that looks at a cluster: which one, and which of its namespaces. */

import type { UserChoice } from '../../kubernetes/config.ts';
import { usage } from '../../process/flags.ts';
import { type Arguments, readArguments } from '../arguments.ts';

/** For the help of each of them. */
export const KUBECONFIG_HELP = `  --kubeconfig FILE         (default: KUBECONFIG, else ~/.kube/config, else the service account of the pod)
  --context NAME            of the kubeconfig, in place of its current one
  --help                    show this`;
export const CLUSTER_HELP = `  -n, --namespace NAME      look at this namespace           (default: that of the kubeconfig's context, else default)
  -A, --all-namespaces      look at all of them
${KUBECONFIG_HELP}`;

const CLUSTER_OPTIONS = { namespace: 'n', kubeconfig: undefined, context: undefined } as const;
const CLUSTER_SWITCHES = { 'all-namespaces': 'A' } as const;

export interface KubeconfigArguments<O extends string, S extends string> {
  readonly line: Arguments<O | keyof typeof CLUSTER_OPTIONS, S>;
  readonly user: UserChoice;
  readonly namespace: string | undefined;
}

export interface ClusterArguments<O extends string, S extends string>
  extends KubeconfigArguments<O, S | keyof typeof CLUSTER_SWITCHES> {
  readonly isAll: boolean;
}

/** Of a command that looks at one namespace, or at none. */
export function readKubeconfigArguments<O extends string = never, S extends string = never>(
  command: string,
  args: readonly string[],
  options: Readonly<Record<O, string | undefined>>,
  switches: Readonly<Record<S, string | undefined>>,
): KubeconfigArguments<O, S> {
  const line = readArguments<O | keyof typeof CLUSTER_OPTIONS, S>(
    command,
    args,
    { ...CLUSTER_OPTIONS, ...options },
    switches,
  );
  const namespace = line.one('namespace');
  if (namespace !== undefined && !NAMESPACE.test(namespace)) {
    throw usage(command, `--namespace ${JSON.stringify(namespace)} is no name of a namespace.`);
  }
  const user = { kubeconfig: line.one('kubeconfig'), context: line.one('context') };
  return { line, user, namespace };
}

/** Of a command that looks at one namespace, or at all. Undefined as namespace: that of the context. */
export function readClusterArguments<O extends string = never, S extends string = never>(
  command: string,
  args: readonly string[],
  options: Readonly<Record<O, string | undefined>>,
  switches: Readonly<Record<S, string | undefined>>,
): ClusterArguments<O, S> {
  const read = readKubeconfigArguments<O, S | keyof typeof CLUSTER_SWITCHES>(command, args, options, {
    ...CLUSTER_SWITCHES,
    ...switches,
  });
  const isAll = read.line.has('all-namespaces');
  if (read.namespace !== undefined && isAll) {
    throw usage(command, '-n and -A are given together: give one of them.');
  }
  return { ...read, isAll };
}

const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

export function refusePositionals(
  command: string,
  { positionals }: { readonly positionals: readonly string[] },
): void {
  const [first] = positionals;
  if (first === undefined) return;
  throw usage(
    command,
    `${JSON.stringify(first)} is not understood: portcullis ${command} takes options alone.`,
  );
}
