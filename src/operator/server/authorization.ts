/** Decides who may poll: a caller with a token that the API server accepts, bound to a pod that still exists. */

import { namespaceOf } from '../../base/object-id.ts';
import type { Authentication } from './authentication.ts';
import type { Bearer } from './caller.ts';
import { type Caller, NOT_BOUND, type Stranger } from './caller.ts';
import { type PollRefusal, pollRefusal, unavailable } from './refusal.ts';
import type { Reader, ServedPolicies } from './served-policies.ts';

export interface AuthorizationParts {
  readonly authentication: Authentication;
  readonly policies: Pick<ServedPolicies, 'livePod' | 'policyOf'>;
  /** The control plane's own. */
  readonly namespace: string;
}

export interface Authorization {
  /** `address` is the caller's. */
  admit(
    bearer: Bearer,
    gateway: string | undefined,
    address: string,
  ): Promise<({ readonly kind: 'caller' } & Caller) | PollRefusal>;
  /** Why the caller must no longer be served; undefined: it may be. */
  lives(caller: Caller): PollRefusal | undefined;
}

export function createAuthorization({
  authentication,
  policies,
  namespace,
}: AuthorizationParts): Authorization {
  const lives = ({ pod, uid }: Caller): PollRefusal | undefined => {
    const living = policies.livePod(pod);
    if (living === undefined) return pollRefusal(404, 'the pod is not known, or not yet');
    return living === uid ? undefined : pollRefusal(403, 'the token is bound to a pod that is gone');
  };

  /** Refuses tokens that cannot be good before the API server is asked: by what they say, and by whether the pod exists. */
  const precheck = (claimed: Caller, reader: Reader): PollRefusal | undefined => {
    if (policies.policyOf(reader).kind === 'notReady')
      return unavailable('the cluster has not been read yet');
    return lives(claimed);
  };

  return {
    lives,
    async admit(bearer, gateway, address) {
      if (bearer.pod === undefined) return strange(NOT_BOUND);
      const claimed = { pod: bearer.pod.id, uid: bearer.pod.uid };
      const early = precheck(claimed, { pod: claimed.pod, gateway });
      if (early !== undefined) return early;
      const verdict = await authentication.check(bearer, address);
      switch (verdict.kind) {
        case 'stranger':
          return strange(verdict);
        case 'unavailable':
          return unavailable(verdict.problem);
        case 'pod': {
          const { pod, uid } = verdict;
          const late = lives(verdict);
          if (late !== undefined) return late;
          return gateway === undefined || mayAskFor(gateway, pod, namespace)
            ? { kind: 'caller', pod, uid }
            : pollRefusal(403, OTHERS_GATEWAY);
        }
      }
    },
  };
}

const OTHERS_GATEWAY = 'a pod may ask for Gateways of its own namespace, and the control plane for all';

function strange({ status, problem }: Stranger): PollRefusal {
  return pollRefusal(
    status,
    problem,
    status === 401 ? { 'www-authenticate': 'Bearer error="invalid_token"' } : {},
  );
}

/** The policy of a Gateway holds bindings and keys of many namespaces: only pods that run the Gateway anyway get it. */
function mayAskFor(gateway: string, pod: string, ours: string): boolean {
  const namespace = namespaceOf(pod);
  return namespace === ours || namespace === namespaceOf(gateway);
}
