/** For tests: a gateway `infra/edge` with three listeners, routes of several namespaces at it, and who decides there. */

import type { JsonObject } from '../../base/json.ts';
import { parseId } from '../../base/object-id.ts';
import { finishSteps } from '../../base/steps.ts';
import { binding, change, raw, service, source } from '../../cluster/testing/objects.ts';
import type { MatchedRoute } from '../../decision/decision.ts';
import { prepareEnforcer } from '../../decision/enforcer.ts';
import { createPolicies, type PlanningChange, type Policies } from '../policies.ts';
import { policyOfGateway } from './policies.ts';

const LISTENERS: readonly JsonObject[] = [
  { name: 'web', port: 80 },
  { name: 'tls', port: 443 },
  { name: 'shop-only', port: 443, hostname: '*.shop.example' },
];
const BEGIN: readonly PlanningChange[] = [
  { kind: 'RouteApi', installed: true },
  { kind: 'SharedGateway', id: 'infra/edge', active: true },
  source('shop/okta'),
  source('evil/okta'),
  service('shop/a', 'a'),
  service('evil/a', 'a'),
  change('Gateway', 'infra/edge', raw('infra/edge', { spec: { listeners: LISTENERS } })),
];

export interface Attached {
  readonly listener?: string;
  /** Minutes after the first. */
  readonly age?: number;
  /** Names of its rules; absent = one without a name. */
  readonly rules?: readonly string[];
}

export function edgeRoute(
  id: string,
  host: string,
  { listener, age = 0, rules }: Attached = {},
): PlanningChange {
  const parentRef = {
    name: 'edge',
    namespace: 'infra',
    ...(listener !== undefined && { sectionName: listener }),
  };
  const backendRefs = [{ name: 'a', port: 80 }];
  const spec = {
    hostnames: host === '' ? [] : [host],
    rules: rules === undefined ? [{ backendRefs }] : rules.map((name) => ({ name, backendRefs })),
  };
  const status = { parents: [{ parentRef, conditions: [{ type: 'Accepted', status: 'True' }] }] };
  return change('HTTPRoute', id, raw(id, { spec, status }, { creationTimestamp: minute(age) }));
}

/** For the route of its own name. `made`: minutes after the first. */
export function boundAtEdge(id: string, hosts: readonly string[] = [], made = 0): PlanningChange {
  const targetRefs = [{ kind: 'HTTPRoute', name: parseId(id).name }];
  return binding(id, { targetRefs, hosts: [...hosts] }, { creationTimestamp: minute(made) });
}

const minute = (minutes: number): string => `2026-01-01T00:${String(minutes).padStart(2, '0')}:00Z`;

/** Whether the gateway says which route matched, as far as is known. */
export const edgeTells = (tellsRoutes: boolean): PlanningChange => ({
  kind: 'SharedGateway',
  id: 'infra/edge',
  active: true,
  tellsRoutes,
});

export function startEdge() {
  const policies: Policies = createPolicies({ allowInsecureHttp: false });
  policies.apply(BEGIN);
  const updateNow = () => {
    const update = policyOfGateway(policies, 'infra/edge');
    if (update === undefined) throw new Error('the gateway has no policy');
    return update;
  };
  return {
    policies,
    /** As validators get it: who decides for which hosts, where they do not know which route matched. */
    decides: (): readonly string[] =>
      updateNow().policy.bindings.flatMap(({ id, hosts, atGateway, judgement }) =>
        atGateway?.hosts.length === 0 ? [] : `${id} ${judgement.kind} ${atGateway?.hosts ?? hosts}`,
      ),
    /** Who decides for a request of which the gateway says that it matched the HTTPRoute. */
    ofRoute(id: string, host: string, section?: string): string {
      const { namespace, name } = parseId(id);
      const route: MatchedRoute = {
        kind: 'HTTPRoute',
        namespace,
        name,
        ...(section !== undefined && { section }),
      };
      const chosen = finishSteps(prepareEnforcer(updateNow())).bindingFor(host, undefined, route);
      return chosen === undefined ? 'nobody' : `${chosen.policy.id} ${chosen.kind}`;
    },
    problem: (id: string) => policies.problems(id).find(({ reason }) => reason === 'HostShared')?.message,
  };
}
