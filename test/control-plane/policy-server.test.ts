/** The leader's policy server and the validator's real feed, over TLS. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { startPolicyServer, updateOf } from '../../src/operator/testing/policy-server.ts';
import type { Policy, PolicyUpdate } from '../../src/policy/policy.ts';
import { watchedFeed } from '../../src/validator/testing/control-plane-feed.ts';
import { podFiles } from '../../src/validator/testing/control-plane-server.ts';

const seconds = () => Math.floor(Date.now() / 1000);
const A = updateOf('a', { checked: seconds() });
const B = updateOf('b', { checked: seconds() });
const POD = 'shop/a';

type World = Awaited<ReturnType<typeof startPolicyServer>>;

let refresh: (uid: string) => Promise<void> | undefined;
let world: World;
let files: ReturnType<typeof podFiles>;
let validator: ReturnType<typeof watchedFeed>;

const parts = { clock: systemClock, refreshKeys: (uid: string) => refresh(uid) };

beforeEach(async () => {
  refresh = () => undefined;
  world = await startPolicyServer(parts);
  files = podFiles();
  files.writeAuthorities(world.authority);
  files.writeToken(world.admit(POD, { expires: seconds() + 3600 }));
  const url = new URL(`https://127.0.0.1:${world.port}`);
  validator = watchedFeed({ ...files, url, clock: systemClock, maxStale: 86_400 });
});
afterEach(async () => {
  await validator.stop();
  await world.server.close();
  files.remove();
  expect(world.bugs).toEqual([]);
});

/** What the server was told last. */
const said = () => world.server.validators.reportOf(POD, `uid-${POD}`);
const acknowledged = (version: string) => validator.until(() => said()?.version === version);

/** A policy that no validator of this version can read. */
function fromTheFuture({ policy, ...beside }: PolicyUpdate): PolicyUpdate {
  const future: Policy = JSON.parse(JSON.stringify(policy).replace('"invalid"', '"oracle"'));
  return { ...beside, policy: { ...future, version: 'future' } };
}

describe('a validator', () => {
  it('has its policy, and every change of it, and says so', async () => {
    world.publish(A, POD);
    await validator.start();
    await acknowledged(A.policy.version);
    world.publish(B, POD);
    await acknowledged(B.policy.version);
    expect(validator.updates.map(({ policy }) => policy)).toEqual([A.policy, B.policy]);
    expect(validator.updates[1]?.keysChecked).toEqual(B.keysChecked);
    expect(world.server.states()).toEqual({ current: 1, behind: 0, rejected: 0 });
    expect(world.reviewed).toHaveLength(1);
    expect(validator.lines).toEqual([]);
  });

  it('that cannot apply a policy says so once, keeps what it has, and takes the next', async () => {
    world.publish(A, POD);
    await validator.start();
    await acknowledged(A.policy.version);
    world.publish(fromTheFuture(B), POD);
    await validator.until(() => said()?.rejected !== undefined);
    expect(said()).toMatchObject({ version: A.policy.version, rejected: { version: 'future' } });
    expect(validator.last().version).toBe(A.policy.version);
    // It asks no more than before: the one that it cannot apply is not sent again.
    await world.held(1);
    world.publish(A, POD);
    await validator.until(() => said()?.rejected === undefined);
    world.publish(B, POD);
    await acknowledged(B.policy.version);
  });

  it('whose last binding goes refuses all that comes', async () => {
    world.publish(A, POD);
    await validator.start();
    await acknowledged(A.policy.version);
    world.write({ pod: POD, gateway: undefined }, { kind: 'unbound' });
    world.tell(POD);
    await validator.until(({ version }) => version !== A.policy.version);
    expect(validator.updates.at(-1)?.policy).toMatchObject({ sources: [], bindings: [] });
    await acknowledged(validator.last().version ?? '');
  });

  it('that meets an unknown kid has the fetched keys when its report is answered', async () => {
    const before = updateOf('a', { checked: seconds() });
    world.publish(before, POD);
    await validator.start();
    await acknowledged(before.policy.version);
    refresh = async () => world.publish(B, POD);
    await validator.refreshKeys('uid-okta');
    expect(validator.last().version).toBe(B.policy.version);
  });

  it('hears when keys were checked again that were old', async () => {
    world.publish(updateOf('a', { checked: seconds() - 80_000 }), POD);
    await validator.start();
    await acknowledged(A.policy.version);
    await world.held(1);
    world.publish(A, POD);
    await validator.until(() => validator.updates.length === 2);
    expect(validator.updates[1]?.keysChecked).toEqual(A.keysChecked);
  });

  it('follows a rotated certificate, and a leader that knows nothing of it yet', async () => {
    world.publish(A, POD);
    await validator.start();
    await acknowledged(A.policy.version);
    world.rotate(await world.authority.issue(['127.0.0.1']));
    await world.held(1);
    await world.server.close();

    const { authority, port } = world;
    world = await startPolicyServer({ ...parts, authority, port });
    files.writeToken(world.admit(POD, { expires: seconds() + 3600 }));
    world.publish(A, POD);
    await acknowledged(A.policy.version);
    expect(validator.updates).toHaveLength(1);
  });
});
