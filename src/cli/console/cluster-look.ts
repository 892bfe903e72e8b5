/** A look at the cluster's objects: what the page shows of them, and which validators hold which binding. */

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
    return {
      told: toldOf({ ...told, missing: missingOf(told.missing) }),
      validatorsOf: (binding) => validatorsOf(binding, view),
      sourcesAt: (pod) => sourcesAt(pod, view),
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

function sourcesAt(pod: string, { policies }: OutsideView): ReadonlySet<string> {
  const bindings = policies.targets.guards(pod).flatMap(({ binding }) => {
    const stored = policies.store.get('ApiBinding', binding);
    return stored === undefined ? [] : sourcesOf(stored);
  });
  return new Set(bindings);
}
