import { describe, expect, it } from 'vitest';
import { controlPlaneFeed, followingFeed, type SetUp } from '../testing/control-plane-feed.ts';
import { fetched, fieldsOf, hmac, policyOf, sent, UNAVAILABLE } from '../testing/policies.ts';

const A = policyOf('a');
const B = policyOf('b');
const NOW = 1_800_000_000;

/** In force, and being asked about anew. */
const following = (options?: SetUp) => followingFeed(sent(A, { 'uid-okta': NOW - 60 }), options);

describe('a policy that cannot be applied', () => {
  const broken = [200, fieldsOf(B), '{"policy":{},"secrets":{}}'] as const;
  const reason = 'the policy cannot be read: format is missing';

  it('is reported, once in the log, until another comes', async () => {
    const { answer, pass, told, inForce, lines } = await following();
    for (let times = 0; times < 3; times++) {
      await answer(...broken);
      await pass(15_000);
      expect(told()).toEqual({ version: `"${A.version}"`, rejected: `${B.version}; ${reason}` });
    }
    await answer(304, { ...fieldsOf(A), etag: `"${B.version}"` });
    await pass(15_000);
    expect(told().rejected).toBe(`${B.version}; ${reason}`);
    expect(lines).toEqual([
      `the policy ${B.version} cannot be applied: ${reason}; what was in force before stays`,
    ]);
    expect(inForce()).toBe(A.version);
    const other = policyOf('c');
    await answer(...sent(other));
    expect([inForce(), told()]).toEqual([other.version, { version: `"${other.version}"` }]);
  });

  it('is forgotten when the one in force counts again', async () => {
    const { answer, pass, told } = await following();
    await answer(...broken);
    await pass(15_000);
    await answer(304, fieldsOf(A));
    await pass(15_000);
    expect(told()).toEqual({ version: `"${A.version}"` });
  });

  it('leaves the one in force unconfirmed, and its keys unchecked', async () => {
    const { answer, pass, updates } = await following({ maxStale: 60 });
    await answer(...broken);
    await pass(20_000);
    await answer(304, { ...fieldsOf(A, { 'uid-okta': NOW + 20 }), etag: `"${B.version}"` });
    await pass(20_000);
    expect(updates).toHaveLength(1);
    await pass(20_001);
    expect(updates[1]).toBeUndefined();
    expect(updates).toHaveLength(2);
  });

  it('may be one that fails after a while: nothing is asked or stored before', async () => {
    const preparing = Promise.withResolvers<void>();
    const { answer, pass, told, inForce, saved } = await following({
      onUpdate: (update) => (update?.policy.version === B.version ? preparing.promise : undefined),
    });
    const before = saved.length;
    await answer(...sent(B));
    expect([inForce(), saved.length]).toEqual([A.version, before]);
    preparing.reject(new Error('too large'));
    await pass(0);
    await pass(15_000);
    expect(told()).toEqual({
      version: `"${A.version}"`,
      rejected: `${B.version}; the validator failed to prepare it`,
    });
    expect(inForce()).toBe(A.version);
  });

  it('may be one that we fail to prepare: what was in force stays', async () => {
    const { answer, pass, told, inForce, lines, updates } = await following({
      onUpdate: (update) => {
        if (update?.policy.version === B.version) throw new Error('a bug');
      },
    });
    await answer(...sent(B));
    await pass(125);
    expect(told()).toEqual({
      version: `"${A.version}"`,
      rejected: `${B.version}; the validator failed to prepare it`,
    });
    expect([inForce(), updates.length, lines.length]).toEqual([A.version, 1, 1]);
  });
});

describe('a policy that nobody confirms', () => {
  it('is not enforced any more after --policy-max-stale, and is back when it is sent again', async () => {
    const { answer, pass, updates, lines, told, inForce } = await following({ maxStale: 30 });
    await pass(14_000);
    await answer(304, fieldsOf(A));
    for (let times = 0; times < 40; times++) await pass(1000);
    expect(updates).toEqual([expect.anything(), undefined]);
    expect(lines.filter((line) => line.includes('--policy-max-stale'))).toHaveLength(1);
    expect(told()).toEqual({});
    await answer(...sent(A));
    expect([inForce(), told()]).toEqual([A.version, { version: `"${A.version}"` }]);
  });
});

it('a policy that is confirmed just when it has run out is back with that', async () => {
  const { answer, pass, inForce, updates, told } = await following({ maxStale: 5 });
  await pass(5001);
  expect(updates).toEqual([expect.anything(), undefined]);
  await answer(304, fieldsOf(A));
  expect(inForce()).toBe(A.version);
  await pass(1000);
  expect(told()).toEqual({ version: `"${A.version}"` });
});

describe('a policy on disk', () => {
  const held = {
    policy: A,
    secrets: new Map<string, Uint8Array>(),
    keysChecked: new Map([['uid-okta', NOW - 600]]),
    kept: new Set<string>(),
    lacksSecrets: false,
  };

  it('is in force before anybody answers, and is confirmed or replaced then', async () => {
    const { start, updates, told, answer, lines } = controlPlaneFeed({
      stored: { held, confirmedAt: NOW - 100 },
    });
    await start();
    expect(updates).toEqual([held]);
    expect(told()).toEqual({ version: `"${A.version}"` });
    expect(lines).toEqual(['the policy is read from disk until the control plane answers']);
    await answer(...sent(B));
    expect(updates[1]?.policy).toEqual(B);
  });

  it('that needs secrets is asked for as a whole', async () => {
    const policy = policyOf('a', [hmac()]);
    const { start, told, answer, updates } = controlPlaneFeed({
      stored: { held: { ...held, policy, lacksSecrets: true }, confirmedAt: NOW },
    });
    await start();
    expect(told()).toEqual({});
    await answer(...sent(policy, {}, { 'shop/s/k': new Uint8Array(32) }));
    expect(updates.map((update) => update?.secrets.size)).toEqual([0, 1]);
    expect(told()).toEqual({ version: `"${policy.version}"` });
  });

  it('that was confirmed too long ago is not enforced, but its keys may be kept', async () => {
    const { start, updates, told, lines, answer } = controlPlaneFeed({
      stored: { held, confirmedAt: NOW - 3601 },
      maxStale: 3600,
    });
    await start();
    expect([updates, told(), lines.length]).toEqual([[undefined], {}, 1]);
    await answer(...sent(policyOf('a', [fetched(UNAVAILABLE)])));
    expect(updates[1]?.policy.sources).toEqual([fetched()]);
  });

  it('runs out though nobody ever answers', async () => {
    const { start, updates, fail, pass } = controlPlaneFeed({
      stored: { held, confirmedAt: NOW - 50 },
      maxStale: 60,
    });
    await start();
    await fail();
    await pass(10_001);
    expect(updates).toEqual([held, undefined]);
  });

  it('that cannot be prepared is passed over', async () => {
    const { start, told, answer, inForce } = controlPlaneFeed({
      stored: { held, confirmedAt: NOW },
      onUpdate: (update) => {
        if (update?.policy.version === A.version) throw new Error('a bug');
      },
    });
    await start();
    expect(told().version).toBeUndefined();
    await answer(...sent(B));
    expect(inForce()).toBe(B.version);
  });
});
