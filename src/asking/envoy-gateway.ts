/**
 * Whether Envoy Gateway asks about the requests of a route's rule at a listener: the SecurityPolicy of the narrowest
 * scope holds, as its own controller has it (internal/gatewayapi/securitypolicy.go, v1.9), and no wider one.
 */

import type { Gateway, Route, SecurityPolicy } from '../cluster/objects.ts';
import type { Asking } from '../cluster/policy-parts.ts';
import { CHECK_PREFIX } from '../sidecar/check-forms.ts';
import { ASKED, type Asked, type AskingView, type Unasked, unasked } from './asked.ts';
import { strangerAsked } from './asked-service.ts';
import { gatewayScopes, type PolicyScope, policiesFor, routeScopes, scopeText } from './security-scopes.ts';

export interface RequestPlace {
  readonly route: Route;
  /** Empty for rules without a name. */
  readonly rule: string;
  readonly gateway: Gateway;
  /** Empty where none is known. */
  readonly listener: string;
  /** That accepted the route. */
  readonly controller: string;
}

const PRINTED = 'the extAuth that portcullis envoy-config --for envoy-gateway prints';
const GIVE_IT = `give it ${PRINTED}`;

export function askedByEnvoyGateway(place: RequestPlace, view: AskingView): Asked {
  const above = gatewayScopes(place.gateway, place.listener);
  const parent = firstHolding(above, ownFlaw, place, view);
  return (
    firstHolding(
      routeScopes(place.route, place.rule),
      (policy, scope) => routeFlaw(policy, scope, parent, place, view),
      place,
      view,
    ) ??
    parent ??
    unasked(
      `no SecurityPolicy that can be read is for it, or for Gateway ${idOf(place.gateway)}`,
      'apply what portcullis envoy-config --for envoy-gateway prints',
    )
  );
}

type FindFlaw = (
  policy: SecurityPolicy,
  scope: PolicyScope,
  place: RequestPlace,
  view: AskingView,
) => Unasked | undefined;

/** Of all policies that may hold, the first that does not ask; undefined where none holds for sure, and all of them ask. */
function firstHolding(
  scopes: readonly PolicyScope[],
  findFlaw: FindFlaw,
  place: RequestPlace,
  view: AskingView,
): Asked | undefined {
  for (const scope of scopes) {
    for (const { policy, isCertain } of policiesFor(scope, view)) {
      const flaw = findFlaw(policy, scope, place, view) ?? rerouting(policy, scope);
      if (isCertain) return flaw ?? acceptance(policy, calledAt(policy, scope), place);
      if (flaw !== undefined || policy.isCut) return doubtful(policy, scope);
    }
  }
  return undefined;
}

/** Filters behind the check choose a route by headers that the check, or a token's claims, have changed. */
const rerouting = (policy: SecurityPolicy, scope: PolicyScope): Unasked | undefined =>
  policy.reroutes
    ? unasked(
        `${calledAt(policy, scope)} has recomputeRoute: true, so that another route may serve a request than was asked about`,
        'take recomputeRoute out',
      )
    : undefined;

function ownFlaw(
  policy: SecurityPolicy,
  scope: PolicyScope,
  place: RequestPlace,
  view: AskingView,
): Unasked | undefined {
  const called = calledAt(policy, scope);
  if (policy.asks === undefined) return unasked(`${called} has no extAuth`, GIVE_IT);
  return flawIn(policy.asks, called, place, view);
}

function routeFlaw(
  policy: SecurityPolicy,
  scope: PolicyScope,
  parent: Asked | undefined,
  place: RequestPlace,
  view: AskingView,
): Unasked | undefined {
  const called = calledAt(policy, scope);
  if (policy.asks === undefined && !policy.merges) {
    return unasked(
      `${called} replaces the Gateway's, and has no extAuth`,
      `${GIVE_IT}, or mergeType: StrategicMerge`,
    );
  }
  if (policy.asks === undefined && parent === undefined) {
    return unasked(`${called} has no extAuth, and nothing to be merged with`, GIVE_IT);
  }
  const flaw = policy.asks && flawIn(policy.asks, called, place, view);
  if (flaw !== undefined || !policy.merges) return flaw;
  // What is merged has parts of both: so both have to ask as they should.
  return parent?.kind === 'unasked' ? parent : undefined;
}

const calledAt = (policy: SecurityPolicy, scope: PolicyScope): string =>
  `SecurityPolicy ${idOf(policy)} of ${scopeText(scope)}`;

/** It names more than is kept, or goes by what cannot be read: it may hold, or another. */
function doubtful(policy: SecurityPolicy, scope: PolicyScope): Unasked {
  const why = policy.isCut
    ? `SecurityPolicy ${idOf(policy)} names more targets than are read, and may be for ${scopeText(scope)}`
    : `SecurityPolicy ${idOf(policy)} may choose ${scopeText(scope)} by labels of its Namespace, which cannot be read, and does not ask the validators as it should`;
  return unasked(why, `give it ${PRINTED}, or have it choose objects of its own namespace alone`);
}

function flawIn(
  asks: Asking,
  called: string,
  { gateway }: RequestPlace,
  view: AskingView,
): Unasked | undefined {
  if (asks.flaw !== undefined) return unasked(`extAuth of ${called} ${asks.flaw}`, GIVE_IT);
  if (asks.protocol === 'http' && asks.path !== CHECK_PREFIX) {
    return unasked(`extAuth of ${called} has not the path ${CHECK_PREFIX}`, GIVE_IT);
  }
  for (const backend of asks.backends) {
    const stranger = strangerAsked(backend, asks.protocol, idOf(gateway), view);
    if (stranger !== undefined) return unasked(`extAuth of ${called} ${stranger}`, GIVE_IT);
  }
  return undefined;
}

/** As many as a status has room for. */
const MAX_ANCESTORS = 16;

/** What its controller says about this very generation, at the Gateway or at this listener of it. */
function acceptance(policy: SecurityPolicy, called: string, place: RequestPlace): Asked {
  const id = idOf(place.gateway);
  const said = policy.acceptances.filter(
    ({ gateway, sectionName, controller }) =>
      gateway === id &&
      controller === place.controller &&
      (sectionName === '' || place.listener === '' || sectionName === place.listener),
  );
  const refusal = said.find(({ accepted }) => !accepted);
  if (refusal !== undefined) {
    const message = refusal.message === '' ? '' : `: ${refusal.message}`;
    return unasked(`${called} is not accepted at Gateway ${id}${message}`, 'do what its status says');
  }
  if (said.some(({ generation }) => generation === policy.generation)) return ASKED;
  if (said.length === 0 && policy.acceptances.length >= MAX_ANCESTORS) {
    return unasked(
      `the status of ${called} has no room for Gateway ${id}, so that it cannot be told whether it holds there`,
      'give the Gateway, or the route, a policy of its own',
    );
  }
  return unasked(
    `${called} has not been accepted at Gateway ${id} so far`,
    'see that Envoy Gateway runs, and what the status of the policy says',
  );
}

const idOf = ({ metadata }: Pick<Gateway | SecurityPolicy, 'metadata'>): string =>
  `${metadata.namespace}/${metadata.name}`;
