/** However the objects come, and whatever they were before, the same objects make the same policies. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changes, histories, nameOf } from '../cluster/testing/changes.ts';
import { selectorMatches } from '../resources/selectors.ts';
import type { Effects } from './effects.ts';
import { createPolicies, type PlanningChange, type Policies } from './policies.ts';
import { policyOfGateway, policyOfPod } from './testing/policies.ts';

/** All that can be seen from outside. */
function seen(policies: Policies): unknown {
  const sorted = <T>(map: ReadonlyMap<string, T>, of: (name: string) => unknown) =>
    [...map.keys()].sort().map((name) => [name, of(name)]);
  return {
    pods: sorted(policies.store.all('Pod'), (name) => {
      const update = policyOfPod(policies, name);
      return [
        update?.policy,
        [...(update?.keysChecked ?? [])],
        [...(update?.secrets ?? [])].map(([n, s]) => [n, `${s}`]),
      ];
    }),
    gateway: policyOfGateway(policies, 'x/g')?.policy,
    bindings: sorted(policies.store.all('ApiBinding'), (name) => [
      policies.binding(name),
      policies.problems(name),
      policies.gatewaysOf(name),
    ]),
    sources: sorted(policies.store.all('AuthenticationSource'), (name) => [
      policies.source(name),
      policies.usersOf(name),
    ]),
    plans: policies.plans(),
    sets: policies.sets(),
  };
}

const fresh = (list: readonly PlanningChange[]): Policies => {
  const policies = createPolicies({ allowInsecureHttp: false });
  policies.apply(list);
  return policies;
};

/** Nothing is compiled but what is asked for. */
const lazy = (): Policies => createPolicies({ allowInsecureHttp: false, rulesPerTurn: 0 });

it('makes the same of the same objects, in whatever order and batches they came', () => {
  fc.assert(
    fc.property(histories, fc.infiniteStream(fc.nat()), (batches, order) => {
      const policies = lazy();
      for (const batch of batches) policies.apply(batch);
      const last = new Map(batches.flat().map((made) => [nameOf(made), made]));
      const shuffled = [...last.values()]
        .map((made) => ({ made, at: order.next().value ?? 0 }))
        .sort((a, b) => a.at - b.at)
        .map(({ made }) => made);
      expect(seen(policies)).toEqual(seen(fresh(shuffled)));
    }),
  );
});

/** By kind of effect and id, what is to be told of when it is another. */
function observed(policies: Policies): ReadonlyMap<string, string> {
  const of = (kind: string, names: Iterable<string>, text: (name: string) => unknown) =>
    [...names].map((name) => [`${kind} ${name}`, JSON.stringify(text(name)) ?? ''] as const);
  const { store } = policies;
  return new Map([
    ...of('pods', store.all('Pod').keys(), (pod) => policies.podPolicy(pod)?.version),
    ...of('bindings', store.all('ApiBinding').keys(), (name) => [
      policies.binding(name),
      policies.problems(name),
    ]),
    ...of('sources', store.all('AuthenticationSource').keys(), (name) => [
      policies.source(name),
      policies.usersOf(name),
    ]),
    ...of(
      'gateways',
      policyOfGateway(policies, 'x/g') ? ['x/g'] : [],
      (gateway) => policies.gatewayPolicy(gateway)?.version,
    ),
  ]);
}

const namesIn = ({ plans: _, ...effects }: Effects): readonly string[] =>
  Object.entries(effects).flatMap(([kind, names]) => [...names].map((name) => `${kind} ${name}`));

/** What is told until nothing is left, by kind and id; before each turn comes `between`. */
function toldOf(policies: Policies, change: PlanningChange, between = () => {}): ReadonlySet<string> {
  const told = new Set(namesIn(policies.apply([change])));
  do {
    between();
    for (const name of namesIn(policies.proceed())) told.add(name);
  } while (policies.isBehind());
  return told;
}

it('tells of all that is another than before, in however many turns, whatever is asked in between', () => {
  fc.assert(
    fc.property(histories, changes, fc.nat(), fc.boolean(), (history, made, rules, isAsked) => {
      const policies = createPolicies({ allowInsecureHttp: false, rulesPerTurn: 1 + (rules % 3) });
      policies.apply(history.flat());
      while (policies.isBehind()) policies.proceed();
      const before = observed(policies);
      const told = toldOf(policies, made, () => isAsked && void observed(policies));
      const changed = [...observed(policies)].filter(([name, text]) => before.get(name) !== text);
      const untold = changed.filter(([name, text]) => text !== '' && !told.has(name));
      expect(untold, nameOf(made)).toEqual([]);
    }),
  );
});

it('guards each pod by the very bindings whose selections choose it', () => {
  fc.assert(
    fc.property(histories, (list) => {
      const policies = fresh(list.flat());
      for (const [name, kept] of policies.store.all('Pod')) {
        const expected = [...policies.store.all('ApiBinding')]
          .filter(([, { metadata }]) => metadata.namespace === kept.metadata.namespace)
          .filter(([other]) =>
            policies.targets
              .resolution(other)
              ?.selections.some(({ selector }) =>
                selector === undefined ? kept.sidecars.validator : selectorMatches(selector, kept.labels),
              ),
          )
          .map(([other]) => other)
          .sort();
        expect(policies.targets.guards(name).map((guard) => guard.binding)).toEqual(expected);
      }
    }),
  );
});
