/** Polls that say what bindings would have denied: who is heard, of which policy, and that nothing else depends on it. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeClock } from '../../base/testing/clock.ts';
import { updateFor } from '../../planning/older-validators.ts';
import { parseTakes } from '../../policy/exchange.ts';
import type { PolicyUpdate } from '../../policy/policy.ts';
import { policyVersion } from '../../policy/version.ts';
import type { WouldDenyReport } from '../../policy/would-deny.ts';
import { NOW, startPolicyServer, tagOf, updateOf } from '../testing/policy-server.ts';

const inAudit = (name: string): PolicyUpdate => {
  const update = updateOf(name);
  const { version: _, ...rest } = update.policy;
  const bindings = rest.bindings.map((one) => ({ ...one, mode: 'Audit' as const, revision: 'uid/1' }));
  const content = { ...rest, bindings };
  return { ...update, policy: { ...content, version: policyVersion(content) } };
};
const A = inAudit('a');
const B = inAudit('b');
const { version } = A.policy;

let world: Awaited<ReturnType<typeof startPolicyServer>>;
let token: string;
let heard: { readonly pod: string; readonly version: string; readonly counts: WouldDenyReport['counts'] }[];
beforeEach(async () => {
  heard = [];
  world = await startPolicyServer({
    clock: fakeClock(NOW),
    onWouldDeny: ({ pod }, policy, { counts }) => void heard.push({ pod, version: policy.version, counts }),
  });
  token = world.admit();
  world.publish(A, 'shop/a');
});
afterEach(async () => {
  await world.server.close();
  expect(world.bugs).toEqual([]);
});

const count = (number: number) => [{ place: 0, count: number, told: 0 }];

/** Waits until it is held, and ends it with another policy. */
async function poll(options: Parameters<typeof world.poll>[1]) {
  const asked = world.poll(token, { version, ...options });
  await world.held(1);
  world.publish(B, 'shop/a');
  expect(await tagOf(asked)).toEqual([200, `"${B.policy.version}"`]);
  world.publish(A, 'shop/a');
}

it('is heard with the policy that the pod has, and that it is to have', async () => {
  await poll({ wouldDeny: 'x 0=3' });
  expect(heard).toEqual([{ pod: 'shop/a', version, counts: count(3) }]);
});

it('is no report that differs: nobody is told of a validator that changed', async () => {
  const changes: unknown[] = [];
  world.server.onValidator((validator) => void changes.push(validator));
  await poll({ wouldDeny: 'x 0=3' });
  await poll({ wouldDeny: 'x 0=4' });
  expect(heard).toHaveLength(2);
  expect(changes).toHaveLength(1);
  expect(Object.keys(world.server.validators.reportOf('shop/a', 'uid-shop/a') ?? {})).not.toContain(
    'wouldDeny',
  );
});

describe('is not heard', () => {
  it('of a policy that is not the one to have', async () => {
    expect(await tagOf(world.poll(token, { version: 'another', wouldDeny: 'x 0=3' }))).toEqual([
      200,
      `"${version}"`,
    ]);
    expect(await tagOf(world.poll(token, { wouldDeny: 'x 0=3' }))).toEqual([200, `"${version}"`]);
    expect(heard).toEqual([]);
  });
  it('of a stranger, and of a pod that asks for a gateway of others', async () => {
    expect((await world.poll('no token', { version, wouldDeny: 'x 0=3' })).status).toBe(401);
    world.publishTo('bank/gate', A);
    const asked = await world.poll(token, { version, gateway: 'bank/gate', wouldDeny: 'x 0=3' });
    expect(asked.status).toBe(403);
    expect(heard).toEqual([]);
  });
  it.each(['', 'x', 'x 0=-1', 'x 0=NaN', 'x shop/b=1', `x ${'0=1,'.repeat(1000)}0=1`, '{"0":1}'])(
    'where it is no report: %j, and the policy comes all the same',
    async (wouldDeny) => {
      await poll({ wouldDeny });
      expect(heard).toEqual([]);
    },
  );
});

it('a head that is too long is refused as ever', async () => {
  const { status } = await world.poll(token, { version, wouldDeny: `x ${'0=1,'.repeat(8000)}0=1` });
  expect([status, heard]).toEqual([431, []]);
});

it("at a gateway it is of that gateway's policy", async () => {
  world.publishTo('shop/gate', A);
  const asked = world.poll(token, { version, gateway: 'shop/gate', wouldDeny: 'x 0=3' });
  await world.held(1);
  world.publishTo('shop/gate', B);
  expect((await asked).status).toBe(200);
  expect(heard).toEqual([{ pod: 'shop/a', version, counts: count(3) }]);
});

it.each(['', 'trials', 'trials, authentication'])(
  'validators that take %j alone are sent no revisions',
  async (taken) => {
    const takes = parseTakes(taken);
    const older = updateFor(A, takes).policy;
    expect(older.version).not.toBe(version);
    const sent = await world.poll(token, { takes });
    expect(sent.headers.etag).toBe(`"${older.version}"`);
    expect(sent.body).not.toContain('uid/1');
    expect((await world.poll(token)).body).toContain('uid/1');
  },
);
