/** Routes that go around the check make a binding unready, unless its pods have validators of their own. */

import { expect, it } from 'vitest';
import { facts, podFact, shownBinding } from './testing/status.ts';

const open = (name: string) => ({
  place: `HTTPRoute shop/${name} at Gateway infra/a`,
  why: 'SecurityPolicy shop/cors has no extAuth',
  remedy: 'give it one',
});
const behind = { gatewayValidators: [podFact('g')], uncovered: [open('web')] };

it.each([
  ['pods without validators', { pods: [podFact('a'), podFact('b', { validator: false })] }],
  ['no pods', { pods: [] }],
  ['requests that came before', { pods: [], neverAsked: ['infra/a'] }],
])('before %s: the message names the route, the cause and the remedy', (_, more) => {
  const { conditions, messages } = shownBinding(facts({ ...behind, ...more }));
  expect([conditions.Ready, conditions.Guarded]).toEqual(['False RouteUnguarded', 'False RouteUnguarded']);
  expect(messages.Guarded).toContain(
    'HTTPRoute shop/web at Gateway infra/a (SecurityPolicy shop/cors has no extAuth; give it one)',
  );
});

it('matters nothing before pods that all have validators', () => {
  expect(shownBinding(facts({ ...behind, pods: [podFact('a')] })).conditions.Ready).toBe('True Ready');
});

it('names the first of many', () => {
  const uncovered = Array.from({ length: 8 }, (_, n) => open(`r-${n}`));
  const { messages } = shownBinding(facts({ ...behind, pods: [], uncovered }));
  expect(messages.Guarded).toContain('r-4');
  expect(messages.Guarded).not.toContain('r-5');
  expect(messages.Guarded).toContain('and 3 more');
});
