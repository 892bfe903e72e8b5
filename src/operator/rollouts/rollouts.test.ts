import { beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { objectAt } from '../../base/members.ts';
import { readPod } from '../../cluster/pod.ts';
import { createSharing } from '../../cluster/sharing.ts';
import { binding, type PodOptions, pod, raw } from '../../cluster/testing/objects.ts';
import type { InjectionSettings } from '../../injection/request.ts';
import { guarded } from '../../injection/testing/pods.ts';
import { failed } from '../../kubernetes/errors.ts';
import { deployment, type RolloutsWorld, rolloutsWorld, SETTINGS, STATUS } from '../testing/rollouts.ts';

const RESTARTED = 'Deployment shop/orders is being restarted (rollout: Automatic)';

let world: RolloutsWorld;

beforeEach(() => {
  world = rolloutsWorld();
});

const bind = (more: JsonObject = {}) => binding('shop/orders', { rollout: 'Automatic', ...more });
const bare = () => world.podOf('o-1', 'orders', { guarded: false });
const renewed = () => world.podOf('o-1', 'orders', { version: '2.0.0' });

const texts = async (milliseconds = 10_000): Promise<readonly string[]> => {
  await world.clock.advance(milliseconds);
  expect(world.bugs).toEqual([]);
  return world.texts();
};

describe('a workload whose pods have no sidecars', () => {
  beforeEach(() => world.apply(bare(), bind()));

  it('is restarted as kubectl does it, only as it was seen, and both are told', async () => {
    expect(world.texts()).toEqual(['Deployment shop/orders will be restarted (rollout: Automatic)']);
    expect(await texts()).toEqual([RESTARTED]);
    const { metadata } = world.there.get('deployments orders') as { readonly metadata: JsonObject };
    const annotations = {
      'kubectl.kubernetes.io/restartedAt': '2026-03-01T12:00:05Z',
      'portcullis.dev/restarted-for': '2.0.0 Redirect 8080',
    };
    expect(world.patched).toEqual([
      {
        id: 'deployments orders',
        patch: {
          metadata: { uid: metadata.uid, resourceVersion: metadata.resourceVersion },
          spec: { template: { metadata: { annotations } } },
        },
      },
    ]);
    expect(world.events.map(({ reason, regarding }) => `${reason} ${regarding.kind}`)).toEqual([
      'Restarted Deployment',
      'Restarted ApiBinding',
    ]);
  });

  it('is not restarted again when that was in vain, though somebody undid the annotation', async () => {
    await texts();
    expect(await texts(3_600_000)).toEqual([expect.stringContaining('has been restarted for this')]);
    expect(world.patched).toHaveLength(1);
    expect(world.events.filter(({ reason }) => reason === 'NotRestarted')).toHaveLength(1);
  });

  it('is forgotten when its pods are renewed', async () => {
    await texts();
    world.apply(renewed());
    expect(await texts()).toEqual([]);
  });

  it('is told to be under way as long as it is', async () => {
    await texts();
    world.there.set('deployments orders', {
      ...deployment('orders'),
      status: { ...STATUS, updatedReplicas: 0 },
    });
    expect(await texts(120_000)).toEqual([RESTARTED]);
  });
});

describe('nothing is restarted', () => {
  it.each<[string, () => void, string]>([
    [
      'twice, whoever led before',
      () => replace({ 'portcullis.dev/restarted-for': '2.0.0 Redirect 8080' }),
      'for this',
    ],
    ['without a right to it', () => forbid('cannot get resource "deployments"'), 'rollout.enabled'],
    [
      'against a policy',
      () => forbid('admission webhook "no" denied it'),
      'admission webhook "no" denied it',
    ],
    [
      'without a webhook',
      () => world.there.delete('mutatingwebhookconfigurations portcullis'),
      'injection.enabled',
    ],
    ['in a namespace without injection', () => disable(), 'portcullis.dev/injection=enabled'],
    ['that is paused', () => replace({}, { paused: true }), 'resume its rollout'],
    [
      'whose pods want no sidecars',
      () => replace({}, templateOf({ 'portcullis.dev/inject': 'false' })),
      'inject: "false"',
    ],
    [
      'whose pods are no longer targeted',
      () => replace({}, templateOf({ app: 'other' })),
      'would get no sidecars',
    ],
    [
      'whose pods would be refused',
      () => replace({}, templateOf({}, { hostNetwork: true })),
      '(HostNetwork)',
    ],
    ['while it is under way', () => unready(), 'when the rollout of it that is under way is complete'],
  ])('%s', async (_, prepare, words) => {
    prepare();
    world.apply(bare(), bind());
    expect(await texts()).toEqual([expect.stringContaining(words)]);
    expect(world.patched).toEqual([]);
  });

  const replace = (annotations: JsonObject, spec: JsonObject = {}) =>
    void world.there.set('deployments orders', deployment('orders', spec, annotations));
  const templateOf = (labels: JsonObject, podSpec: JsonObject = {}): JsonObject => ({
    template: {
      metadata: { labels: { app: 'orders', ...labels } },
      spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }], ...podSpec },
    },
  });
  const forbid = (message: string) => {
    world.refusal = failed('Forbidden', message);
  };
  const disable = () => {
    world.injection = 'no';
  };
  const unready = () =>
    void world.there.set('deployments orders', {
      ...deployment('orders'),
      status: { ...STATUS, replicas: 2 },
    });

  it.each<[string, readonly JsonObject[]]>([
    ['with rollout Manual', [{ rollout: 'Manual' }]],
    [
      'for a binding that cannot be used',
      [{ rules: [{ match: { paths: [{ type: 'RegularExpression', value: '(' }] } }] }],
    ],
  ])('%s', async (_, [spec = {}]) => {
    world.apply(bare(), bind(spec));
    expect(await texts()).toEqual([]);
    expect(world.patched).toEqual([]);
  });

  it('whose pods are guarded as they would be', async () => {
    world.apply(renewed(), bind());
    expect(await texts()).toEqual([]);
  });

  it('by a pod that is gone, which the cache does not know yet', async () => {
    world.apply(bare(), bind());
    world.there.delete('pods o-1');
    await texts();
    expect(world.patched).toEqual([]);
  });

  it('that makes none of its pods: a pod of its own is for whoever made it', async () => {
    world.apply(pod('shop/o-1', { labels: { app: 'orders' }, guarded: false }), bind());
    expect(await texts()).toEqual([]);
  });
});

describe('a workload whose pods are of this version, and for these ports', () => {
  const restartedFor = (stamp: string) => ({ 'portcullis.dev/restarted-for': stamp });
  const stamps = () =>
    world.patched.map(
      ({ patch }) =>
        objectAt(objectAt(objectAt(objectAt(patch.spec).template).metadata).annotations)[
          'portcullis.dev/restarted-for'
        ],
    );
  /** As injection made it, with those settings. */
  const made = (settings: Partial<InjectionSettings>) => {
    const owner = { kind: 'ReplicaSet', name: 'orders-abc', controller: true };
    const { metadata = null, ...rest } = raw(
      'shop/o-1',
      { spec: { containers: [{ name: 'app', ports: [{ name: 'http', containerPort: 8080 }] }] } },
      { labels: { app: 'orders', 'pod-template-hash': 'abc' }, ownerReferences: [owner] },
    );
    const written = guarded({ metadata, ...rest }, { settings: { ...SETTINGS, ...settings } });
    world.there.set('pods o-1', written);
    return { kind: 'Pod', id: 'shop/o-1', object: readPod(written, createSharing(), SETTINGS) } as const;
  };

  it.each<[string, Partial<InjectionSettings>]>([
    ['images', { image: 'elsewhere/other:1' }],
    ['an address of the control plane', { controlPlane: 'https://before.example' }],
    ['users, as of another platform', { platform: 'OpenShift' }],
  ])(
    'is restarted for %s other than new pods get, and not again when that was in vain',
    async (_, before) => {
      world.there.set('deployments orders', deployment('orders', {}, restartedFor('2.0.0 Redirect 8080')));
      world.apply(made(before), bind());
      expect(await texts()).toEqual([RESTARTED]);
      expect(stamps()).toEqual([expect.stringMatching(/^2\.0\.0 Redirect 8080 [0-9a-f]{8}$/)]);
      expect(await texts(3_600_000)).toEqual([expect.stringContaining('has been restarted for this')]);
      expect(world.patched).toHaveLength(1);
    },
  );

  it('is left alone with the same images of a mirror', async () => {
    world.apply(made({ image: 'mirror.example/portcullis' }), bind());
    expect(await texts()).toEqual([]);
  });
});

describe('is restarted, too', () => {
  it.each<[string, PodOptions, JsonObject]>([
    ['for sidecars of another version', {}, {}],
    ['for a port that they do not take', { version: '2.0.0' }, { ports: [{ port: 8080 }, { port: 9090 }] }],
    ['for a port that they take in vain', { version: '2.0.0', captured: [8080, 9090] }, {}],
  ])('%s', async (_, options, spec) => {
    world.apply(world.podOf('o-1', 'orders', options), bind(spec));
    expect(await texts()).toEqual([RESTARTED]);
  });
});

it('restarts few of a namespace at a time, and the others when those are complete', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  for (const name of names) world.there.set(`deployments ${name}`, deployment(name));
  world.apply(...names.map((name) => world.podOf(`${name}-1`, name, { guarded: false })), bind());
  const busy = { ...STATUS, updatedReplicas: 0 };
  for (let i = 0; i < 60; i += 1) {
    await texts(1000);
    for (const { id } of world.patched) world.there.set(id, { ...(world.there.get(id) ?? {}), status: busy });
  }
  expect(world.patched).toHaveLength(2);
  for (let i = 0; i < 4; i += 1) {
    for (const { id } of world.patched)
      world.there.set(id, { ...(world.there.get(id) ?? {}), status: STATUS });
    await texts(60_000);
  }
  expect(new Set(world.patched.map(({ id }) => id)).size).toBe(7);
  expect(world.patched).toHaveLength(7);
});
