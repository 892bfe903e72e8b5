/** Copies of guarded pods by `kubectl debug --copy-to`, which takes their labels, annotations and probes away. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { objectAt, objectsAt } from '../base/members.ts';
import { inject } from './inject.ts';
import { WRITTEN_ANNOTATION } from './layout.ts';
import { arbitraryGuards, arbitraryPod } from './testing/arbitrary-pods.ts';
import { type DebugFlags, debugCopy } from './testing/debug-copy.ts';
import {
  annotated,
  captured,
  container,
  guarded,
  initContainers,
  pod,
  request,
  SETTINGS,
  specOf,
  variable,
  web,
} from './testing/pods.ts';
import { stored } from './testing/stored.ts';

const NO_GUARDS = { guards: [] };
const APART: DebugFlags = { shareProcesses: false };
const probed = (rest: JsonObject = {}) =>
  web({
    readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
    lifecycle: { preStop: { httpGet: { path: '/bye', port: 8080 } } },
    ...rest,
  });
const labels = { app: 'orders' };
const running = (metadata: JsonObject = {}, spec: JsonObject = {}): JsonObject =>
  guarded(pod({ containers: [probed()], ...spec }, { labels, ...metadata }));

const marksOf = (value: JsonObject) => {
  const { labels: all, annotations } = objectAt(value.metadata);
  return { labels: objectAt(all), annotations: objectAt(annotations) };
};
const ownOf = (value: JsonObject) =>
  initContainers(value).map(({ name, args, env, image, resources, securityContext, ports }) => ({
    name,
    args,
    image,
    resources,
    securityContext,
    ...(ports !== undefined && { ports: objectsAt(ports).map(({ protocol: _, ...port }) => port) }),
    env: objectsAt(env).filter(({ name: one }) => one !== 'PORTCULLIS_PROBE_TARGETS'),
  }));

describe('a copy with processes of its own', () => {
  it.each(['Redirect', 'NamedPort', 'None'])('keeps its sidecars, with capture %s', (mode) => {
    const original = running(captured(mode));
    const copy = debugCopy(original, APART);
    const made = guarded(copy, NO_GUARDS);
    expect(ownOf(made)).toEqual(ownOf(original));
    expect(marksOf(made).labels).toEqual({ 'portcullis.dev/injected': '1.2.3' });
    expect(marksOf(made).annotations).toMatchObject({ 'portcullis.dev/capture': mode });
    // kubectl has taken the probe, and not the hook, of which the validator must go on knowing.
    const targets = variable(made, 'PORTCULLIS_PROBE_TARGETS');
    const hook = { httpGet: { path: '/bye', port: 8080 } };
    if (mode === 'None') expect(targets).toBeNull();
    else expect(targets).toMatchObject({ web: { preStop: hook } });
    expect(objectAt(objectAt(targets).web)).not.toHaveProperty('readiness');
    expect(inject(request(stored(made), NO_GUARDS)).kind).toBe('unchanged');
    expect(inject(request(stored(made), { ...NO_GUARDS, isFinal: true })).kind).toBe('unchanged');
  });

  it('keeps what annotations had chosen for them', () => {
    const chosen = {
      'portcullis.dev/underscore-headers': 'Allow',
      'portcullis.dev/forwarded-for': 'Keep',
      'portcullis.dev/envoy-memory-limit': '512Mi',
      'portcullis.dev/validator-cpu-request': '100m',
      'portcullis.dev/capture-cpu-limit': '100m',
    };
    const original = running(annotated(chosen));
    const made = guarded(debugCopy(original, APART), NO_GUARDS);
    expect(marksOf(made).annotations).toMatchObject(chosen);
    expect(ownOf(made)).toEqual(ownOf(original));
    expect(inject(request(stored(made), { ...NO_GUARDS, isFinal: true })).kind).toBe('unchanged');
    const moved = {
      'portcullis.dev/capture': 'None',
      'portcullis.dev/validator-http-port': '9101',
      'portcullis.dev/validator-grpc-port': '9102',
    };
    expect(marksOf(guarded(debugCopy(running(annotated(moved)), APART), NO_GUARDS)).annotations).toEqual(
      moved,
    );
  });

  it('asks for as much as a whole as the pod does', () => {
    const resources = { requests: { cpu: '300m', memory: '128Mi' }, limits: { memory: '1024Mi' } };
    const original = running({}, { resources });
    const made = guarded(debugCopy(original, APART), NO_GUARDS);
    expect(specOf(made).resources).toEqual(specOf(original).resources);
    expect(marksOf(made).annotations).toMatchObject({
      'portcullis.dev/pod-resources': JSON.stringify(resources),
    });
    expect(inject(request(stored(made), { ...NO_GUARDS, isFinal: true })).kind).toBe('unchanged');
  });

  it('has names of ports by which a Service finds its Envoy', () => {
    const copy = debugCopy(running(captured('NamedPort')), APART);
    const made = guarded(copy, NO_GUARDS);
    expect(marksOf(made).annotations).toMatchObject({ 'portcullis.dev/moved-ports': 'http=8080' });
    expect(container(made, 'portcullis-envoy').ports).toEqual([
      { name: 'http', containerPort: 15_906, protocol: 'TCP' },
    ]);
    expect(container(made, 'web').ports).toEqual([{ containerPort: 8080, protocol: 'TCP' }]);
  });

  it('gets the sidecars of this version, whatever was copied', () => {
    const settings = { ...SETTINGS, version: '2.0.0', image: 'registry.example/portcullis:2.0.0' };
    const made = guarded(debugCopy(running(), APART), { ...NO_GUARDS, settings });
    expect(container(made, 'portcullis-validator').image).toBe(settings.image);
    const forged = debugCopy(running(), APART);
    const others = initContainers(forged).map((one) => ({ ...one, image: 'forged', command: ['sh'] }));
    const remade = guarded({ ...forged, spec: { ...specOf(forged), initContainers: others } }, NO_GUARDS);
    expect(ownOf(remade)).toEqual(ownOf(running()));
    expect(container(remade, 'portcullis-validator')).not.toHaveProperty('command');
  });

  it.each([true, false])(
    'may keep its labels, and so its binding; its annotations: %s',
    (keepAnnotations) => {
      const original = running(captured('NamedPort'));
      const made = guarded(debugCopy(original, { ...APART, keepLabels: true, keepAnnotations }));
      expect(ownOf(made)).toEqual(ownOf(original));
      // The mark of how the probe was written goes with the probe.
      const { [WRITTEN_ANNOTATION]: _, ...annotations } = marksOf(original).annotations;
      expect(marksOf(made)).toEqual({ ...marksOf(original), annotations });
      expect(inject(request(stored(made), { isFinal: true })).kind).toBe('unchanged');
    },
  );

  it('may keep its probes', () => {
    const made = guarded(debugCopy(running(), { ...APART, keepReadiness: true }), NO_GUARDS);
    expect(variable(made, 'PORTCULLIS_PROBE_TARGETS')).toEqual(
      variable(running(), 'PORTCULLIS_PROBE_TARGETS'),
    );
  });

  it('without init containers is guarded anew where a binding targets it, and is none of ours otherwise', () => {
    const plain = guarded(pod({}, { labels }));
    const bare = { ...APART, keepInitContainers: false };
    expect(inject(request(debugCopy(plain, bare), NO_GUARDS)).kind).toBe('unasked');
    const made = guarded(debugCopy(plain, { ...bare, keepLabels: true }));
    expect(ownOf(made)).toEqual(ownOf(plain));
  });
});

it('any copy without labels and annotations gets the sidecars that it has', () => {
  let copies = 0;
  fc.assert(
    fc.property(arbitraryPod, arbitraryGuards, (value, guards) => {
      const first = inject(request(value, { guards }));
      if (first.kind !== 'guarded' || guards.length === 0) return;
      const { name = 'orders' } = objectAt(first.pod.metadata);
      const again = inject(request({ ...first.pod, metadata: { name } }, { guards }));
      if (again.kind !== 'guarded') throw new Error(JSON.stringify(again));
      copies += 1;
      expect(again.pod.spec).toEqual(first.pod.spec);
      expect(inject(request(again.pod, { guards, isFinal: true })).kind).toBe('unchanged');
    }),
    { numRuns: 500 },
  );
  expect(copies).toBeGreaterThan(100);
});

describe('a copy that shares processes, as kubectl debug has it by default', () => {
  const dropping = { securityContext: { capabilities: { drop: ['ALL'] } } };

  it.each<[string, JsonObject, DebugFlags]>([
    ['whose app may become any user', {}, { profile: 'restricted' }],
    ['whose debugging container may trace any process', dropping, {}],
  ])('is refused with the flag that helps: %s', (_, members, flags) => {
    const copy = debugCopy(running({}, { containers: [probed(members)] }), flags);
    const injection = inject(request(copy, NO_GUARDS));
    if (injection.kind !== 'refused') throw new Error(injection.kind);
    expect(injection.refusals.map(({ reason }) => reason)).toEqual(['ProcessesShared']);
    expect(injection.refusals[0]?.remedy).toContain('--share-processes=false');
  });

  it('is let in where none of its containers can read of the validator', () => {
    const copy = debugCopy(running({}, { containers: [probed(dropping)] }), { profile: 'restricted' });
    expect(inject(request(copy, NO_GUARDS)).kind).toBe('guarded');
  });
});

it('sidecars without the label of ours must still be no others than ours', () => {
  const { initContainers: all, ...rest } = specOf(debugCopy(running(), APART));
  const without = objectsAt(all).filter(({ name }) => name !== 'portcullis-validator');
  const named = [{ name: 'portcullis-validator', image: 'x', restartPolicy: 'Always' }, ...without];
  for (const initContainers of [without, named]) {
    const injection = inject(request(pod({ ...rest, initContainers }), NO_GUARDS));
    expect(injection).toMatchObject({ kind: 'refused' });
    expect(JSON.stringify(injection)).toContain('NameTaken');
  }
});
