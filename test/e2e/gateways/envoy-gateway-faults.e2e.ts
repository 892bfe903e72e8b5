// Faults behind Envoy Gateway, which takes the check out of its proxies while nobody is there to be asked.

import { HOME } from '../../chart/render.ts';
import { ENVOY_GATEWAY, SYSTEM } from './envoy-gateway.ts';
import { AWAY, NOBODY, testFaults, VALIDATORS } from './suite-faults.ts';

testFaults(ENVOY_GATEWAY, {
  controller: { namespace: SYSTEM, deployment: 'envoy-gateway', selector: 'control-plane=envoy-gateway' },
  none: NOBODY,
  needed: [
    ['BackendTLSPolicy', HOME, VALIDATORS, AWAY],
    ['ReferenceGrant', HOME, 'portcullis.edge.public', NOBODY],
  ],
});
