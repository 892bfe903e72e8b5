/** What somebody else puts into our containers, volumes and annotations is found, all of it but what clusters add everywhere. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { listAt, objectAt } from '../base/members.ts';
import { inject } from './inject.ts';
import { OWN_CONTAINERS } from './layout.ts';
import { mapObjects } from './members.ts';
import { sidecarDifferences } from './present-differences.ts';
import { type Change, HARMFUL, HARMLESS, plus, withOwn } from './testing/container-changes.ts';
import {
  captured,
  guard,
  guarded,
  initContainers,
  pod,
  request,
  SETTINGS,
  specOf,
  web,
} from './testing/pods.ts';
import { stored } from './testing/stored.ts';

const app = pod({ containers: [web({ readinessProbe: { httpGet: { port: 8080 } } })] });

const withVolume = (value: JsonObject, name: string, change: Change): JsonObject => {
  const volumes = mapObjects(specOf(value).volumes, (one) => (one.name === name ? change(one) : one));
  return { ...value, spec: { ...specOf(value), volumes: volumes ?? [] } };
};
const withAnnotations = (value: JsonObject, more: JsonObject): JsonObject => {
  const metadata = objectAt(value.metadata);
  return { ...value, metadata: { ...metadata, annotations: { ...objectAt(metadata.annotations), ...more } } };
};
/** What is refused at the last look, and made anew before it. */
function problemOf(value: JsonObject): string {
  const last = inject({ ...request(value), isFinal: true });
  const before = inject(request(value));
  if (last.kind !== 'refused') return `${last.kind} ${before.kind}`;
  expect(last.refusals.map(({ reason }) => reason)).toEqual(['SidecarsChanged']);
  expect(before.kind).toBe('guarded');
  if (before.kind === 'guarded') expect(inject(request(before.pod)).kind).toBe('unchanged');
  return last.refusals[0]?.message ?? '';
}

describe.each(['Redirect', 'NamedPort', 'None'])('with capture %s', (mode) => {
  const made = guarded({ ...app, metadata: pod({}, captured(mode)).metadata ?? null });

  it('a pod is the same as it is stored by an API server', () => {
    expect(problemOf(made)).toBe('unchanged unchanged');
    expect(problemOf(stored(made))).toBe('unchanged unchanged');
    expect(sidecarDifferences(stored(made), SETTINGS)).toEqual([]);
  });
});

const made = stored(guarded(app));

describe.each(OWN_CONTAINERS)('%s may not have another', (name) => {
  it.each(HARMFUL)('%s', (field, change) => {
    const changed = withOwn(made, name, change);
    expect(problemOf(changed)).toContain(`container ${name}: ${field}`);
    expect(
      sidecarDifferences(changed, SETTINGS)
        .map((one) => `${one.where}: ${one.field}`)
        .join(),
    ).toContain(`container ${name}: ${field}`);
  });
});

describe('a cluster may add', () => {
  it.each(HARMLESS)('%s', (_, change) => {
    for (const name of OWN_CONTAINERS) {
      expect(problemOf(withOwn(made, name, change))).toBe('unchanged unchanged');
    }
  });

  it('another image only by a webhook that comes later', () => {
    const mirrored = withOwn(made, 'portcullis-envoy', () => ({ image: 'mirror.example/envoy@sha256:1' }));
    expect(inject(request(mirrored)).kind).toBe('guarded');
    expect(inject({ ...request(mirrored), isFinal: true }).kind).toBe('unchanged');
    expect(sidecarDifferences(mirrored, SETTINGS)).toEqual([
      { where: 'container portcullis-envoy', field: 'image' },
    ]);
    expect(sidecarDifferences(mirrored, SETTINGS, true)).toEqual([]);
  });

  it('an init container in front only by a webhook that comes later', () => {
    const own = listAt(specOf(made).initContainers);
    const led = { ...made, spec: { ...specOf(made), initContainers: [{ name: 'vault' }, ...own] } };
    expect(initContainers(guarded(led)).map(({ name }) => name)).toEqual([...OWN_CONTAINERS, 'vault']);
    expect(inject({ ...request(led), isFinal: true }).kind).toBe('unchanged');
    const front = { name: 'front', restartPolicy: 'Always' };
    const served = { ...made, spec: { ...specOf(made), initContainers: [front, ...own] } };
    expect(problemOf(served)).toContain('container front: starts before the sidecars');
  });

  it('how a mesh has the kubelet probe, where that takes the traffic', () => {
    const change: Change = () => ({
      readinessProbe: { httpGet: { port: 15_020, path: '/app-health/x/readyz' } },
    });
    const own = stored(guarded(pod({}, captured('None'))));
    expect(problemOf(withOwn(own, 'portcullis-validator', change))).toBe('unchanged unchanged');
    expect(problemOf(withOwn(made, 'portcullis-validator', change))).toContain('readinessProbe');
  });
});

describe('volumes of ours', () => {
  it.each<[string, Change]>([
    ['portcullis-ca', () => ({ name: 'portcullis-ca', configMap: { name: 'other', optional: true } })],
    ['portcullis-ca', () => ({ name: 'portcullis-ca', secret: { secretName: 'other' } })],
    ['portcullis-state', () => ({ name: 'portcullis-state', hostPath: { path: '/tmp' } })],
    ['portcullis-shared', () => ({ name: 'portcullis-shared', emptyDir: { sizeLimit: '8Mi' } })],
    ['portcullis-token', () => ({ name: 'portcullis-token', projected: { sources: [] } })],
    [
      'portcullis-token',
      (one) => ({ ...one, projected: { ...objectAt(one.projected), defaultMode: 0o777 } }),
    ],
  ])('stay what they are: %s', (name, change) => {
    const changed = withVolume(made, name, change);
    expect(problemOf(changed)).toContain(`volume ${name}: `);
    expect(sidecarDifferences(changed, SETTINGS)).toContainEqual(
      expect.objectContaining({ where: `volume ${name}` }),
    );
  });
});

describe('annotations of ours', () => {
  it.each([
    'container.apparmor.security.beta.kubernetes.io/portcullis-validator',
    'container.seccomp.security.alpha.kubernetes.io/portcullis-envoy',
    'mounts.nri.io/container.portcullis-capture',
  ])('are taken away, or refused: %s', (name) => {
    expect(problemOf(withAnnotations(made, { [name]: 'unconfined' }))).toContain(`annotation: ${name}`);
    const written = guarded(withAnnotations(app, { [name]: 'unconfined', other: 'x' }));
    expect(objectAt(written.metadata).annotations).toEqual({
      other: 'x',
      'portcullis.dev/captured-ports': '8080',
    });
  });

  it('may repeat what the pod says for all of its containers, as an API server does', () => {
    const securityContext = { appArmorProfile: { type: 'RuntimeDefault' } };
    const confined = guarded(pod({ securityContext }));
    const name = 'container.apparmor.security.beta.kubernetes.io/portcullis-envoy';
    expect(problemOf(withAnnotations(confined, { [name]: 'runtime/default' }))).toBe('unchanged unchanged');
    expect(problemOf(withAnnotations(confined, { [name]: 'unconfined' }))).toContain(name);
  });

  it.each([
    'container.apparmor.security.beta.kubernetes.io/web',
    // Keeps an agent away.
    'container.inject.dynatrace.com/portcullis-validator',
  ])('of other containers, and of agents, are left alone: %s', (name) => {
    expect(problemOf(withAnnotations(made, { [name]: 'unconfined' }))).toBe('unchanged unchanged');
  });
});

describe('a message', () => {
  it('names what is missing, and no more than it can hold', () => {
    const added = (count: number) => {
      const names = Array.from({ length: count }, (_, index) => `${'X'.repeat(500)}${index}`);
      const change = plus('env', ...names.map((name) => ({ name, value: '' })));
      return problemOf(withOwn(made, 'portcullis-envoy', change));
    };
    expect(added(200)).toMatch(/, and 195 more$/);
    expect(added(200).length).toBeLessThan(1000);
    expect(added(201)).toMatch(/: container portcullis-envoy: more than 200 items in env$/);
    const plain = guarded(pod());
    expect(problemOf({ ...plain, spec: { ...specOf(plain), initContainers: [] } })).toContain(
      'container portcullis-capture: missing, container portcullis-validator: missing',
    );
  });
});

describe('sidecars that no webhook has seen', () => {
  const other = (rest: Partial<typeof SETTINGS>) =>
    sidecarDifferences(made, { ...SETTINGS, ...rest }).map(({ where, field }) => `${where}: ${field}`);

  it('are as they should be with any ports', () => {
    expect(sidecarDifferences(stored(guarded(app, { guards: [guard(8080, 9090)] })), SETTINGS)).toEqual([]);
    expect(sidecarDifferences(app, SETTINGS)).toEqual([]);
  });

  it('are told apart from those of other settings', () => {
    expect(other({ image: 'x' })).toEqual([
      'container portcullis-capture: image',
      'container portcullis-validator: image',
    ]);
    expect(other({ envoyImage: 'x' })).toEqual(['container portcullis-envoy: image']);
    expect(other({ controlPlane: 'https://other.example' })).toEqual([
      'container portcullis-validator: args',
    ]);
  });

  it('may not start after another that serves', () => {
    const led = (front: JsonObject) => {
      const initContainers = [front, ...listAt(specOf(made).initContainers)];
      return sidecarDifferences({ ...made, spec: { ...specOf(made), initContainers } }, SETTINGS);
    };
    expect(led({ name: 'vault' })).toEqual([]);
    expect(led({ name: 'front', restartPolicy: 'Always' })).toEqual([
      { where: 'container front', field: 'starts before the sidecars' },
    ]);
  });

  it('are believed without their label', () => {
    const { labels: _, ...metadata } = objectAt(made.metadata);
    expect(sidecarDifferences({ ...made, metadata }, SETTINGS)).toEqual([]);
  });
});
