/** Where the host alone is known: who decides gets its requests at some port, and nobody else's pass by a wider host. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseId } from '../base/object-id.ts';
import { finishSteps } from '../base/steps.ts';
import type { Route } from '../cluster/objects.ts';
import { binding, change, raw, service, source } from '../cluster/testing/objects.ts';
import { prepareEnforcer } from '../decision/enforcer.ts';
import { hostMatches } from '../matching/hosts.ts';
import { covers } from '../targets/hosts.ts';
import { createPolicies, type PlanningChange } from './policies.ts';
import { attachmentsOf } from './testing/attachments.ts';
import { policyOfGateway } from './testing/policies.ts';

const NAMESPACES = ['x', 'y'];
const NAMES = ['a', 'b'];
const HOSTS = ['h.b.example', 'i.example', 'g.test'];
const PATTERNS = [...HOSTS, '*.example', '*.b.example'];
const LISTENERS = [
  { name: 'web', port: 80 },
  { name: 'tls', port: 443 },
  { name: 'narrow', port: 443, hostname: '*.b.example' },
];
const BEGIN: readonly PlanningChange[] = [
  { kind: 'RouteApi', installed: true },
  { kind: 'SharedGateway', id: 'x/g', active: true },
  change('Gateway', 'x/g', raw('x/g', { spec: { listeners: LISTENERS } })),
  ...NAMESPACES.flatMap((name) => [source(`${name}/okta`), service(`${name}/a`, 'a')]),
];

const ids = fc
  .tuple(fc.constantFrom(...NAMESPACES), fc.constantFrom(...NAMES))
  .map(([namespace, name]) => `${namespace}/${name}`);
const hosts = fc.uniqueArray(fc.constantFrom(...PATTERNS), { maxLength: 2 });
const made = fc
  .integer({ min: 1, max: 4 })
  .map((day) => ({ creationTimestamp: `2026-01-0${day}T00:00:00Z` }));
const routes = fc
  .tuple(ids, hosts, made, fc.constantFrom(undefined, 'web', 'tls', 'narrow'))
  .map(([id, hostnames, time, sectionName]) => {
    const parentRef = { name: 'g', namespace: 'x', ...(sectionName !== undefined && { sectionName }) };
    const rules = [{ backendRefs: [{ name: 'a', port: 80 }] }];
    const status = { parents: [{ parentRef, conditions: [{ type: 'Accepted', status: 'True' }] }] };
    return change('HTTPRoute', id, raw(id, { spec: { hostnames, rules }, status }, time));
  });
const bindings = fc
  .tuple(ids, hosts, made, fc.constantFrom('Enforce', 'Disabled'))
  .map(([id, names, time, mode]) => {
    const targetRefs = [{ kind: 'HTTPRoute', name: parseId(id).name }];
    return binding(id, { targetRefs, hosts: names, mode }, time);
  });
const clusters = fc
  .tuple(
    fc.array(routes, { minLength: 2, maxLength: 6, size: 'max' }),
    fc.array(bindings, { minLength: 1, maxLength: 4, size: 'max' }),
  )
  .map((parts): readonly PlanningChange[] => parts.flat());

interface Owner {
  readonly namespace: string;
  /** The pattern by which its route attaches the host. */
  readonly pattern: string;
}

const age = ({ created, metadata, kind }: Route): string =>
  `${created} ${metadata.namespace}/${metadata.name} ${kind}`;

/** To whom the gateway sends requests for the host, at each port: as the Gateway API says it. */
function ownersOf(host: string, list: readonly PlanningChange[]): readonly Owner[] {
  const places = attachmentsOf('x/g', [...BEGIN, ...list])
    .flatMap(({ route, places: found }) => found.map((place) => ({ ...place, route })))
    .filter((place) => place.host === '' || hostMatches([place.host], host));
  return [...Map.groupBy(places, ({ port }) => port).values()].map((ofPort) => {
    const [first] = ofPort.toSorted((a, b) => {
      if (a.listener !== b.listener) return covers(b.listener, a.listener) ? -1 : 1;
      if (a.host !== b.host) return covers(b.host, a.host) ? -1 : 1;
      return age(a.route) < age(b.route) ? -1 : 1;
    });
    return { namespace: first?.route.metadata.namespace ?? '', pattern: first?.host ?? '' };
  });
}

it('whoever decides for a host gets its requests, and none of another namespace that nothing guards by that very host', () => {
  let [decided, refused] = [0, 0];
  fc.assert(
    fc.property(clusters, (list) => {
      const policies = createPolicies({ allowInsecureHttp: false });
      policies.apply([...BEGIN, ...list]);
      const update = policyOfGateway(policies, 'x/g');
      if (update === undefined) throw new Error('the gateway has no policy');
      const { bindingFor } = finishSteps(prepareEnforcer(update));
      for (const host of HOSTS) {
        const chosen = bindingFor(host, undefined);
        if (chosen?.kind !== 'rules') {
          refused += 1;
          continue;
        }
        decided += 1;
        const { id, atGateway } = chosen.policy;
        const { namespace } = parseId(id);
        const owners = ownersOf(host, list);
        expect(
          owners.map((owner) => owner.namespace),
          `${id} for ${host}`,
        ).toContain(namespace);
        const by = (atGateway?.hosts ?? []).filter(
          (pattern) => pattern === '' || hostMatches([pattern], host),
        );
        for (const owner of owners) {
          if (owner.namespace === namespace) continue;
          const isClaimed = update.policy.bindings.some(
            (one) =>
              one.atGateway !== undefined &&
              parseId(one.id).namespace === owner.namespace &&
              (one.hosts.length === 0 || one.hosts.includes(owner.pattern)),
          );
          const isWider = by.every((pattern) => pattern !== owner.pattern && covers(pattern, owner.pattern));
          expect(isWider && !isClaimed, `${id} for ${host} of ${owner.namespace}, ${owner.pattern}`).toBe(
            false,
          );
        }
      }
    }),
  );
  expect(decided).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(50);
});
