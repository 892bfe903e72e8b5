/** What to do where a kind cannot be followed, or the API server not be called at all: for the log. */

import type { KubernetesError } from '../../kubernetes/errors.ts';

const OURS: readonly string[] = ['AuthenticationSource', 'ApiBinding'];

/** Undefined where waiting is all that can be done. */
export function followRemedy(kind: string, error: Pick<KubernetesError, 'kind'>): string | undefined {
  switch (error.kind) {
    case 'NotFound':
      return OURS.includes(kind)
        ? `the cluster does not know the kind ${kind}: install the CRDs, by crds.enabled=true of the chart or kubectl apply --server-side -f crds/; the operator goes on by itself then`
        : undefined;
    case 'Forbidden':
      return `the operator's role does not let it list and watch ${kind} objects: install the chart of this version again (helm upgrade), with watchNamespaces as they are`;
    default:
      return callRemedy(error);
  }
}

/** The same, of any call. */
export function callRemedy({ kind }: Pick<KubernetesError, 'kind'>): string | undefined {
  switch (kind) {
    case 'Unreachable':
      return `${REACH}: see networkPolicy.egress of the chart, and the policies of its namespace`;
    case 'Timeout':
      return `where kubectl get --raw /readyz answers soon, ${REACH}: something drops packets, see networkPolicy.egress of the chart, the policies of its namespace, and firewalls; else mend the API server first`;
    default:
      return undefined;
  }
}

const REACH = 'let the operator reach the API server';
