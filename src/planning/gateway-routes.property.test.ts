/** However routes and bindings of several namespaces meet at a gateway, each decides for its own requests alone. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseId } from '../base/object-id.ts';
import { finishSteps } from '../base/steps.ts';
import type { Route } from '../cluster/objects.ts';
import { binding, change, raw, service, source } from '../cluster/testing/objects.ts';
import type { MatchedRoute } from '../decision/decision.ts';
import { prepareEnforcer } from '../decision/enforcer.ts';
import { createPolicies, type PlanningChange, type Policies } from './policies.ts';
import { attachmentsOf } from './testing/attachments.ts';
import { policyOfGateway } from './testing/policies.ts';

const NAMESPACES = ['x', 'y'];
const ROUTES = ['a', 'b', 'c'];
const RULES = ['r', 's'];
const HOSTS = ['h.example', 'i.example', 'g.test'];

const LISTENERS = [
  { name: 'web', port: 80 },
  { name: 'tls', port: 443 },
  { name: 'narrow', port: 443, hostname: '*.example' },
];
const BEGIN: readonly PlanningChange[] = [
  { kind: 'RouteApi', installed: true },
  { kind: 'SharedGateway', id: 'x/g', active: true },
  change('Gateway', 'x/g', raw('x/g', { spec: { listeners: LISTENERS } })),
  ...NAMESPACES.flatMap((name) => [source(`${name}/okta`), service(`${name}/a`, 'a')]),
];

const ids = (names: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...NAMESPACES), fc.constantFrom(...names))
    .map(([namespace, name]) => `${namespace}/${name}`);
const hosts = fc.uniqueArray(fc.constantFrom(...HOSTS, '*.example'), { maxLength: 2 });
const time = fc
  .integer({ min: 0, max: 3 })
  .map((day) => ({ creationTimestamp: `2026-01-0${day + 1}T00:00:00Z` }));

const routes = fc
  .tuple(ids(ROUTES), hosts, time, fc.constantFrom(undefined, 'web', 'tls', 'narrow'))
  .map(([id, hostnames, made, sectionName]) => {
    const parentRef = { name: 'g', namespace: 'x', ...(sectionName !== undefined && { sectionName }) };
    const rules = [...RULES, undefined].map((name) => ({
      ...(name !== undefined && { name }),
      backendRefs: [{ name: 'a', port: 80 }],
    }));
    const status = { parents: [{ parentRef, conditions: [{ type: 'Accepted', status: 'True' }] }] };
    return change('HTTPRoute', id, raw(id, { spec: { hostnames, rules }, status }, made));
  });
const targets = fc.uniqueArray(
  fc
    .tuple(fc.constantFrom(...ROUTES), fc.constantFrom(undefined, undefined, ...RULES))
    .map(([name, sectionName]) => ({
      kind: 'HTTPRoute',
      name,
      ...(sectionName !== undefined && { sectionName }),
    })),
  { minLength: 1, maxLength: 2, selector: (target) => JSON.stringify(target) },
);
const modes = fc.constantFrom('Enforce', 'Enforce', 'Disabled', 'Nonsense');
const bindings = fc
  .tuple(ids(['p', 'q', 'r', 's']), targets, hosts, time, modes)
  .map(([id, targetRefs, names, made, mode]) => binding(id, { targetRefs, hosts: names, mode }, made));

const clusters = fc
  .tuple(
    fc.array(routes, { minLength: 2, maxLength: 8, size: 'max' }),
    fc.array(bindings, { minLength: 2, maxLength: 8, size: 'max' }),
  )
  .map((parts): readonly PlanningChange[] => parts.flat());

function compiled(list: readonly PlanningChange[]) {
  const policies = createPolicies({ allowInsecureHttp: false });
  policies.apply([...BEGIN, ...list]);
  const update = policyOfGateway(policies, 'x/g');
  if (update === undefined) throw new Error('the gateway has no policy');
  return { policies, update, choose: finishSteps(prepareEnforcer(update)).bindingFor };
}

/** Whether the binding is for the route, or for that very rule of it. */
function targetsIt(policies: Policies, id: string, route: MatchedRoute): boolean {
  const { routes = [], sections = [] } = policies.targets.resolution(id) ?? {};
  const isIt = ({ kind, metadata: { namespace, name } }: Route): boolean =>
    kind === route.kind && namespace === route.namespace && name === route.name;
  return routes.some(isIt) || sections.some((one) => isIt(one.route) && one.section === route.section);
}

const MATCHES = NAMESPACES.flatMap((namespace) =>
  ROUTES.flatMap((name) =>
    [undefined, ...RULES].map(
      (section): MatchedRoute => ({
        kind: 'HTTPRoute',
        namespace,
        name,
        ...(section !== undefined && { section }),
      }),
    ),
  ),
);

it('a request of a known route is decided by a binding that targets it, or refused', () => {
  let decided = 0;
  fc.assert(
    fc.property(clusters, (list) => {
      const { policies, update, choose } = compiled(list);
      if (update.policy.bindings.every(({ atGateway }) => atGateway === undefined)) return;
      for (const route of MATCHES) {
        for (const host of HOSTS) {
          const chosen = choose(host, undefined, route);
          if (chosen === undefined) continue;
          decided += 1;
          const { id } = chosen.policy;
          expect(targetsIt(policies, id, route), `${id} for ${JSON.stringify(route)}`).toBe(true);
        }
      }
    }),
  );
  expect(decided).toBeGreaterThan(500);
});

it('what is decided of a route does not depend on the routes and bindings of other namespaces', () => {
  let decided = 0;
  fc.assert(
    fc.property(clusters, (list) => {
      const all = compiled(list).choose;
      const own = compiled(list.filter((made) => !('id' in made) || parseId(made.id).namespace === 'y'));
      if (own.update.policy.bindings.every(({ atGateway }) => atGateway === undefined)) return;
      for (const route of MATCHES.filter(({ namespace }) => namespace === 'y')) {
        for (const host of HOSTS) {
          const chosen = own.choose(host, undefined, route);
          if (chosen !== undefined) decided += 1;
          expect(all(host, undefined, route)?.policy.id).toBe(chosen?.policy.id);
        }
      }
    }),
  );
  expect(decided).toBeGreaterThan(200);
});

it('where the route is not known, nobody decides for hosts of a rule of the namespace that is guarded by itself', () => {
  let [decided, refused] = [0, 0];
  fc.assert(
    fc.property(clusters, (list) => {
      const { policies, update, choose } = compiled(list);
      const attached = new Map(
        attachmentsOf('x/g', [...BEGIN, ...list]).map(({ route, hosts: names }) => [route, names]),
      );
      for (const host of HOSTS) {
        const chosen = choose(host, undefined);
        if (chosen?.kind !== 'rules') {
          refused += 1;
          continue;
        }
        decided += 1;
        const { namespace } = parseId(chosen.policy.id);
        const { routes = [] } = policies.targets.resolution(chosen.policy.id) ?? {};
        expect(routes.length, chosen.policy.id).toBeGreaterThan(0);
        for (const { id, hosts } of update.policy.bindings) {
          const { sections = [] } = policies.targets.resolution(id) ?? {};
          if (parseId(id).namespace !== namespace || !hosts.includes(host)) continue;
          const isRivalled = sections.some(
            ({ route }) => route.hostnames.includes(host) && attached.get(route)?.includes(host) === true,
          );
          expect(isRivalled, `${chosen.policy.id} beside ${id} for ${host}`).toBe(false);
        }
      }
    }),
  );
  expect(decided).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(100);
});
