/** The key that the kubelet shows with a pod's hooks: one for each pod, for as long as it is the same pod. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { objectAt, objectsAt } from '../base/members.ts';
import { HOOK_KEY as VARIABLE } from '../sidecar/settings.ts';
import { inject } from './inject.ts';
import { mapObjects } from './members.ts';
import {
  captured,
  container,
  guarded,
  HOOK_KEY,
  pod,
  request,
  SETTINGS,
  specOf,
  web,
} from './testing/pods.ts';

const hooked = web({ lifecycle: { preStop: { httpGet: { port: 8080, path: '/stop' } } } });
const hookKey = 'another'.repeat(4);

const variables = (value: JsonObject) => objectsAt(container(value, 'portcullis-validator').env);
const keyOf = (value: JsonObject) => variables(value).find(({ name }) => name === VARIABLE)?.value;
/** All keys that the kubelet would show. */
function shown(value: JsonObject) {
  return ['web', 'portcullis-envoy'].map((name) => {
    const { preStop } = objectAt(container(value, name).lifecycle);
    return objectsAt(objectAt(objectAt(preStop).httpGet).httpHeaders);
  });
}

/** The pod with its validator's key changed to this. */
function withKey(value: JsonObject, key: string): JsonObject {
  const initContainers = mapObjects(specOf(value).initContainers, (one) => ({
    ...one,
    ...(one.env !== undefined && {
      env: mapObjects(one.env, (each) => (each.name === VARIABLE ? { ...each, value: key } : each)) ?? [],
    }),
  }));
  return { ...value, spec: { ...specOf(value), initContainers: initContainers ?? [] } };
}

describe('the key of hooks', () => {
  const value = guarded(pod({ containers: [hooked] }));

  it('is known to the validator and to the kubelet', () => {
    expect(keyOf(value)).toBe(HOOK_KEY);
    const header = [{ name: 'x-portcullis-hook', value: HOOK_KEY }];
    expect(shown(value)).toEqual([header, header]);
  });

  it('stays when the pod comes back, whatever else is new', () => {
    expect(inject({ ...request(value), hookKey }).kind).toBe('unchanged');
    const next = guarded(value, { settings: { ...SETTINGS, version: '2.0.0' }, hookKey });
    expect([keyOf(next), shown(next)]).toEqual([HOOK_KEY, shown(value)]);
  });

  it.each(['', 'short', '$(OTHER)'.repeat(4)])('is new where it was %j', (old) => {
    const next = guarded(withKey(value, old), { hookKey });
    expect(keyOf(next)).toBe(hookKey);
    expect(inject(request(next)).kind).toBe('unchanged');
  });

  it('is one for all hooks: a pod in which they differ is mended', () => {
    const next = guarded(withKey(value, hookKey));
    expect([keyOf(next), shown(next)]).toEqual([
      hookKey,
      shown(guarded(pod({ containers: [hooked] }), { hookKey })),
    ]);
  });

  it('is not there where no hook goes by way of the validator', () => {
    const value = guarded(pod({ containers: [hooked] }, captured('None')));
    expect(keyOf(value)).toBeUndefined();
    expect(container(value, 'web')).toEqual(hooked);
  });
});
