/** What could not be read of a cluster, as a sentence: the command says so, and guesses nothing in its place. */

import type { KubernetesError } from '../../kubernetes/errors.ts';

/**
 * `cannot list pods in namespace shop: forbidden; …`
 *
 * @param what as `list pods`.
 * @param namespace undefined = all, '' = what has none.
 */
export function unreadText(what: string, namespace: string | undefined, error: KubernetesError): string {
  const place =
    namespace === '' ? '' : namespace === undefined ? ' in all namespaces' : ` in namespace ${namespace}`;
  const cannot = `cannot ${what}${place}`;
  switch (error.kind) {
    case 'Forbidden': {
      const narrower = namespace === undefined ? ', or look at a single namespace (-n)' : '';
      return `${cannot}: forbidden; nothing is said of what depends on it: ask for the right to ${what}${narrower}`;
    }
    case 'Unauthorized':
      return `${cannot}: the API server does not know who asks; log in again, or correct the user of the kubeconfig`;
    case 'NotFound':
      return `${cannot}: the cluster has none; install Portcullis there first (portcullis check --pre)`;
    default:
      return `${cannot}: ${error.message}`;
  }
}
