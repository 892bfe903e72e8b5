/** A look at the cluster's objects: what the page shows of them, and which validators hold which binding. */

import { add, type SetsByKey } from '../../base/sets-by-key.ts';
import type { OutsideView } from '../../coverage/view.ts';
import { viewOf } from '../cluster/look.ts';
import { readCluster } from '../cluster/reading.ts';
import { type BindingPolicies, bindingPolicies, sourcesOf } from './binding-told.ts';
import { clusterTold } from './cluster-page.ts';
import { missingOf, type TaggedJson, toldOf } from './told.ts';

export interface ClusterLook {
  readonly told: TaggedJson;
  /** Pods, namespace/name, of validators that judge by the binding: those in its pods, then those of gateways. */
  readonly validatorsOf: (binding: string) => readonly string[];
  /** Sources whose tokens the validator in that pod takes. */
  readonly sourcesAt: (pod: string) => ReadonlySet<string>;
}

/** @param now Unix seconds. */
export function clusterLooks(
  client: Parameters<typeof readCluster>[0],
  namespace: string | undefined,
  now: () => number,
): () => Promise<ClusterLook> {
  let policies: BindingPolicies = new Map();
  return async () => {
    const reading = await readCluster(client, namespace, () => {});
    const view = viewOf(reading, namespace, now());
    policies = bindingPolicies(view.policies.store.all('ApiBinding').values(), policies);
    const told = clusterTold(view, reading.unread, policies);
    let made: SetsByKey | undefined;
    const behind = (): SetsByKey => {
      made ??= bindingsBehind(view);
      return made;
    };
    return {
      told: toldOf({ ...told, missing: missingOf(told.missing) }),
      validatorsOf: (binding) => validatorsOf(binding, view),
      sourcesAt: (pod) => sourcesAt(pod, view, behind()),
    };
  };
}

/** See `ClusterLook`. */
export function validatorsOf(binding: string, { policies, gatewayPods }: OutsideView): readonly string[] {
  const isJudging = (id: string): boolean => {
    const pod = policies.store.get('Pod', id);
    return pod?.phase === 'Running' && pod.sidecars.validator && !pod.deleting;
  };
  return [
    ...[...policies.targets.podsOf(binding)].filter(isJudging).sort(),
    ...policies.gatewaysOf(binding).flatMap(gatewayPods),
  ];
}

/** By pod of a gateway's validator, the bindings that it judges by. */
export function bindingsBehind({ policies, gatewayPods }: OutsideView): SetsByKey {
  const found: SetsByKey = new Map();
  for (const binding of policies.store.all('ApiBinding').keys())
    for (const pod of policies.gatewaysOf(binding).flatMap(gatewayPods)) add(found, pod, binding);
  return found;
}

/** See `ClusterLook`. */
export function sourcesAt(pod: string, { policies }: OutsideView, behind: SetsByKey): ReadonlySet<string> {
  const its = [...policies.targets.guards(pod).map(({ binding }) => binding), ...(behind.get(pod) ?? [])];
  const bindings = its.flatMap((binding) => {
    const stored = policies.store.get('ApiBinding', binding);
    return stored === undefined ? [] : sourcesOf(stored);
  });
  return new Set(bindings);
}
