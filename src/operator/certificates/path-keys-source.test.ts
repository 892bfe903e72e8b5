import { expect, it } from 'vitest';
import { fakeClock, settle } from '../../base/testing/clock.ts';
import { failed } from '../../kubernetes/errors.ts';
import { fakeWatches, page } from '../../kubernetes/testing/watches.ts';
import { RESOURCES } from '../resources.ts';
import { writeSecretData } from './authority.ts';
import { writePathKeys } from './path-keys.ts';
import { followPathKeys } from './path-keys-source.ts';
import { fakeCluster } from './testing/cluster.ts';
import { issuingAt, START } from './testing/issuing.ts';

const NAME = { namespace: 'system', name: 'portcullis-webhook' };
const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];

function world(client: Partial<ReturnType<typeof fakeCluster>['client']> = {}) {
  const cluster = fakeCluster();
  const watches = fakeWatches();
  watches.listing(page('1'));
  const clock = fakeClock();
  const problems: string[] = [];
  const follower = followPathKeys({
    clock,
    random: () => 0,
    issuing: issuingAt(START),
    namespace: 'system',
    client: { ...cluster.client, ...client, ...watches.client },
    onProblem: ({ kind }) => problems.push(kind),
  });
  const tell = async (content: Record<string, string>, resourceVersion: string): Promise<void> => {
    const metadata = { ...NAME, uid: 'u', resourceVersion };
    watches.last().send({ kind: 'modified', object: { metadata, data: writeSecretData(content) } });
    await settle();
  };
  return { cluster, watches, clock, problems, follower, tell };
}

const keys = (current: string) =>
  writePathKeys({ next: current, current, previous: undefined, since: START });

it('accepts no key before there are any, and then the last that are whole', async () => {
  const { follower, tell, watches } = world();
  await settle();
  expect(watches.lists[0]).toMatchObject({ fieldSelector: 'metadata.name=portcullis-webhook' });
  expect([a, b, ''].map(follower.accepts)).toEqual([false, false, false]);
  await tell(keys(a), '2');
  await follower.ready();
  await tell({}, '3');
  expect([a, b].map(follower.accepts)).toEqual([true, false]);
  await tell(keys(b), '4');
  expect([a, b].map(follower.accepts)).toEqual([false, true]);
  await follower.stop();
});

it('makes keys where there are none, and goes on until it can', async () => {
  let isForbidden = true;
  const cluster = fakeCluster();
  const { follower, clock, problems } = world({
    ...cluster.client,
    create: async (resource, draft) =>
      isForbidden ? failed('Forbidden', 'x') : cluster.client.create(resource, draft),
  });
  await settle();
  expect(problems).toEqual(['Forbidden']);
  isForbidden = false;
  await clock.advance(5000);
  await settle();
  expect(cluster.get(RESOURCES.Secret, NAME)).toBeDefined();
  await follower.stop();
});
