import { expect, it } from 'vitest';
import { callRemedy, followRemedy } from './remedies.ts';

it.each([
  [
    'AuthenticationSource',
    'NotFound',
    /does not know the kind AuthenticationSource: install the CRDs, by crds\.enabled=true/,
  ],
  ['ApiBinding', 'NotFound', /kubectl apply --server-side -f crds\//],
  // The Gateway API is no part of every cluster.
  ['HTTPRoute', 'NotFound', undefined],
  ['Pod', 'Forbidden', /list and watch Pod objects: install the chart of this version again/],
  ['Pod', 'Unreachable', /networkPolicy\.egress/],
  [
    'Pod',
    'Timeout',
    /kubectl get --raw \/readyz answers soon, let the operator reach the API server.*else mend/,
  ],
  ['Pod', 'Conflict', undefined],
] as const)('%s, %s', (kind, error, remedy) => {
  const found = followRemedy(kind, { kind: error });
  if (remedy === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(remedy);
});

it('a call that has nothing to do with a kind has the remedies of the way alone', () => {
  expect(callRemedy({ kind: 'Unreachable' })).toMatch(/networkPolicy\.egress/);
  expect(callRemedy({ kind: 'Forbidden' })).toBeUndefined();
});
