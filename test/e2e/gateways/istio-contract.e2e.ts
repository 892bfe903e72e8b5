// Istio as a user installs it, asking as envoy-config prints.

import { ISTIO } from './istio.ts';
import { testContract } from './suite-contract.ts';

/** It has no route for two Hosts, and takes `..;` for `..` before it asks. */
testContract(
  ISTIO,
  ({ target = '/', headers = [] }) =>
    target.includes('..;') || headers.filter(([name]) => name === 'host').length > 1,
);
