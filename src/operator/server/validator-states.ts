/** Counts the validators by whether they enforce the policy that they should. */

import type { Validator } from './registry.ts';
import { updateOf } from './served-answer.ts';
import type { ServedPolicies } from './served-policies.ts';

export interface ValidatorStates {
  readonly current: number;
  readonly behind: number;
  readonly rejected: number;
}

export function validatorStates(
  validators: Iterable<Validator>,
  policies: Pick<ServedPolicies, 'policyOf'>,
): ValidatorStates {
  const states = { current: 0, behind: 0, rejected: 0 };
  for (const validator of validators) {
    const { pod, gateway, version, rejected } = validator;
    const meant = updateOf(policies.policyOf({ pod, gateway }), validator)?.policy.version;
    if (meant === undefined) continue;
    if (rejected?.version === meant) states.rejected += 1;
    else if (version === meant) states.current += 1;
    else states.behind += 1;
  }
  return states;
}
