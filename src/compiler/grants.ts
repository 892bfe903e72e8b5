/** Who may bind to a source: its allowedNamespaces, judged by the labels of the binding's namespace. */

import type { Namespace } from '../resources/object.ts';
import { selectorMatches } from '../resources/selectors.ts';
import type { AuthenticationSource } from '../resources/types.gen.ts';

/** Every namespace carries it in a cluster; where none writes it, it is meant all the same. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/**
 * Whether a binding in `namespace` may use the source. A namespace that nothing is known of has no labels
 * that could be judged: a selector does not choose it. Shared secrets never leave their own namespace,
 * because whoever can verify with them can also mint.
 */
export function permits(
  { metadata, spec }: AuthenticationSource,
  namespace: string,
  known: Namespace | undefined,
): boolean {
  if (spec.jwt.keys?.hmac !== undefined) return namespace === metadata.namespace;
  const { from, selector } = spec.allowedNamespaces;
  switch (from) {
    case 'Same':
      return namespace === metadata.namespace;
    case 'All':
      return true;
    case 'Selector':
      return (
        selector !== undefined &&
        known !== undefined &&
        selectorMatches(selector, { [NAME_LABEL]: namespace, ...known.metadata.labels })
      );
    default:
      return unknownGrant(from);
  }
}

/** A grant of a later version permits nobody. */
function unknownGrant(_: never): boolean {
  return false;
}
