/** A dear object is judged in turns, between which others have theirs. */

import { expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { judged, type OwnKind, own, viewOf } from '../testing/admission.ts';

const DEAR = Array.from({ length: 9 }, (_, i) => ({
  expression: Array.from(
    { length: 20 },
    (_, j) => `${'('.repeat(30)}true${')'.repeat(30)} || ${i + j} == 1`,
  ).join(' || '),
}));
const BINDING = { targetRefs: [{ kind: 'Service', name: 'orders' }], sources: [{ name: 'okta' }] };

/** Turns that others have had until the outcome was there. */
async function turns(kind: OwnKind, spec: JsonObject): Promise<number> {
  const view = viewOf({});
  let count = 0;
  const counting = {
    ...view,
    pause: async () => {
      count += 1;
    },
  };
  const decision = await judged(
    { kind, operation: 'CREATE', object: own(kind, 'shop/dear', spec) },
    counting,
  );
  expect(decision.kind).toBe('allowed');
  return count;
}

it.each([
  ['ApiBinding', { ...BINDING, rules: [{ require: { expressions: DEAR } }] }, 8],
  ['ApiBinding', { ...BINDING, rules: [{}] }, 0],
  ['AuthenticationSource', { jwt: { issuer: 'https://a.example', audiences: ['a'], expressions: DEAR } }, 8],
  ['AuthenticationSource', { jwt: { issuer: 'https://a.example', audiences: ['a'] } }, 0],
] as const)('a review of %s gives others turns where it is dear', async (kind, spec, least) => {
  const count = await turns(kind, spec);
  expect(count).toBeGreaterThanOrEqual(least);
  if (least === 0) expect(count).toBe(0);
});
