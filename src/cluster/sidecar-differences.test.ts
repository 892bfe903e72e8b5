/** What is otherwise in the sidecars of a pod, and how often they are compared. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { objectAt, objectsAt } from '../base/members.ts';
import { withOwn } from '../injection/testing/container-changes.ts';
import { guarded, HOOK_KEY, pod, SETTINGS, web } from '../injection/testing/pods.ts';
import { readPod } from './pod.ts';
import { createSharing, type Sharing } from './sharing.ts';
import { readChanges } from './sidecar-differences.ts';

const FORGED = { name: 'NODE_OPTIONS', value: '--import=data:text/javascript,' };
const ADDRESS = `args --control-plane=${SETTINGS.controlPlane}`;
const NODE_OPTIONS = 'container portcullis-validator: env NODE_OPTIONS';

/** As an API server sends it, each with the key and the volume of its own. */
function made(name: string, hookKey = `K0${name.padEnd(22, 'x')}`, app: JsonObject = {}): JsonObject {
  const access = `kube-api-access-${name.padEnd(5, 'x')}`;
  const volumeMounts = [{ name: access, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }];
  const spec = { containers: [web({ volumeMounts, ...app })], volumes: [{ name: access, projected: {} }] };
  return guarded(pod(spec, { name, uid: name, resourceVersion: '1' }), { hookKey });
}

const withEnv = (of: JsonObject, change: (env: readonly JsonObject[]) => readonly JsonObject[]): JsonObject =>
  withOwn(of, 'portcullis-validator', ({ env }) => ({ env: change(objectsAt(env)) }));
const forged = (of: JsonObject): JsonObject => withEnv(of, (env) => [...env, FORGED]);

function counted(): { readonly sharing: Sharing; readonly compared: () => number } {
  const sharing = createSharing();
  let compared = 0;
  const same: Sharing['same'] = (kind, key, make) =>
    sharing.same(kind, key, () => {
      compared += 1;
      return make();
    });
  return { sharing: { ...sharing, same }, compared: () => compared };
}

const changed = (of: JsonObject, sharing = createSharing(), marks = {}) =>
  readChanges(of, marks, SETTINGS, sharing).forged;

describe('a pod', () => {
  it('is as it was made, or says what is otherwise', () => {
    expect(changed(made('a'))).toBeUndefined();
    expect(changed(forged(made('a')))).toBe(NODE_OPTIONS);
    expect(changed(pod())).toBeUndefined();
  });

  it('keeps it with its sidecars, where there is something to compare with', () => {
    const of = forged(made('a'));
    expect(readPod(of, createSharing(), SETTINGS)?.sidecars).toMatchObject({ forged: NODE_OPTIONS });
    expect(readPod(made('a'), createSharing(), SETTINGS)?.sidecars.forged).toBeUndefined();
    expect(readPod(of, createSharing())?.sidecars.forged).toBeUndefined();
    const moved = { ...SETTINGS, controlPlane: 'https://policy.example' };
    expect(readPod(made('a'), createSharing(), moved)?.sidecars).toMatchObject({
      forged: undefined,
      older: `container portcullis-validator: ${ADDRESS}`,
    });
  });

  it('with more containers than anything runs is not compared, and no guard', () => {
    const { spec, ...rest } = made('a');
    const containers = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `c${i}` }));
    const crowded = (count: number) => ({
      ...rest,
      spec: { ...objectAt(spec), containers: containers(count) },
    });
    expect(changed(crowded(997))).toBeUndefined();
    expect(changed(crowded(998))).toBe('more than 1000 containers');
  });
});

describe('pods that are alike', () => {
  it('are compared once, whatever their names, keys and volumes', () => {
    const { sharing, compared } = counted();
    for (let i = 0; i < 50; i++) expect(changed(made(`p${i}`), sharing)).toBeUndefined();
    expect(compared()).toBe(1);
    for (let i = 0; i < 50; i++) expect(changed(forged(made(`p${i}`)), sharing)).toBe(NODE_OPTIONS);
    expect(compared()).toBe(2);
  });

  it.each([
    ['containers', made('a', undefined, { readinessProbe: { httpGet: { port: 8080 } } }), {}],
    ['marks', made('a'), { 'portcullis.dev/injected': '0.0.1' }],
    [
      'annotations',
      { ...made('a'), metadata: { annotations: { 'mounts.nri.io/container.portcullis-envoy': 'x' } } },
      {},
    ],
  ])('are so in %s', (_, other, marks) => {
    const { sharing, compared } = counted();
    changed(made('a'), sharing);
    changed(other, sharing, marks);
    expect(compared()).toBe(2);
  });
});

describe('a key', () => {
  /** Its variable called as the key is. */
  const renamed = (of: JsonObject, from: string, to: string) =>
    withEnv(of, (env) => env.map((one) => (one.name === from ? { ...one, name: to } : one)));

  it('that is a word of ours lets no other pod pass for like it', () => {
    const word = 'PORTCULLIS_ENVOY_SETTINGS';
    const sharing = createSharing();
    expect(changed(made('a', word), sharing)).toBeUndefined();
    const key = 'K0aaaaaaaaaaaaaaaaaaaaaaaa';
    expect(changed(renamed(made('b', key), word, key), sharing)).toContain(`env ${word}`);
  });

  it('stands where it does in the other', () => {
    const sharing = createSharing();
    const [one, other] = ['K0aaaaaaaaaaaaaaaaaaaaaaaa', 'K0bbbbbbbbbbbbbbbbbbbbbbbb'];
    expect(changed(made('a', one), sharing)).toBeUndefined();
    const elsewhere = JSON.parse(
      JSON.stringify(made('b', other)).replace(`"value":"${other}"`, `"value":"${one}"`),
    );
    expect(changed(elsewhere, sharing)).toBe('container portcullis-envoy: lifecycle');
  });

  it('of no such shape makes no pod like one of another key', () => {
    const { sharing, compared } = counted();
    for (const key of [HOOK_KEY, HOOK_KEY, 'other'.repeat(5)]) {
      expect(changed(forged(made('a', key)), sharing)).toBe(NODE_OPTIONS);
    }
    expect(compared()).toBe(2);
  });
});
