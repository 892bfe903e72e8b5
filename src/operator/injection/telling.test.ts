import { expect, it } from 'vitest';
import type { EventInput } from '../../kubernetes/events.ts';
import { appPod } from '../testing/injection.ts';
import { readCandidate } from './candidate.ts';
import { createTelling } from './telling.ts';

function tell(owner: object | undefined, message: string | undefined) {
  const events: EventInput[] = [];
  const counts: string[] = [];
  const metadata = owner === undefined ? {} : { ownerReferences: [{ ...owner }] };
  const candidate = readCandidate(appPod({}, metadata), 'shop');
  if (candidate === undefined) throw new Error('no pod');
  const telling = createTelling(
    { record: (event) => events.push(event) },
    { podJudged: (...labels) => counts.push(labels.join(' ')) },
  );
  const reason = message === undefined ? undefined : 'HostNetwork';
  telling({ result: message === undefined ? 'injected' : 'refused', reason, message, candidate });
  return { events, counts };
}

const JOB = { apiVersion: 'batch/v1', kind: 'Job', name: 'sync', uid: 'u', controller: true };

it('counts a refusal, and tells it on what wants to make the pod', () => {
  expect(tell(JOB, 'why')).toEqual({
    counts: ['refused HostNetwork'],
    events: [
      {
        regarding: { apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name: 'sync', uid: 'u' },
        type: 'Warning',
        reason: 'InjectionRefused',
        action: 'Inject',
        note: 'why',
      },
    ],
  });
});

it('has nothing to tell of a pod that is let in', () => {
  expect(tell(JOB, undefined)).toEqual({ counts: ['injected '], events: [] });
});

it.each([
  ['nobody', undefined],
  ['a node', { ...JOB, apiVersion: 'v1', kind: 'Node' }],
  ['who does not control it', { ...JOB, controller: false }],
  ['who has no uid', { ...JOB, uid: undefined }],
])('tells no Event where the pod is made by %s', (_, owner) => {
  expect(tell(owner, 'why')).toEqual({ counts: ['refused HostNetwork'], events: [] });
});
