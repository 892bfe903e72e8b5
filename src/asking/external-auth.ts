/** Whether a route's rule has the Gateway API's own filter ExternalAuth (GEP-1494), and asks the validators by it. */

import type { Route } from '../cluster/objects.ts';
import type { FilterAsking } from '../cluster/route-parts.ts';
import { CHECK_PREFIX } from '../sidecar/check-forms.ts';
import { ASKED, type Asked, type AskingView, unasked } from './asked.ts';
import { strangerAsked } from './asked-service.ts';

const REMEDY = 'give each rule a filter ExternalAuth that asks the Service of the validators';

/** Whether one of the routes asks by the filter at the gateway: then it is what they rely on there. */
export function relyOnFilters(routes: readonly Route[], gateway: string, view: AskingView): boolean {
  return routes.some(
    ({ parents, rules }) =>
      parents.some((parent) => parent.gateway === gateway) &&
      rules.some(({ asks }) => asks !== undefined && flawOf(asks, gateway, view) === undefined),
  );
}

/** Of all rules of that name. */
export function askedByFilters({ rules }: Route, rule: string, gateway: string, view: AskingView): Asked {
  for (const { name, asks } of rules) {
    if (name !== rule) continue;
    if (asks === undefined) return unasked('it has no filter ExternalAuth, as others have', REMEDY);
    const flaw = flawOf(asks, gateway, view);
    if (flaw !== undefined) return unasked(`its filter ExternalAuth ${flaw}`, REMEDY);
  }
  return ASKED;
}

function flawOf(
  { protocol, backend, path }: FilterAsking,
  gateway: string,
  view: AskingView,
): string | undefined {
  if (backend === undefined) return 'asks what is no Service';
  if (protocol === 'http' && path !== CHECK_PREFIX) return `has not the path ${CHECK_PREFIX}`;
  return strangerAsked(backend, protocol, gateway, view);
}
