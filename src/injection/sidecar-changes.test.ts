/** Sidecars that somebody else has changed count as no guard; those that another version has made count as outdated. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { listAt, objectAt } from '../base/members.ts';
import type { Difference } from './differences.ts';
import { OWN_CONTAINERS } from './layout.ts';
import { mapObjects } from './members.ts';
import { sidecarChanges } from './sidecar-changes.ts';
import { type Change, HARMFUL, HARMLESS, plus, withOwn } from './testing/container-changes.ts';
import { captured, guarded, pod, SETTINGS, specOf, web } from './testing/pods.ts';
import { stored } from './testing/stored.ts';

const app = pod({ containers: [web({ readinessProbe: { httpGet: { port: 8080 } } })] });
const made = stored(guarded(app));

function labelled(value: JsonObject, version: string | undefined): JsonObject {
  const metadata = objectAt(value.metadata);
  const { 'portcullis.dev/injected': _, ...labels } = objectAt(metadata.labels);
  const label = version === undefined ? {} : { 'portcullis.dev/injected': version };
  return { ...value, metadata: { ...metadata, labels: { ...labels, ...label } } };
}

const annotated = (value: JsonObject, annotations: JsonObject): JsonObject => ({
  ...value,
  metadata: { ...objectAt(value.metadata), annotations },
});

const text = ({ where, field }: Difference): string => `${where}: ${field}`;
const found = (value: JsonObject): readonly string[] => sidecarChanges(value, SETTINGS).forged.map(text);
const older = (value: JsonObject): readonly string[] => sidecarChanges(value, SETTINGS).older.map(text);

describe.each(['Redirect', 'NamedPort', 'None'])('with capture %s', (mode) => {
  const own = stored(guarded({ ...app, metadata: pod({}, captured(mode)).metadata ?? null }));

  it('nothing is found in what was injected, and the variable is in what was changed', () => {
    expect(found(own)).toEqual([]);
    expect(found(withOwn(own, 'portcullis-validator', forged))).toEqual([NODE_OPTIONS]);
  });
});

const forged = plus('env', { name: 'NODE_OPTIONS', value: '--import=data:text/javascript,' });
const NODE_OPTIONS = 'container portcullis-validator: env NODE_OPTIONS';

describe('of this version, and without a label', () => {
  it.each(HARMFUL)('%s is found', (field, change) => {
    for (const version of [SETTINGS.version, undefined]) {
      const changed = withOwn(made, 'portcullis-validator', change);
      expect(found(labelled(changed, version)).join()).toContain(`container portcullis-validator: ${field}`);
    }
  });

  it.each(HARMLESS)('%s is nothing', (_, change) => {
    for (const name of OWN_CONTAINERS) expect(found(withOwn(made, name, change))).toEqual([]);
  });

  it('images are not looked at, nor a pod without sidecars', () => {
    expect(found(withOwn(made, 'portcullis-validator', () => ({ image: 'other' })))).toEqual([]);
    expect(found(app)).toEqual([]);
  });
});

/** As a version before this one might have made it. */
const ofOlder: Change = (one) => ({
  args: ['validator', '--older'],
  env: [...listAt(one.env).slice(1), { name: 'PORTCULLIS_OLDER', value: '1' }],
  securityContext: { ...objectAt(one.securityContext), runAsUser: 64_000 },
  readinessProbe: { httpGet: { port: 15_904, path: '/ready' } },
});

describe('of another version', () => {
  it('may have other settings, which are a false guard in one of this version', () => {
    const changed = withOwn(made, 'portcullis-validator', ofOlder);
    expect(found(labelled(changed, '1.2.2'))).toEqual([]);
    expect(older(labelled(changed, '1.2.2'))).toEqual(found(changed));
    expect(older(changed)).toEqual([]);
    expect(found(changed).length).toBeGreaterThan(3);
  });

  it.each([
    ...['env NODE_OPTIONS', 'env LD_PRELOAD', 'envFrom', 'volumeMount /agent', 'volumeDevices', 'command'],
    ...[
      'workingDir',
      'lifecycle',
      'livenessProbe',
      'securityContext.privileged',
      'securityContext.procMount',
    ],
    ...['resources.claims', 'a-member-to-come'],
  ])('has no %s: such a label hides nothing that brings programs', (field) => {
    const [, change] = HARMFUL.find(([name]) => name === field) ?? [];
    if (change === undefined) throw new Error(field);
    for (const name of OWN_CONTAINERS) {
      const changed = labelled(
        withOwn(withOwn(made, 'portcullis-validator', ofOlder), name, change),
        '1.2.2',
      );
      expect(found(changed)).toContain(`container ${name}: ${field}`);
    }
  });

  it('has no volume of the node, and nothing that serves before it', () => {
    const volumes = mapObjects(specOf(made).volumes, (one) =>
      one.name === 'portcullis-state' ? { name: 'portcullis-state', hostPath: { path: '/tmp' } } : one,
    );
    const initContainers = [
      { name: 'front', restartPolicy: 'Always' },
      ...listAt(specOf(made).initContainers),
    ];
    const changed = { ...made, spec: { ...specOf(made), initContainers, volumes: volumes ?? [] } };
    expect(found(labelled(changed, '1.2.2'))).toEqual([
      'container front: starts before the sidecars',
      'volume portcullis-state: hostPath',
    ]);
  });
});

describe('another address of the control plane', () => {
  const controlPlane = 'https://elsewhere.example';
  const moved = stored(guarded(app, { settings: { ...SETTINGS, controlPlane } }));
  const ADDRESS = `container portcullis-validator: args --control-plane=${controlPlane}`;

  it.each([SETTINGS.version, '1.2.2'])('is all that is found, in sidecars of version %s', (version) => {
    expect(found(labelled(moved, version))).toEqual([]);
    expect(older(labelled(moved, version))).toEqual([ADDRESS]);
  });

  it('hides nothing else', () => {
    expect(found(withOwn(moved, 'portcullis-validator', forged))).toEqual([NODE_OPTIONS]);
    const twice = plus('args', `--control-plane=${SETTINGS.controlPlane}`);
    expect(found(withOwn(moved, 'portcullis-validator', twice))).toEqual([
      'container portcullis-validator: args',
    ]);
    const none: Change = ({ args }) => ({ args: listAt(args).filter((_, index) => index !== 1) });
    expect(found(withOwn(moved, 'portcullis-validator', none))).toEqual([
      'container portcullis-validator: args',
    ]);
  });
});

describe('other containers that pass the sidecars, or decide what they do, are found whatever the version', () => {
  const withSpec = (members: JsonObject): JsonObject => ({ ...made, spec: { ...specOf(made), ...members } });
  const withApp = (members: JsonObject): JsonObject =>
    withSpec({ containers: mapObjects(specOf(made).containers, (one) => ({ ...one, ...members })) ?? [] });
  const added = (members: JsonObject): JsonObject =>
    withSpec({ containers: [...listAt(specOf(made).containers), { name: 'other', ...members }] });
  const mounts = (name: string): JsonObject => ({ volumeMounts: [{ name, mountPath: '/x' }] });
  const harmless = { runAsUser: 1000, allowPrivilegeEscalation: false };

  it.each<[string, JsonObject]>([
    ['container web: mounts portcullis-state', withApp(mounts('portcullis-state'))],
    [
      'container other: mounts portcullis-token',
      withSpec({ ephemeralContainers: [{ name: 'other', ...mounts('portcullis-token') }] }),
    ],
    ['container web: shares processes', withSpec({ shareProcessNamespace: true })],
    ['container web: shares processes', withSpec({ hostPID: true })],
    ['container istio-proxy: is of a mesh', added({ name: 'istio-proxy' })],
    ['container other: is of a mesh', added({ image: 'docker.io/istio/proxyv2:1.29' })],
    ['pod: hostNetwork', withSpec({ hostNetwork: true })],
  ])('%s', (expected, changed) => {
    for (const version of [SETTINGS.version, '1.2.2'])
      expect(found(labelled(changed, version))).toEqual([expected]);
  });

  it.each<[string, JsonObject]>([
    ['a volume of its own', withApp(mounts('data'))],
    [
      'processes that are shared with another user',
      withSpec({ ...specOf(withApp({ securityContext: harmless })), shareProcessNamespace: true }),
    ],
    ['a container of its own', added({ image: 'example.com/proxy' })],
  ])('not so %s', (_, changed) => {
    expect(found(changed)).toEqual([]);
  });

  it('not so a mesh with capture None, which asks itself', () => {
    const none = stored(guarded({ ...app, metadata: pod({}, captured('None')).metadata ?? null }));
    const spec = {
      ...specOf(none),
      containers: [...listAt(specOf(none).containers), { name: 'istio-proxy' }],
    };
    expect(found({ ...none, spec })).toEqual([]);
  });
});

describe('annotations', () => {
  it('that the node takes for settings of a sidecar are found, whatever the version', () => {
    const name = 'mounts.nri.io/container.portcullis-validator';
    for (const version of [SETTINGS.version, '1.2.2']) {
      expect(found(labelled(annotated(made, { [name]: 'x' }), version))).toEqual([`annotation: ${name}`]);
    }
    expect(found(annotated(made, { 'mounts.nri.io/container.web': 'x' }))).toEqual([]);
  });

  it('of amounts and ports may be changed while the pod runs', () => {
    const annotations = {
      'portcullis.dev/envoy-memory-limit': '1Gi',
      'portcullis.dev/captured-ports': '1',
      'portcullis.dev/moved-ports': 'http=8080',
    };
    expect(found(annotated(made, annotations))).toEqual([]);
  });
});

it.each(['33Mi', '100M', '256Mi', '1Gi', '7777777777'])('takes the memory %s for what it was', (limit) => {
  const own = guarded(annotated(app, { 'portcullis.dev/envoy-memory-limit': limit }));
  expect(found(annotated(stored(own), {}))).toEqual([]);
});
