/** One text for a route, or for a rule of it, by which maps find what is bound to it. */

import type { BoundRoute } from './gateway-choice.ts';

/** No name holds a blank or a slash: two routes never have one key. */
export function routeKey(namespace: string, { kind, name, section }: BoundRoute): string {
  const whole = `${kind} ${namespace}/${name}`;
  return section === undefined ? whole : `${whole} ${section}`;
}
