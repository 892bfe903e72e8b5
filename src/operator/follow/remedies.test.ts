import { expect, it } from 'vitest';
import { followRemedy } from './remedies.ts';

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
  ['Pod', 'Timeout', undefined],
] as const)('%s, %s', (kind, error, remedy) => {
  const found = followRemedy(kind, { kind: error });
  if (remedy === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(remedy);
});
