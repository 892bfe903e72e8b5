/** What is refused because its turn to be checked has not come: closed meanwhile, and judged once it has. */

import { expect, it } from 'vitest';
import { binding, pod, service, source } from '../../cluster/testing/objects.ts';
import { createPolicies } from '../../planning/policies.ts';
import { policyOfPod } from '../../planning/testing/policies.ts';
import { createHeldForChecks, type HeldChange } from './checks.ts';

const isHeld = (change: { readonly kind: string }): change is HeldChange =>
  change.kind === 'ApiBinding' || change.kind === 'AuthenticationSource';

it('a binding and a source are refused until they are checked', () => {
  const policies = createPolicies({ allowInsecureHttp: false });
  const held = createHeldForChecks(1);
  const [okta, orders] = [source('shop/okta'), binding('shop/orders')];
  policies.apply([service('shop/orders', 'orders'), pod('shop/o-1', { labels: { app: 'orders' } })]);
  const judged = () => ({
    judgements: policyOfPod(policies, 'shop/o-1')?.policy.bindings.map(({ judgement }) => judgement.kind),
    binding: policies.binding('shop/orders')?.acceptance,
    source: policies.source('shop/okta')?.acceptance,
  });

  if (!isHeld(okta) || !isHeld(orders)) throw new Error('objects of other kinds');
  const others = Array.from({ length: 5000 }, (_, i) => binding(`shop/other${i}`)).filter(isHeld);
  for (const change of [...others, okta, orders]) held.take(change);
  policies.apply(held.release(true).filter(({ id }) => !id.startsWith('shop/other')));
  const refused = { kind: 'refused', reason: 'NotChecked' };
  expect(judged()).toMatchObject({
    judgements: ['invalid'],
    binding: { ...refused, stalled: false },
    source: refused,
  });

  const later: HeldChange[] = [];
  while (held.isBusy) later.push(...held.release(false));
  policies.apply(later.filter(({ id }) => !id.startsWith('shop/other')));
  expect(judged()).toEqual({
    judgements: ['rules'],
    binding: { kind: 'accepted' },
    source: { kind: 'accepted' },
  });
});
