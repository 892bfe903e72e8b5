/**
 * Policies for validators of versions that know no Trials: what decides is as it was. A Trial is left out, but for the
 * places where no other binding applies: there it is a binding in mode Audit, which it is for others too.
 */

import { loneTrials } from '../matching/lone-trials.ts';
import type { BindingPolicy, Policy, PolicyUpdate } from '../policy/policy.ts';
import { policyVersion } from '../policy/version.ts';

/** The policy itself where it has none. */
export function withoutTrials(policy: Policy): Policy {
  if (policy.trials === undefined) return policy;
  const made = known.get(policy) ?? make(policy, policy.trials);
  known.set(policy, made);
  return made;
}

const known = new WeakMap<Policy, Policy>();

/** The same of what is sent: with no secret but those of the sources that are left. */
export function updateWithoutTrials(update: PolicyUpdate): PolicyUpdate {
  const policy = withoutTrials(update.policy);
  if (policy === update.policy) return update;
  const uids = new Set(policy.sources.map(({ uid }) => uid));
  const names = new Set(
    policy.sources.flatMap(({ keys }) =>
      keys?.kind === 'hmac' ? keys.keys.map(({ secret }) => secret) : [],
    ),
  );
  return {
    policy,
    secrets: new Map([...update.secrets].filter(([name]) => names.has(name))),
    keysChecked: new Map([...update.keysChecked].filter(([uid]) => uids.has(uid))),
  };
}

function make({ format, sources, bindings: deciding }: Policy, trials: readonly BindingPolicy[]): Policy {
  const bindings = [...deciding, ...loneTrials(trials, deciding)];
  const used = new Set(
    bindings.flatMap(({ judgement }) => (judgement.kind === 'rules' ? judgement.sources : [])),
  );
  const content = { format, sources: sources.filter(({ id }) => used.has(id)), bindings };
  return { ...content, version: policyVersion(content) };
}
