/** A pod that comes back: unchanged, changed by others, of another version, under other bindings. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { listAt, objectAt, objectsAt } from '../base/members.ts';
import { inject } from './inject.ts';
import { mapObjects, withMember } from './members.ts';
import { jsonPatch } from './patch.ts';
import { applyPatch } from './testing/apply-patch.ts';
import { arbitraryGuards, arbitraryPod } from './testing/arbitrary-pods.ts';
import { API_TOKEN } from './testing/container-changes.ts';
import {
  captured,
  container,
  guard,
  guarded,
  initContainers,
  pod,
  request,
  SETTINGS,
  specOf,
  web,
} from './testing/pods.ts';

const RUNS = { numRuns: 1000 };
const NEXT = { ...SETTINGS, version: '2.0.0', image: 'other', controlPlane: 'https://other.example' };
const probed = web({ readinessProbe: { httpGet: { port: 'http' } } });

const withSpec = (value: JsonObject, members: JsonObject): JsonObject => ({
  ...value,
  spec: { ...specOf(value), ...members },
});

/** The pod with each of its containers, and init containers, changed. */
const withEach = (value: JsonObject, change: (one: JsonObject) => JsonObject): JsonObject =>
  withSpec(value, {
    containers: mapObjects(specOf(value).containers, change) ?? [],
    initContainers: mapObjects(specOf(value).initContainers, change) ?? [],
  });

describe('any pod', () => {
  it('comes out as it went in, once it is guarded', () => {
    let guardedOnes = 0;
    fc.assert(
      fc.property(arbitraryPod, arbitraryGuards, (value, guards) => {
        const first = inject(request(value, { guards }));
        if (first.kind !== 'guarded') return;
        guardedOnes += 1;
        expect(inject(request(first.pod, { guards })).kind).toBe('unchanged');
      }),
      RUNS,
    );
    expect(guardedOnes).toBeGreaterThan(RUNS.numRuns / 4);
  });

  it('is made by its patch, and none of its own containers changes but in probes and names of ports', () => {
    fc.assert(
      fc.property(arbitraryPod, arbitraryGuards, (value, guards) => {
        const injection = inject(request(value, { guards }));
        if (injection.kind !== 'guarded') return;
        expect(applyPatch(value, jsonPatch(value, injection.pod))).toEqual(injection.pod);
        expect(appOf(injection.pod)).toEqual(appOf(value));
      }),
      RUNS,
    );
  });

  it('is the same, whatever version and bindings it was guarded by before', () => {
    fc.assert(
      fc.property(arbitraryPod, arbitraryGuards, arbitraryGuards, (value, before, guards) => {
        const first = inject(request(value, { guards: before }));
        const wanted = inject(request(value, { guards, settings: NEXT }));
        if (first.kind !== 'guarded' || wanted.kind === 'unasked') return;
        expect(inject(request(first.pod, { guards, settings: NEXT }))).toEqual(wanted);
      }),
      RUNS,
    );
  });

  it('never starts with a guarded port that has no listener', () => {
    fc.assert(
      fc.property(arbitraryPod, arbitraryGuards, (value, guards) => {
        const injection = inject(request(value, { guards }));
        if (injection.kind !== 'guarded') return;
        const marks = objectAt(objectAt(injection.pod.metadata).annotations);
        if (marks['portcullis.dev/capture'] === 'None') return;
        const ports = String(marks['portcullis.dev/captured-ports']).split(',').map(Number);
        expect(ports).toEqual(
          expect.arrayContaining(guards.flatMap((one) => one.ports.map(({ port }) => port))),
        );
      }),
      RUNS,
    );
  });
});

/** Everything that is the app's and that nothing may change. */
function appOf(value: JsonObject): JsonValue {
  const spec = specOf(value);
  const strip = ({ readinessProbe: _, livenessProbe: __, lifecycle: ___, ports, ...rest }: JsonObject) => ({
    ...rest,
    ports: objectsAt(ports).map(({ containerPort }) => containerPort ?? null),
  });
  const isApp = (item: JsonValue) => isJsonObject(item) && !String(item.name).startsWith('portcullis-');
  return {
    ...spec,
    containers: objectsAt(spec.containers).map(strip),
    initContainers: objectsAt(spec.initContainers).filter(isApp).map(strip),
    volumes: listAt(spec.volumes).filter(isApp),
  };
}

describe('a guarded pod', () => {
  const value = guarded(pod({ containers: [probed] }));
  const again = (changed: JsonObject) => inject(request(changed)).kind;
  const first = (item: JsonObject) => initContainers(value)[0] === item;

  type Members = JsonObject | ((one: JsonObject) => JsonObject);
  /** The pod with some members of our containers changed, or of the one of this name. */
  const withOwn = (members: Members, name = 'portcullis-'): JsonObject =>
    withEach(value, (one) =>
      String(one.name).startsWith(name)
        ? { ...one, ...(typeof members === 'function' ? members(one) : members) }
        : one,
    );
  const withValidator = (members: Members): JsonObject => withOwn(members, 'portcullis-validator');

  const harmless: readonly (readonly [string, JsonObject])[] = [
    [
      'defaults of Kubernetes',
      withEach(value, (one) => ({ ...one, terminationMessagePath: '/dev/termination-log', stdin: false })),
    ],
    [
      'the token that Kubernetes mounts everywhere',
      withOwn(({ volumeMounts }) => ({
        volumeMounts: [...listAt(volumeMounts), API_TOKEN],
      })),
    ],
    ['quotas', withOwn({ resources: {} })],
  ];

  it.each(harmless)('may have %s', (_, changed) => {
    // What others add to the app counts as the app's.
    expect(again(changed)).toBe('unchanged');
  });

  it('may have a registry mirror only from a webhook that comes later', () => {
    const mirrored = withOwn({ image: 'mirror/x@sha256:1' });
    expect(inject(request(mirrored)).kind).toBe('guarded');
    expect(inject({ ...request(mirrored), isFinal: true }).kind).toBe('unchanged');
  });

  const harmful: readonly (readonly [string, JsonObject])[] = [
    ['no capture', withSpec(value, { initContainers: initContainers(value).filter((one) => !first(one)) })],
    [
      'its sidecars in another order',
      withSpec(value, { initContainers: initContainers(value).toReversed() }),
    ],
    [
      'a sidecar in front that serves before them',
      withSpec(value, {
        initContainers: [{ name: 'front', restartPolicy: 'Always' }, ...initContainers(value)],
      }),
    ],
    [
      'other arguments',
      withEach(value, (one) => (one.name === 'portcullis-validator' ? { ...one, args: ['validator'] } : one)),
    ],
    [
      'more rights',
      withEach(value, (one) =>
        one.name === 'portcullis-envoy' ? { ...one, securityContext: { privileged: true } } : one,
      ),
    ],
    ['another program', withValidator({ command: ['sh', '-c', 'exec other'] })],
    ['hooks', withValidator({ lifecycle: { postStart: { exec: { command: ['other'] } } } })],
    [
      'a further hook',
      withOwn(
        ({ lifecycle }) => ({
          lifecycle: { ...objectAt(lifecycle), postStart: { exec: { command: ['other'] } } },
        }),
        'portcullis-envoy',
      ),
    ],
    ['probes that run a program', withValidator({ livenessProbe: { exec: { command: ['other'] } } })],
    ['variables from elsewhere', withValidator({ envFrom: [{ configMapRef: { name: 'other' } }] })],
    // Kubernetes takes the last.
    [
      'a variable twice',
      withValidator(({ env }) => ({
        env: listAt(env).flatMap((one) => [one, { ...objectAt(one), value: '{}' }]),
      })),
    ],
    ['ports that a Service could name', withValidator({ ports: [{ name: 'http', containerPort: 9999 }] })],
    [
      'further capabilities',
      withValidator(({ securityContext }) => ({
        securityContext: {
          ...objectAt(securityContext),
          capabilities: { drop: ['ALL'], add: ['SYS_PTRACE'] },
        },
      })),
    ],
    ['its own probe back', withSpec(value, { containers: [probed] })],
    ['no volumes', withSpec(value, { volumes: [] })],
  ];

  it.each(harmful)('may not have %s', (_, changed) => {
    expect(inject(request(changed))).toEqual({ kind: 'guarded', pod: expect.anything() });
    const mended = guarded(changed);
    expect(again(mended)).toBe('unchanged');
    expect(container(mended, 'portcullis-validator').args).toEqual(
      container(value, 'portcullis-validator').args,
    );
  });

  it('gets back its names and probes where capture is None now', () => {
    const moved = guarded(pod({ containers: [probed] }, captured('NamedPort')));
    const metadata = objectAt(moved.metadata);
    const changed = { ...objectAt(metadata.annotations), 'portcullis.dev/capture': 'None' };
    const own = guarded({ ...moved, metadata: withMember(metadata, 'annotations', changed) });
    expect(container(own, 'web')).toEqual(probed);
    expect(objectAt(own.metadata).annotations).toEqual({ 'portcullis.dev/capture': 'None' });
  });

  it.each(['Redirect', 'NamedPort', 'None'])('stays as it is where no binding chooses it yet: %s', (mode) => {
    const ports = [8080, 9090].map((port) => ({ name: `p${port}`, containerPort: port }));
    const made = guarded(pod({ containers: [web({ ports })] }, captured(mode)));
    expect(inject(request(made, { guards: [] })).kind).toBe('unchanged');
  });

  it('keeps a probe that somebody has changed since', () => {
    const changed = withSpec(value, { containers: [web({ readinessProbe: { exec: { command: ['a'] } } })] });
    for (const settings of [SETTINGS, NEXT]) {
      const next = guarded(changed, { settings });
      expect(container(next, 'web').readinessProbe).toEqual({ exec: { command: ['a'] } });
    }
  });

  it('follows its bindings', () => {
    const next = guarded(value, { guards: [guard(8080, 9090)] });
    expect(container(next, 'portcullis-capture').args).toHaveLength(3);
  });
});
