/** What to do where a kind cannot be followed: for the log. */

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
    case 'Unreachable':
      return 'let the operator reach the API server: see networkPolicy.egress of the chart, and the policies of its namespace';
    default:
      return undefined;
  }
}
