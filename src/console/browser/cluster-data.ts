/** What `portcullis console` tells of a cluster. */

import { type ClusterTold, readClusterTold } from '../cluster-told.ts';
import { readExplanation } from '../explanation-told.ts';
import type { PolicyInForce } from '../policy-in-force.ts';
import { createAsking, sharedData } from './asking.ts';
import type { ConsoleData } from './data.ts';

export function createClusterData(): ConsoleData {
  const asking = createAsking('portcullis console');
  const { get, post } = asking;
  const cluster = () => get('/cluster', readClusterTold);
  let last: { readonly of: ClusterTold; readonly policy: PolicyInForce } | undefined;
  return {
    ...sharedData(asking),
    cluster,
    /** What the manifests mean: whether validators have it the status says. */
    async policy() {
      const told = await cluster();
      if (told.kind === 'failed') return told;
      if (last?.of !== told.value) last = { of: told.value, policy: policyOf(told.value) };
      return { kind: 'told', value: last.policy };
    },
    health: async () => ({ kind: 'told', value: undefined }),
    explain: ({ binding = '', ...question }) =>
      post(`/explain?${new URLSearchParams({ binding })}`, question, readExplanation),
  };
}

function policyOf({ bindings }: ClusterTold): PolicyInForce {
  const of = (isTrial: boolean) =>
    bindings.flatMap(({ mode, policy }) => (policy !== null && (mode === 'Trial') === isTrial ? policy : []));
  return { version: '', sources: [], bindings: of(false), trials: of(true) };
}
