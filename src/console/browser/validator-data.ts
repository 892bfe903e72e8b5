/** What one validator tells at its admin address. */

import { readExplanation } from '../explanation-told.ts';
import { readPolicyInForce } from '../policy-in-force.ts';
import { createAsking, sharedData } from './asking.ts';
import type { ConsoleData } from './data.ts';

export function createValidatorData(): ConsoleData {
  const asking = createAsking('The validator');
  const { ask, get, post } = asking;
  return {
    ...sharedData(asking),
    policy: () => get('/policy', readPolicyInForce),
    async health() {
      const asked = await ask('/readyz', [200, 503]);
      return asked.kind === 'failed'
        ? asked
        : { kind: 'told', value: asked.value.status === 200 ? undefined : asked.value.text.trim() };
    },
    cluster: async () => ({ kind: 'told', value: null }),
    explain: ({ binding, ...question }) => post('/explain', question, readExplanation),
  };
}
