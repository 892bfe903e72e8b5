import { expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { withOwnSelector } from './inject-selectors.ts';

const LABELS = { app: 'orders', tier: 'web' };
const GUARDED = { ...LABELS, 'portcullis.dev/injected': '1.2.3' };

const made = (apiVersion: string, kind: string, labels: JsonObject, selector?: JsonObject): JsonObject => ({
  apiVersion,
  kind,
  spec: { ...(selector && { selector }), template: { metadata: { labels }, spec: {} } },
});
const selectorOf = (object: JsonObject) => {
  const { spec } = withOwnSelector(object, object);
  return (spec as JsonObject).selector;
};

it.each([
  ['v1', 'ReplicationController', LABELS],
  ['apps.openshift.io/v1', 'DeploymentConfig', LABELS],
  ['extensions/v1beta1', 'Deployment', { matchLabels: LABELS }],
  ['extensions/v1beta1', 'ReplicaSet', { matchLabels: LABELS }],
  ['apps/v1beta1', 'StatefulSet', { matchLabels: LABELS }],
])('is written out, without the label of sidecars: %s %s', (apiVersion, kind, expected) => {
  expect(selectorOf(made(apiVersion, kind, GUARDED))).toEqual(expected);
  expect(selectorOf(made(apiVersion, kind, GUARDED, {}))).toEqual(expected);
});

it.each<[string, JsonObject]>([
  ['that is written', made('v1', 'ReplicationController', GUARDED, { app: 'orders' })],
  ['of pods without sidecars', made('v1', 'ReplicationController', LABELS)],
  ['of pods without other labels', made('v1', 'ReplicationController', { 'portcullis.dev/injected': '1' })],
  ['that Kubernetes does not fill in', made('apps/v1', 'Deployment', GUARDED)],
  ['of a Job, which has an own one', made('batch/v1', 'Job', GUARDED)],
  ['of an object called like a member of all objects', made('v1', 'constructor', GUARDED)],
])('is left alone: one %s', (_, object) => {
  expect(withOwnSelector(object, object)).toBe(object);
});
