/** The listeners of a Gateway that a route is attached to, and the hosts that it has there. */

import type { Gateway, Route } from '../cluster/objects.ts';
import type { GatewayListener } from '../cluster/route-parts.ts';
import { narrower } from './hosts.ts';

/** Those that its parentRefs name, whatever their hostnames. `id` is the Gateway's. */
export function attachedListeners(
  { parents }: Pick<Route, 'parents'>,
  id: string,
  { listeners }: Pick<Gateway, 'listeners'>,
): readonly GatewayListener[] {
  const own = parents.filter(({ gateway }) => gateway === id);
  return listeners.filter(({ name, port }) =>
    own.some(
      (parent) =>
        (parent.sectionName === '' || parent.sectionName === name) &&
        (parent.port === undefined || parent.port === port),
    ),
  );
}

/** What its hostnames and the listener's both match; none: the route gets nothing from that listener. */
export function attachedHosts({ hostnames }: Pick<Route, 'hostnames'>, listener: string): readonly string[] {
  const names = hostnames.length === 0 ? [''] : hostnames;
  return names.flatMap((name) => narrower(name, listener));
}
