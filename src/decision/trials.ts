/** Which Trial is judged on a request, beside the binding that decides; and where one stands alone, and decides as Audit. */

import { loneTrials } from '../matching/lone-trials.ts';
import type { BindingPolicy } from '../policy/policy.ts';
import type { PreparedBinding } from './binding.ts';
import { type ChooseBinding, chooser } from './choose.ts';

export interface WithTrials {
  /** The binding that decides: a Trial only where no other applies. */
  readonly bindingFor: ChooseBinding;
  /** The Trial for the request, though it may be the one that decides; undefined where the policy has none at all. */
  readonly trialFor: ChooseBinding | undefined;
  /** With those that stand alone somewhere, as they are there. */
  readonly trials: ReadonlySet<PreparedBinding>;
}

/** One that stands alone changes nothing: it serves no metadata either. */
const alone = (trial: PreparedBinding, policy: BindingPolicy): PreparedBinding =>
  trial.kind === 'rules' ? { ...trial, policy, metadata: undefined } : { ...trial, policy };

export function withTrials(
  bindings: readonly PreparedBinding[],
  trials: readonly PreparedBinding[],
): WithTrials {
  const decides = chooser(bindings);
  if (trials.length === 0) return { bindingFor: decides, trialFor: undefined, trials: new Set() };
  const prepared = new Map(trials.map((trial) => [trial.policy.id, trial]));
  const lone = loneTrials(
    trials.map(({ policy }) => policy),
    bindings.map(({ policy }) => policy),
  ).flatMap((policy) => {
    const trial = prepared.get(policy.id);
    return trial === undefined ? [] : [alone(trial, policy)];
  });
  const stands = chooser(lone);
  return {
    bindingFor: (host, port, route) => {
      const binding = decides(host, port, route);
      if (binding !== undefined) return binding;
      const trial = stands(host, port, route);
      // Where the port is not known, it may be one that another binding guards.
      const isKnown = trial?.policy.atGateway !== undefined || port !== undefined || bindings.length === 0;
      return isKnown ? trial : undefined;
    },
    trialFor: chooser(trials),
    trials: new Set([...trials, ...lone]),
  };
}
