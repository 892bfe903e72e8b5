/** For tests: the policies that validators get, compiled at once. */

import type { PolicyUpdate } from '../../policy/policy.ts';
import type { Policies } from '../policies.ts';

/** Undefined where no binding guards the pod. */
export function policyOfPod(policies: Policies, pod: string): PolicyUpdate | undefined {
  policies.podPolicy(pod);
  return compiled(policies.lastForPod(pod));
}

/** Undefined for a gateway that was not made a `SharedGateway`. */
export function policyOfGateway(policies: Policies, gateway: string): PolicyUpdate | undefined {
  policies.gatewayPolicy(gateway);
  return compiled(policies.lastForGateway(gateway));
}

function compiled(last: ReturnType<Policies['lastForPod']>): PolicyUpdate | undefined {
  if (last === 'behind') throw new Error('the set is not compiled');
  return last;
}
