import { expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { readFailedCreate } from './event.ts';

const FORBIDDEN = 'pods "db-0" is forbidden: exceeded quota: small';

const event = (members: JsonObject = {}): JsonObject => ({
  metadata: { name: 'db.1', namespace: 'shop', creationTimestamp: '2026-01-01T00:00:00Z' },
  reason: 'FailedCreate',
  note: FORBIDDEN,
  regarding: { kind: 'StatefulSet', namespace: 'shop', name: 'db', uid: 'u' },
  ...members,
});
const seconds = (of: JsonObject) => (readFailedCreate(of)?.at ?? 0) / 1000 - Date.parse('2026-01-01') / 1000;

it('is about a workload, in the words of the API server', () => {
  expect(readFailedCreate(event())).toEqual({
    kind: 'StatefulSet',
    namespace: 'shop',
    name: 'db',
    uid: 'u',
    message: FORBIDDEN,
    at: Date.parse('2026-01-01T00:00:00Z'),
  });
});

it.each([
  ['a DaemonSet, Job or ReplicaSet', `Error creating: ${FORBIDDEN}`],
  ['a StatefulSet', `create Pod db-0 in StatefulSet db failed error: ${FORBIDDEN}`],
  ['a StatefulSet, as an Event has them', `Create Pod db-0 in StatefulSet db failed error: ${FORBIDDEN}`],
  ['many Events', `(combined from similar events): Error creating: ${FORBIDDEN}`],
  ['an API server', FORBIDDEN],
])('has the words of the API server behind those of %s', (_, note) => {
  expect(readFailedCreate(event({ note }))?.message).toBe(FORBIDDEN);
});

it('has no words without end', () => {
  expect(readFailedCreate(event({ note: 'x'.repeat(100_000) }))?.message).toHaveLength(1000);
});

it.each<[number, JsonObject]>([
  [0, {}],
  [0, { deprecatedLastTimestamp: 'soon', eventTime: null }],
  [60, { deprecatedLastTimestamp: '2026-01-01T00:01:00Z' }],
  [61, { eventTime: '2026-01-01T00:01:01.000001Z' }],
  [120, { eventTime: '2026-01-01T00:01:01.000001Z', series: { lastObservedTime: '2026-01-01T00:02:00Z' } }],
])('is as old as the last of its times: %i s, with %j', (age, members) => {
  expect(seconds(event(members))).toBe(age);
});

it.each<[string, JsonObject]>([
  ['another reason', { reason: 'SuccessfulCreate' }],
  ['a Deployment', { regarding: { kind: 'Deployment', name: 'db', uid: 'u' } }],
  ['a CronJob, which could not make a Job', { regarding: { kind: 'CronJob', name: 'db', uid: 'u' } }],
  ['nothing', { regarding: null }],
  ['no uid', { regarding: { kind: 'StatefulSet', name: 'db' } }],
  ['no words', { note: '' }],
  ['no namespace', { metadata: { name: 'db.1' } }],
])('is not read of %s', (_, members) => {
  expect(readFailedCreate(event(members))).toBeUndefined();
});
