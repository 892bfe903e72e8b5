/** One ApiBinding as the console shows it: by its status, by what it targets, and by what its manifest means. */

import type { StoredBinding } from '../../cluster/objects.ts';
import { compile } from '../../compiler/compile.ts';
import type { BindingTold } from '../../console/cluster-told.ts';
import type { OutsideView } from '../../coverage/view.ts';
import type { BindingPolicy } from '../../policy/policy.ts';
import { standsAlone } from '../../status/trials.ts';
import type { Guard } from '../../targets/guards.ts';
import { judgedBinding } from '../cluster/judged.ts';
import { conditionsTold } from './conditions-told.ts';

/** The page names so many Trials beside a binding: the first ones by name. */
const MOST_TRIALS = 50;

export function bindingTold(
  binding: StoredBinding,
  view: OutsideView,
  policy: BindingPolicy | undefined,
): BindingTold {
  const { metadata, status } = binding;
  const id = `${metadata.namespace}/${metadata.name}`;
  const { targets } = view.policies;
  const facts = {
    mode: binding.kind === 'refused' ? 'Enforce' : binding.object.spec.mode,
    standsAlone: standsAlone(id, targets),
  } as const;
  const { mark, reason, said } = judgedBinding(binding, facts);
  // Pods of a class have one list of guards.
  const guards = [...new Set([...targets.podsOf(id)].map((pod) => targets.guards(pod)))].flat();
  const ports = guards.filter((guard) => guard.binding === id).flatMap((guard) => guard.ports);
  return {
    id,
    mode: facts.mode,
    state: { mark, reason, said },
    conditions: conditionsTold(status?.conditions),
    targets: [...(targets.resolution(id)?.targets ?? [])],
    ports: [...new Set(ports.map(({ port }) => port))].sort((a, b) => a - b),
    sources: sourcesOf(binding),
    trials: trialsBeside(id, guards, view),
    validators: status?.validators?.summary ?? null,
    trial: mark === 'unknown' ? null : (status?.trial ?? null),
    policy: policy ?? null,
  };
}

function trialsBeside(id: string, guards: readonly Guard[], view: OutsideView): readonly string[] {
  const { targets } = view.policies;
  const isTrial = (one: string): boolean => one !== id && targets.resolution(one)?.isTrial === true;
  const found = new Set<string>();
  for (const one of targets.sharing(id)) if (isTrial(one)) found.add(one);
  for (const { binding } of guards) if (isTrial(binding)) found.add(binding);
  return [...found].sort().slice(0, MOST_TRIALS);
}

/** By name, there or not. */
export function sourcesOf(binding: StoredBinding): readonly string[] {
  if (binding.kind === 'refused') return [];
  const { metadata, spec } = binding.object;
  return spec.sources.map(({ name, namespace = metadata.namespace }) => `${namespace}/${name}`);
}

/** What manifests mean for a validator, but for their sources; those that break the schema mean nothing. */
export type BindingPolicies = ReadonlyMap<string, BindingPolicy>;

const keyOf = ({ metadata: { uid, generation } }: StoredBinding): string => `${uid} ${generation}`;

export const policyIn = (policies: BindingPolicies, binding: StoredBinding): BindingPolicy | undefined =>
  policies.get(keyOf(binding));

/** @param before those of them that have not changed are not compiled again. */
export function bindingPolicies(bindings: Iterable<StoredBinding>, before: BindingPolicies): BindingPolicies {
  const policies = new Map<string, BindingPolicy>();
  for (const binding of bindings) {
    const policy = policyIn(before, binding) ?? compiledAlone(binding);
    if (policy !== undefined) policies.set(keyOf(binding), policy);
  }
  return policies;
}

function compiledAlone(binding: StoredBinding): BindingPolicy | undefined {
  if (binding.kind === 'refused') return undefined;
  const resources = {
    bindings: [{ object: binding.object, origin: undefined }],
    ...{ sources: [], namespaces: [], secrets: [], configMaps: [] },
  };
  const { update } = compile({
    resources,
    keySets: new Map(),
    allowInsecureHttp: true,
    secretRevision: () => '',
  });
  const { bindings, trials = [] } = update.policy;
  return [...bindings, ...trials][0];
}
