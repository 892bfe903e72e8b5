/** Whatever Trials there are, the bindings that decide have the policies that they have without them. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { binding, change, pod, raw, service, source } from '../cluster/testing/objects.ts';
import { createPolicies, type PlanningChange, type Policies } from './policies.ts';
import { policyOfGateway, policyOfPod } from './testing/policies.ts';

const NAMESPACES = ['x', 'y'];
const NAMES = ['a', 'b'];
const HOSTS = ['h.example', '*.example', 'i.test'];
const LISTENERS = [
  { name: 'web', port: 80 },
  { name: 'narrow', port: 443, hostname: '*.example' },
];
const BEGIN: readonly PlanningChange[] = [
  { kind: 'RouteApi', installed: true },
  change('Gateway', 'x/g', raw('x/g', { spec: { listeners: LISTENERS } })),
  ...NAMESPACES.flatMap((namespace) => [
    source(`${namespace}/okta`),
    ...NAMES.flatMap((name) => [
      service(`${namespace}/${name}`, name),
      pod(`${namespace}/pod-${name}`, { labels: { app: name } }),
    ]),
  ]),
];
const PODS = NAMESPACES.flatMap((namespace) => NAMES.map((name) => `${namespace}/pod-${name}`));

const ids = fc
  .tuple(fc.constantFrom(...NAMESPACES), fc.constantFrom(...NAMES))
  .map(([namespace, name]) => ({ namespace, name }));
const hosts = fc.uniqueArray(fc.constantFrom(...HOSTS), { maxLength: 2 });
const made = fc
  .integer({ min: 1, max: 4 })
  .map((day) => ({ creationTimestamp: `2026-01-0${day}T00:00:00Z` }));

const routes = fc
  .tuple(ids, hosts, made, fc.constantFrom(undefined, 'web', 'narrow'))
  .map(([{ namespace, name }, hostnames, time, sectionName]) => {
    const id = `${namespace}/${name}`;
    const parentRef = { name: 'g', namespace: 'x', ...(sectionName !== undefined && { sectionName }) };
    const rules = [{ name: 'admin', backendRefs: [{ name, port: 80 }] }];
    const status = { parents: [{ parentRef, conditions: [{ type: 'Accepted', status: 'True' }] }] };
    return change('HTTPRoute', id, raw(id, { spec: { hostnames, rules }, status }, time));
  });

const bindings = (prefix: string, modes: readonly string[]) =>
  fc
    .record({
      id: ids,
      names: hosts,
      time: made,
      mode: fc.constantFrom(...modes),
      target: fc.constantFrom('Service', 'HTTPRoute', 'section', 'missing'),
      ports: fc.constantFrom(undefined, [{ port: 8080, protocol: 'H2C' }], [{ port: 9090 }]),
      rules: fc.constantFrom(undefined, [
        { require: { expressions: [{ expression: 'nonsense(', message: 'm' }] } },
      ]),
    })
    .map(({ id: { namespace, name }, names, time, mode, target, ports, rules }) => {
      const kind = target === 'Service' ? 'Service' : 'HTTPRoute';
      const reference = {
        ...{ kind, name: target === 'missing' ? 'gone' : name },
        ...(target === 'section' && { sectionName: 'admin' }),
      };
      const spec = { hosts: names, mode, ...(ports && { ports }), ...(rules && { rules }) };
      return binding(`${namespace}/${prefix}-${name}`, { ...spec, targetRefs: [reference] }, time);
    });

const settled = (list: readonly PlanningChange[], tellsRoutes: boolean | undefined): Policies => {
  const policies = createPolicies({ allowInsecureHttp: false });
  const told = tellsRoutes === undefined ? {} : { tellsRoutes };
  policies.apply([...BEGIN, { kind: 'SharedGateway', id: 'x/g', active: true, ...told }, ...list]);
  return policies;
};

it('they decide the same for pods and at a gateway, and their status says the same', () => {
  let tried = 0;
  fc.assert(
    fc.property(
      fc.array(routes, { maxLength: 4 }),
      fc.array(bindings('decides', ['Enforce', 'Audit', 'Disabled']), { minLength: 1, maxLength: 4 }),
      fc.array(bindings('trial', ['Trial']), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(undefined, true, false),
      (attached, deciding, trials, tells) => {
        const [alone, together] = [
          settled([...attached, ...deciding], tells),
          settled([...trials, ...attached, ...deciding], tells),
        ];
        const decides = (policies: Policies) => ({
          gateway: policyOfGateway(policies, 'x/g')?.policy.bindings,
          pods: PODS.map((id) => policyOfPod(policies, id)?.policy.bindings ?? []),
          outcomes: deciding.map(({ id = '' }) => policies.binding(id)),
        });
        expect(decides(together)).toEqual(decides(alone));
        for (const one of [
          policyOfGateway(together, 'x/g'),
          ...PODS.map((id) => policyOfPod(together, id)),
        ]) {
          tried += one?.policy.trials?.length ?? 0;
        }
      },
    ),
  );
  expect(tried).toBeGreaterThan(50);
});
