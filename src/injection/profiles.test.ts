/** What a pod says of AppArmor and SELinux for all of its containers does not hold for ours. */

import { expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { objectAt } from '../base/members.ts';
import { inject } from './inject.ts';
import { guarded, initContainers, pod, request, specOf } from './testing/pods.ts';
import { stored } from './testing/stored.ts';

const profilesOf = (value: JsonObject): readonly JsonObject[] =>
  initContainers(value).map(({ securityContext }) => {
    const { appArmorProfile, seLinuxOptions } = objectAt(securityContext);
    return { ...(appArmorProfile && { appArmorProfile }), ...(seLinuxOptions && { seLinuxOptions }) };
  });
const final = (value: JsonObject) => inject({ ...request(value), isFinal: true });

const DEFAULT: JsonObject = { appArmorProfile: { type: 'RuntimeDefault' } };
const USUAL: JsonObject = { seLinuxOptions: { type: 'container_t' } };

it.each<[string, JsonObject, JsonObject]>([
  ['nothing', {}, {}],
  ['the default of AppArmor', DEFAULT, {}],
  ['no AppArmor', { appArmorProfile: { type: 'Unconfined' } }, DEFAULT],
  ['one profile of AppArmor', { appArmorProfile: { type: 'Localhost', localhostProfile: 'app' } }, DEFAULT],
  // As OpenShift does for each pod.
  ['its level of SELinux', { seLinuxOptions: { level: 's0:c26,c5' } }, {}],
  ['the usual type of SELinux', USUAL, {}],
  ['another type of SELinux', { seLinuxOptions: { type: 'spc_t' } }, USUAL],
  [
    'another type and a level',
    { seLinuxOptions: { type: 'app.process', level: 's0:c1,c2' } },
    { seLinuxOptions: { type: 'container_t', level: 's0:c1,c2' } },
  ],
  ['another user of SELinux', { seLinuxOptions: { user: 'unconfined_u' } }, USUAL],
])('a pod that says %s', (_, securityContext, expected) => {
  const made = guarded(pod({ securityContext }));
  expect(profilesOf(made)).toEqual([expected, expected, expected]);
  expect(specOf(made).securityContext).toEqual(securityContext);
  expect(final(stored(made)).kind).toBe('unchanged');
  expect(inject(request(stored(made))).kind).toBe('unchanged');
  // Who says it after injection is refused, where ours would have it too.
  const later = { ...guarded(pod()), spec: { ...specOf(guarded(pod())), securityContext } };
  expect(final(later)).toMatchObject(
    Object.keys(expected).length > 0
      ? { kind: 'refused', refusals: [{ reason: 'SidecarsChanged' }] }
      : { kind: 'unchanged' },
  );
});
