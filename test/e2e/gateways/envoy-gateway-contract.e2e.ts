// Envoy Gateway as a user installs it, asking as envoy-config prints. It says which route matched, so that routes share hosts.

import { expect, it } from 'vitest';
import { ENVOY_GATEWAY } from './envoy-gateway.ts';
import { as, bearer, testContract } from './suite-contract.ts';

/** It refuses two Hosts, and tidies these paths up. */
const { outcome, petsToken } = testContract(
  ENVOY_GATEWAY,
  ({ target = '/', headers = [] }) =>
    headers.filter(([name]) => name === 'host').length > 1 || /;|%2f/i.test(target),
);

it('tenants share a host by its paths: the binding of the route that matched decides', async () => {
  const at = (target: string, text: string) => as('orders.example', text, target);
  expect(await outcome(at('/pets/1', petsToken()))).toBe('200');
  expect(await outcome(at('/pets/1', bearer()))).toBe('401 issuer_unknown');
  expect(await outcome(at('/orders/1', petsToken()))).toBe('401 issuer_unknown');
  expect(await outcome(at('/unbound', bearer()))).toBe('403 host_unbound');
});

it('one rule of a route has a binding of its own', async () => {
  const at = (target: string) => outcome({ target, headers: [['host', 'rules.example']] });
  expect(await at('/open')).toBe('200');
  expect(await at('/closed')).toBe('401 token_missing');
});
