/** Who may bind to a source: its allowedNamespaces, judged by the labels of the binding's namespace. */

import type { Namespace } from '../resources/object.ts';
import { selectorMatches } from '../resources/selectors.ts';
import type { AuthenticationSource, LabelSelector } from '../resources/types.gen.ts';
import { compilerOf } from './source-kinds.ts';

/** Every namespace carries it in a cluster, with its name and nothing else; where none writes it, it is meant. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/**
 * Whether a binding in `namespace` may use the source. Of a namespace that nothing is known of only the name can
 * be judged: a selector that asks for other labels does not choose it. Shared secrets never leave their own namespace,
 * because a key that verifies such tokens also signs them.
 */
export function permits(
  source: AuthenticationSource,
  namespace: string,
  known: Namespace | undefined,
): boolean {
  const { metadata, spec } = source;
  if (compilerOf(source).isConfined(source)) return namespace === metadata.namespace;
  const { from, selector } = spec.allowedNamespaces;
  switch (from) {
    case 'Same':
      return namespace === metadata.namespace;
    case 'All':
      return true;
    case 'Selector':
      return (
        selector !== undefined &&
        (known !== undefined || asksForNameAlone(selector)) &&
        selectorMatches(selector, { ...known?.metadata.labels, [NAME_LABEL]: namespace })
      );
    default:
      return unknownGrant(from);
  }
}

function asksForNameAlone({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  const keys = [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)];
  return keys.every((key) => key === NAME_LABEL);
}

/** A grant of a later version permits no namespace. */
function unknownGrant(_: never): boolean {
  return false;
}
