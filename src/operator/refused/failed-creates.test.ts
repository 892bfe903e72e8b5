/** Workloads whose pods are refused, as the Events of their controllers say, and how long that holds. */

import { beforeEach, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { type FakeClock, fakeClock } from '../../base/testing/clock.ts';
import { raw } from '../../cluster/testing/objects.ts';
import { failed, ok } from '../../kubernetes/errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { PodRefusalChange } from '../../targets/refusals.ts';
import { type FakeApi, fakeApi } from '../testing/api.ts';
import { type FailedCreates, type FailedCreatesParts, followFailedCreates } from './failed-creates.ts';

const WORDS = 'pods "a-1" is forbidden: exceeded quota: small';
const MINUTE = 60_000;

let api: FakeApi;
let clock: FakeClock;
let followed: FailedCreates;
/** As the API server has them, by plural and name. */
let there: Map<string, JsonObject>;
let asked: string[];
let told: string[];
let chosen: boolean;
let bugs: unknown[];

beforeEach(() => {
  api = fakeApi();
  clock = fakeClock();
  there = new Map();
  [asked, told, bugs, chosen] = [[], [], [], true];
});

function start(rest: Partial<FailedCreatesParts> = {}): void {
  followed = followFailedCreates({
    clock,
    random: () => 0.5,
    namespaces: undefined,
    client: {
      ...api.client,
      async get({ plural }, { name }) {
        asked.push(`${plural} ${name}`);
        const found = there.get(`${plural} ${name}`);
        return found === undefined ? failed('NotFound', 'gone') : ok(found as unknown as KubernetesObject);
      },
    },
    targets: { chooses: () => chosen },
    put: ({ of, message, workload }: PodRefusalChange) =>
      void told.push(`${of.kind} ${of.id} ${workload === undefined ? '' : 'looked at '}${message ?? 'over'}`),
    onProblem: (error) => bugs.push(error),
    onBug: (error) => bugs.push(error),
    ...rest,
  });
}

let events = 0;
function event(kind: string, name = 'a', members: JsonObject = {}, namespace = 'shop'): void {
  events += 1;
  const regarding = { kind, namespace, name, uid: `uid-${namespace}/${name}` };
  const deprecatedLastTimestamp = new Date(clock.now()).toISOString();
  const body = { reason: 'FailedCreate', note: WORDS, regarding, deprecatedLastTimestamp, ...members };
  api.putRaw('events', raw(`${namespace}/event-${events}`, body));
}

async function heard(milliseconds = 0): Promise<readonly string[]> {
  await clock.advance(milliseconds);
  const found = told;
  told = [];
  expect(bugs).toEqual([]);
  return found;
}

const job = (status: JsonObject = {}, spec: JsonObject = {}, metadata: JsonObject = {}) =>
  void there.set('jobs a', raw('shop/a', { spec, status }, metadata));

it.each(['StatefulSet', 'DaemonSet'])('what is said of a %s is told, and not looked at', async (kind) => {
  event(kind);
  start();
  expect(await heard()).toEqual([`${kind} shop/a ${WORDS}`]);
  event(kind, 'b');
  expect(await heard()).toEqual([`${kind} shop/b ${WORDS}`]);
  expect(asked).toEqual([]);
  // Its controller tries again within 17 minutes: then it would have said so again.
  expect(await heard(19 * MINUTE)).toEqual([]);
  event(kind);
  expect(await heard()).toEqual([`${kind} shop/a ${WORDS}`]);
  expect(await heard(10 * MINUTE)).toEqual([`${kind} shop/b over`]);
  expect(await heard(20 * MINUTE)).toEqual([`${kind} shop/a over`]);
  await followed.stop();
});

it('what is said again is said in the same words, whatever the pod was called', async () => {
  start();
  event('DaemonSet', 'a', { note: 'pods "a-1" is forbidden: quota' });
  expect(await heard()).toEqual(['DaemonSet shop/a pods "a-1" is forbidden: quota']);
  await clock.advance(1000);
  event('DaemonSet', 'a', { note: 'pods "a-2" is forbidden: quota' });
  expect(await heard()).toEqual(['DaemonSet shop/a pods "a-1" is forbidden: quota']);
  await clock.advance(1000);
  event('DaemonSet', 'a', { note: 'pods "a-3" is forbidden: limit' });
  expect(await heard()).toEqual(['DaemonSet shop/a pods "a-3" is forbidden: limit']);
  await followed.stop();
});

it('what was said long ago, or is no newer than what is known, is not told', async () => {
  event('StatefulSet', 'old', { deprecatedLastTimestamp: new Date(clock.now() - 21 * MINUTE).toISOString() });
  start();
  expect(await heard()).toEqual([]);
  event('StatefulSet');
  event('StatefulSet');
  expect(await heard()).toHaveLength(1);
  await followed.stop();
});

it('a Job is looked at as long as its pods are missing', async () => {
  job();
  start();
  event('Job');
  expect(await heard()).toEqual([`Job shop/a looked at ${WORDS}`]);
  expect(await heard(30_000)).toEqual([`Job shop/a looked at ${WORDS}`]);
  job({ active: 1 });
  expect(await heard(30_000)).toEqual(['Job shop/a over']);
  expect(await heard(10 * MINUTE)).toEqual([]);
  expect(asked).toHaveLength(3);
  await followed.stop();
});

it('a Job that waits after a failure of a pod that was let in is not refused any more', async () => {
  job();
  start();
  event('Job');
  expect(await heard()).toHaveLength(1);
  job({ active: 0, failed: 1 });
  expect(await heard(30_000)).toEqual(['Job shop/a over']);
  await followed.stop();
});

it('a ReplicaSet is believed its own condition, however long that lasts', async () => {
  const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'its own words' }];
  there.set('replicasets a', raw('shop/a', { spec: {}, status: { conditions } }));
  start();
  event('ReplicaSet');
  expect(await heard()).toEqual(['ReplicaSet shop/a looked at its own words']);
  const found = await heard(60 * MINUTE);
  expect(found.at(-1)).toBe('ReplicaSet shop/a looked at its own words');
  there.set('replicasets a', raw('shop/a', { spec: {}, status: {} }));
  expect(await heard(30_000)).toEqual(['ReplicaSet shop/a over']);
  await followed.stop();
});

it.each<[string, () => void]>([
  ['is gone', () => there.clear()],
  ['is another one', () => job({}, {}, { uid: 'other' })],
  ['is complete', () => job({ conditions: [{ type: 'Complete', status: 'True' }] })],
  [
    'is no longer chosen',
    () => {
      chosen = false;
    },
  ],
  [
    'belongs to a Deployment',
    () => job({}, {}, { ownerReferences: [{ kind: 'Deployment', controller: true }] }),
  ],
])('one that %s is not looked at again before the next Event', async (_, change) => {
  job();
  start();
  event('Job');
  expect(await heard()).toHaveLength(1);
  change();
  expect(await heard(30_000)).toEqual(['Job shop/a over']);
  const looks = asked.length;
  expect(await heard(5 * MINUTE)).toEqual([]);
  expect(asked).toHaveLength(looks);
  event('Job');
  await heard();
  expect(asked).toHaveLength(looks + 1);
  await followed.stop();
});

it('a namespace has room for so many, and takes it from no other', async () => {
  start();
  for (let i = 0; i < 200; i += 1) event('StatefulSet', `s${i}`, {}, 'crowd');
  event('StatefulSet', 'a');
  const found = await heard();
  expect(found.filter((text) => text.startsWith('StatefulSet crowd/'))).toHaveLength(50);
  expect(found.at(-1)).toBe(`StatefulSet shop/a ${WORDS}`);
  // Those that are known may be said again, and leave their room when they are over.
  event('StatefulSet', 's0', { note: 'other words' }, 'crowd');
  await clock.advance(1);
  event('StatefulSet', 's0', { note: 'other words' }, 'crowd');
  expect(await heard()).toEqual(['StatefulSet crowd/s0 other words']);
  await heard(25 * MINUTE);
  event('StatefulSet', 's199', {}, 'crowd');
  expect(await heard()).toEqual([`StatefulSet crowd/s199 ${WORDS}`]);
  await followed.stop();
});

it('what was told is taken back when it is stopped', async () => {
  job();
  start();
  event('Job');
  event('DaemonSet', 'b');
  expect(await heard()).toHaveLength(2);
  await followed.stop();
  expect((await heard()).toSorted()).toEqual(['DaemonSet shop/b over', 'Job shop/a over']);
});
