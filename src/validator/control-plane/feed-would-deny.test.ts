import { expect, it } from 'vitest';
import { followingFeed } from '../testing/control-plane-feed.ts';
import { policyOf, sent } from '../testing/policies.ts';

const A = policyOf('a');

it('tells what its bindings would have denied, and is told whether a leader has answered', async () => {
  const asked: (string | undefined)[] = [];
  const answered: boolean[] = [];
  const counts = { process: 'x', counts: [{ place: 0, count: 3, told: 1 }] };
  const wouldDeny = {
    next: (version: string | undefined) => {
      asked.push(version);
      return version === undefined ? undefined : counts;
    },
    answered: (byLeader: boolean) => void answered.push(byLeader),
  };
  const { transport, fail } = await followingFeed(sent(A), { wouldDeny });
  expect(transport.asked[0]?.question.headers).not.toHaveProperty('portcullis-would-deny');
  expect(transport.last.question.headers['portcullis-would-deny']).toBe('x 0=3/1');
  await fail();
  expect(asked.slice(0, 2)).toEqual([undefined, A.version]);
  expect(answered).toEqual([true, false]);
});
