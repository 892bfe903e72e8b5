/** Which pods wait for certificates, as the kubelet's Events say, and how long that holds. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { type FakeClock, fakeClock } from '../base/testing/clock.ts';
import { raw } from '../cluster/testing/objects.ts';
import { type FakeApi, fakeApi } from './testing/api.ts';
import { followUnmountedPods, type UnmountedPods } from './unmounted-pods.ts';

const MINUTE = 60_000;
const noteOf = (name: string) =>
  `MountVolume.SetUp failed for volume "portcullis-tls" : secret "${name}" not found`;

let api: FakeApi;
let clock: FakeClock;
let told: string[];
let bugs: unknown[];
let followed: UnmountedPods;

beforeEach(() => {
  api = fakeApi();
  clock = fakeClock();
  [told, bugs] = [[], []];
  followed = followUnmountedPods({
    clock,
    random: () => 0.5,
    namespaces: undefined,
    client: api.client,
    onChange: (pod) => void told.push(pod),
    onProblem: (error) => bugs.push(error),
  });
});

afterEach(async () => {
  await followed.stop();
  expect(bugs).toEqual([]);
});

let events = 0;
function event(pod: string, secret: string, members: JsonObject = {}, namespace = 'shop'): void {
  events += 1;
  const regarding = { kind: 'Pod', namespace, name: pod, uid: `uid-${pod}` };
  const deprecatedLastTimestamp = new Date(clock.now()).toISOString();
  const body = {
    reason: 'FailedMount',
    note: noteOf(secret),
    regarding,
    deprecatedLastTimestamp,
    ...members,
  };
  api.putRaw('events', raw(`${namespace}/event-${events}`, body));
}

async function heard(milliseconds = 0): Promise<readonly string[]> {
  await clock.advance(milliseconds);
  const found = told;
  told = [];
  return found;
}

const missing = (pod: string, uid = `uid-${pod}`) => followed.of(`shop/${pod}`, uid)?.objects.Secret;

it('is told once, and anew when something else is missing', async () => {
  event('a', 'api');
  expect(await heard()).toEqual(['shop/a']);
  expect(missing('a')).toEqual(['api']);
  event('a', 'api');
  expect(await heard()).toEqual([]);
  await heard(1000);
  event('a', 'web');
  expect(await heard()).toEqual(['shop/a']);
  expect(missing('a')).toEqual(['web']);
});

it('holds for that very pod', async () => {
  event('a', 'api');
  await heard();
  expect(missing('a', 'another')).toBeUndefined();
  expect(missing('b')).toBeUndefined();
});

it('an Event that is older says nothing', async () => {
  await heard(10 * MINUTE);
  event('a', 'api');
  await heard();
  event('a', 'web', { deprecatedLastTimestamp: new Date(clock.now() - MINUTE).toISOString() });
  expect(await heard()).toEqual([]);
  expect(missing('a')).toEqual(['api']);
});

it('is over when the kubelet does not repeat it', async () => {
  event('a', 'api');
  await heard();
  await heard(15 * MINUTE);
  event('a', 'api');
  expect(await heard(15 * MINUTE)).toEqual([]);
  expect(missing('a')).toEqual(['api']);
  expect(await heard(10 * MINUTE)).toEqual(['shop/a']);
  expect(missing('a')).toBeUndefined();
});

it.each<[string, JsonObject]>([
  ['of another reason', { reason: 'FailedAttachVolume' }],
  ['about a Job', { regarding: { kind: 'Job', namespace: 'shop', name: 'a', uid: 'uid-a' } }],
  [
    'of another namespace than its own',
    { regarding: { kind: 'Pod', namespace: 'x', name: 'a', uid: 'uid-a' } },
  ],
  ['about another volume', { note: 'MountVolume.SetUp failed for volume "x" : secret "api" not found' }],
  ['without a note', { note: null }],
])('an Event %s says nothing', async (_, members) => {
  event('a', 'api', members);
  expect(await heard()).toEqual([]);
  expect(missing('a')).toBeUndefined();
});

it('a namespace has room for so many, and takes it from no other', async () => {
  for (let i = 0; i < 100; i += 1) event(`p${i}`, 'api', {}, 'crowd');
  event('a', 'api');
  const found = await heard();
  expect(found.filter((pod) => pod.startsWith('crowd/'))).toHaveLength(50);
  expect(found.at(-1)).toBe('shop/a');
});
