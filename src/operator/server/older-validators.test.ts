/** Validators get what they say that they take, and those of older versions a policy without the rest. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { bindingPolicy, rulePolicy } from '../../../test/support/policy.ts';
import { fakeClock } from '../../base/testing/clock.ts';
import { updateFor } from '../../planning/older-validators.ts';
import { parseTakes } from '../../policy/exchange.ts';
import type { Policy, PolicyUpdate } from '../../policy/policy.ts';
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
const NONE = parseTakes(undefined);
const older = updateFor(A, NONE).policy.version;

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
  const unknown = await world.poll(token, { takes: NONE });
  expect(unknown.headers.etag).toBe(`"${older}"`);
  expect(unknown.body).not.toContain('trial');
});

it('one that holds it is current, and learns no more until what decides is another', async () => {
  const held = world.poll(token, { takes: NONE, version: older });
  await world.held(1);
  expect(world.server.states()).toEqual({ current: 1, behind: 0, rejected: 0 });
  world.publish(withTrial('b'), 'shop/a');
  expect(await tagOf(held)).toEqual([200, `"${updateFor(withTrial('b'), NONE).policy.version}"`]);
});

it('one that does not know a member of a binding gets that one as invalid, and the rest as it is', async () => {
  const asking = bindingPolicy({ rules: [rulePolicy({ require: { authentication: { acr: ['phr'] } } })] });
  const { version: _, ...content } = { ...A.policy, bindings: [...A.policy.bindings, asking] };
  const B = { ...A, policy: { ...content, version: policyVersion(content) } };
  world.publish(B, 'shop/a');
  const takes = parseTakes('trials');
  const { body, headers } = await world.poll(token, { takes });
  expect(headers.etag).toBe(`"${updateFor(B, takes).policy.version}"`);
  const { policy } = JSON.parse(body) as { policy: Policy };
  expect(policy.bindings).toEqual([
    ...A.policy.bindings,
    { ...asking, judgement: { kind: 'invalid', problem: expect.stringMatching(/restart the workload/) } },
  ]);
  expect(policy.trials).toEqual(A.policy.trials);
  expect((await world.poll(token)).headers.etag).toBe(`"${B.policy.version}"`);
});
