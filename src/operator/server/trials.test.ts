/** Validators that know Trials get them, and those of older versions a policy that decides the same without. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { fakeClock } from '../../base/testing/clock.ts';
import { updateWithoutTrials } from '../../planning/without-trials.ts';
import type { PolicyUpdate } from '../../policy/policy.ts';
import { policyVersion } from '../../policy/version.ts';
import { NOW, startPolicyServer, tagOf, updateOf } from '../testing/policy-server.ts';

const withTrial = (name: string): PolicyUpdate => {
  const update = updateOf(name);
  const { version: _, ...rest } = update.policy;
  const content = {
    ...rest,
    trials: updateOf('trial').policy.bindings.map((one) => ({ ...one, mode: 'Audit' as const })),
  };
  return { ...update, policy: { ...content, version: policyVersion(content) } };
};
const A = withTrial('a');
const older = updateWithoutTrials(A).policy.version;

let world: Awaited<ReturnType<typeof startPolicyServer>>;
let token: string;
beforeEach(async () => {
  world = await startPolicyServer({ clock: fakeClock(NOW) });
  token = world.admit();
  world.publish(A, 'shop/a');
});
afterEach(async () => {
  await world.server.close();
  expect(world.bugs).toEqual([]);
});

it('each gets the policy that it takes', async () => {
  const known = await world.poll(token);
  expect(known.headers.etag).toBe(`"${A.policy.version}"`);
  expect(known.body).toContain('"trials"');
  const unknown = await world.poll(token, { takesTrials: false });
  expect(unknown.headers.etag).toBe(`"${older}"`);
  expect(unknown.body).not.toContain('trial');
});

it('one that holds it is current, and learns no more until what decides is another', async () => {
  const held = world.poll(token, { takesTrials: false, version: older });
  await world.held(1);
  expect(world.server.states()).toEqual({ current: 1, behind: 0, rejected: 0 });
  world.publish(withTrial('b'), 'shop/a');
  expect(await tagOf(held)).toEqual([200, `"${updateWithoutTrials(withTrial('b')).policy.version}"`]);
});
