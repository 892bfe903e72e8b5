/** Of what a validator is believed: what is asked, as far as it can know it. */

import { namespaceOf } from '../../base/object-id.ts';
import type { Fleet } from './fleet.ts';

/**
 * What a gateway's validators judge of other namespaces is none of this one's, and a pod speaks for its own alone.
 *
 * @param pod Who tells, as namespace/name.
 * @param told The binding whose requests it tells of, as namespace/name; null = those that no binding was found for.
 */
export function mayTell(
  pod: string,
  told: string | null,
  {
    found,
    namespace,
    binding,
  }: Pick<Fleet, 'namespace' | 'binding'> & {
    readonly found: Pick<Fleet['found'], 'ofGateways'>;
  },
): boolean {
  const place = namespaceOf(pod);
  if (binding !== undefined && told !== binding) return false;
  if (told === null) return namespace === undefined || place === namespace;
  const toldOf = namespaceOf(told);
  if (namespace !== undefined && toldOf !== namespace) return false;
  const believedOf = found.ofGateways.get(pod);
  return toldOf === place || believedOf === 'all' || believedOf?.has(told) === true;
}
