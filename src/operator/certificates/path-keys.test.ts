import { describe, expect, it } from 'vitest';
import { RESOURCES } from '../resources.ts';
import { acceptsKey, decidePathKeys, type PathKeys, readPathKeys, writePathKeys } from './path-keys.ts';
import { reconcilePathKeys } from './reconcile.ts';
import { fakeCluster } from './testing/cluster.ts';
import { DAY, HOUR, issuingAt, START } from './testing/issuing.ts';

const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];
const keys: PathKeys = { next: c, current: b, previous: a, since: START };
const made = () => new Uint8Array(32);
const NEW = '0'.repeat(64);

describe("the keys of the webhooks' paths", () => {
  it('are read as they were written, and only whole', () => {
    const data = writePathKeys(keys);
    expect(readPathKeys(data)).toEqual(keys);
    for (const name of ['next', 'current', 'since']) {
      expect(readPathKeys({ ...data, [name]: '' })).toBeUndefined();
      expect(readPathKeys({ ...data, [name]: `${data[name]}/` })).toBeUndefined();
    }
    expect(readPathKeys({ ...data, previous: 'x' })?.previous).toBeUndefined();
  });

  it('are accepted, all three and no other', () => {
    expect([a, b, c].map((key) => acceptsKey(keys, key))).toEqual([true, true, true]);
    const wrong = ['', a.slice(1), `${a}a`, NEW, 'é'];
    expect(wrong.map((key) => acceptsKey(keys, key))).toEqual(wrong.map(() => false));
    expect(acceptsKey({ ...keys, previous: undefined }, a)).toBe(false);
  });

  it('change when their day is over, and one stays that callers may still use', () => {
    expect(decidePathKeys(keys, b, START + DAY - 1, made)).toEqual({
      kind: 'keep',
      until: START + DAY,
      keys,
    });
    expect(decidePathKeys(keys, b, START + DAY, made)).toMatchObject({
      kind: 'write',
      keys: { next: NEW, current: c, previous: b, since: START + DAY },
    });
    // A clock was wrong.
    expect(decidePathKeys(keys, b, START - 2 * HOUR, made).kind).toBe('write');
  });

  it('stay while the one in use has not reached every configuration', () => {
    for (const published of [undefined, a]) {
      expect(decidePathKeys(keys, published, START + 9 * DAY, made).kind).toBe('keep');
    }
  });

  it('are made once, of several that would', async () => {
    const cluster = fakeCluster();
    const issuing = issuingAt(START);
    const deps = { client: cluster.client, issuing, namespace: 'system', mayWrite: () => true };
    const both = await Promise.all([reconcilePathKeys(deps, undefined), reconcilePathKeys(deps, undefined)]);
    const [one, other] = both.map((outcome) => (outcome.kind === 'ok' ? outcome.value.keys : undefined));
    expect(one).toBeDefined();
    expect(other).toEqual(one);
    expect(one?.current).not.toBe(one?.next);
    issuing.time = START + DAY;
    const turned = await reconcilePathKeys(deps, one?.current);
    expect(turned).toMatchObject({ value: { keys: { current: one?.next, previous: one?.current } } });
  });

  it('are filled into a Secret that the chart has made', async () => {
    const cluster = fakeCluster();
    const name = { namespace: 'system', name: 'portcullis-webhook' };
    cluster.set(RESOURCES.Secret, name, { type: 'Opaque', metadata: { labels: { of: 'helm' } } });
    const deps = {
      client: cluster.client,
      issuing: issuingAt(START),
      namespace: 'system',
      mayWrite: () => true,
    };
    expect(await reconcilePathKeys(deps, undefined)).toMatchObject({ kind: 'ok' });
    expect(cluster.writes).toEqual(['replace secrets system/portcullis-webhook']);
    expect(cluster.get(RESOURCES.Secret, name)?.metadata.labels).toEqual({ of: 'helm' });
  });
});
