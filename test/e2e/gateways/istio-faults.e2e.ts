// Faults behind Istio.

import { HOME } from '../../chart/render.ts';
import { ISTIO, SYSTEM } from './istio.ts';
import { AWAY, testFaults, VALIDATORS } from './suite-faults.ts';

testFaults(ISTIO, {
  controller: { namespace: SYSTEM, deployment: 'istiod', selector: 'app=istiod' },
  none: AWAY,
  needed: [['DestinationRule', HOME, VALIDATORS, AWAY]],
});
