import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { objectAt, objectsAt } from '../base/members.ts';
import { inject } from './inject.ts';
import { parseQuantity } from './quantities.ts';
import { restorePod } from './restore.ts';
import { guarded, pod, request, web } from './testing/pods.ts';

const resourcesOf = (made: JsonObject) => objectAt(made.spec).resources;
const annotated = (names: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(names).map(([name, value]) => [`portcullis.dev/${name}`, value]));

describe('resources of a pod as a whole', () => {
  it.each<[string, JsonObject, JsonObject]>([
    [
      'both',
      { requests: { cpu: '500m' }, limits: { cpu: '1', memory: '1Gi' } },
      {
        requests: { cpu: '540m', memory: '1152Mi' },
        limits: { cpu: '4', memory: '1536Mi' },
      },
    ],
    [
      'numbers and fractions',
      { requests: { cpu: 1, memory: '0.5k' } },
      { requests: { cpu: '1040m', memory: `${500 + 128 * 2 ** 20}` } },
    ],
    ['none', { requests: { cpu: '0', memory: '0' } }, { requests: { cpu: '40m', memory: '128Mi' } }],
    ['of other kinds', { limits: { 'hugepages-2Mi': '4Mi' } }, { limits: { 'hugepages-2Mi': '4Mi' } }],
    ['what is no quantity', { limits: { cpu: 'much' } }, { limits: { cpu: 'much' } }],
  ])('are raised by those of the sidecars: %s', (_, resources, expected) => {
    expect(resourcesOf(guarded(pod({ resources })))).toEqual(expected);
  });

  it('stay unwritten where Kubernetes takes them from the containers', () => {
    const containers = [web({ resources: { requests: { cpu: '100m' } } })];
    const made = guarded(pod({ containers, resources: { limits: { cpu: '1' } } }));
    expect(resourcesOf(made)).toEqual({ limits: { cpu: '4' } });
    expect(resourcesOf(guarded(pod()))).toBeUndefined();
  });

  it('are raised by those that there are', () => {
    const annotations = annotated({ capture: 'None' });
    const made = guarded(pod({ resources: { limits: { cpu: '1' } } }, { annotations }));
    expect(resourcesOf(made)).toEqual({ requests: { cpu: '1020m' }, limits: { cpu: '2' } });
    const most = annotated({ 'capture-cpu-limit': '5' });
    expect(
      resourcesOf(guarded(pod({ resources: { limits: { cpu: '1' } } }, { annotations: most }))),
    ).toMatchObject({
      limits: { cpu: '6' },
    });
  });

  it('are not raised again, and come back as they were written', () => {
    const written = pod({ resources: { limits: { cpu: 0.5, memory: '1024Mi' } } });
    const once = guarded(written);
    expect(inject(request(once))).toEqual({ kind: 'unchanged' });
    expect(restorePod(once)).toEqual(written);
    const other = guarded(once, { settings: { ...request(once).settings, version: '2.0.0' } });
    expect(resourcesOf(other)).toEqual(resourcesOf(once));
  });

  it('are those of the pod where another webhook has changed them since', () => {
    const once = guarded(pod({ resources: { limits: { cpu: '1' } } }));
    const resized = { ...once, spec: { ...objectAt(once.spec), resources: { limits: { cpu: '9' } } } };
    expect(inject(request(resized, { isFinal: true }))).toEqual({ kind: 'unchanged' });
  });

  it('come back as quantities alone, whatever the annotation says', () => {
    const once = guarded(pod({ resources: { limits: { cpu: '1' } } }));
    const metadata = objectAt(once.metadata);
    for (const [mark, expected] of [
      [`{"limits":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, {}],
      ['{"limits":{"cpu":{"a":1},"memory":"1Gi"},"x":1}', { limits: { memory: '1Gi' } }],
      ['no JSON', resourcesOf(once)],
    ] as const) {
      const annotations = { ...objectAt(metadata.annotations), 'portcullis.dev/pod-resources': mark };
      const back = restorePod({ ...once, metadata: { ...metadata, annotations } });
      expect(resourcesOf(back ?? {})).toEqual(expected);
    }
  });
});

describe('a Guaranteed pod', () => {
  const QUANTITIES = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } };
  const EQUAL = annotated(
    Object.fromEntries(
      ['capture', 'validator', 'envoy'].flatMap((name) =>
        ['request', 'limit'].flatMap((bound) => [
          [`${name}-cpu-${bound}`, '100m'],
          [`${name}-memory-${bound}`, '128Mi'],
        ]),
      ),
    ),
  );
  /** As Kubernetes reckons it for pods without resources of their own. */
  const isGuaranteed = (made: JsonObject) => {
    const { containers, initContainers } = objectAt(made.spec);
    return [...objectsAt(containers), ...objectsAt(initContainers)].every(({ resources }) =>
      ['cpu', 'memory'].every((kind) => {
        const [request, limit] = ['requests', 'limits'].map((bound) =>
          parseQuantity(String(objectAt(objectAt(resources)[bound])[kind])),
        );
        return request !== undefined && request === limit;
      }),
    );
  };
  const containers = [web({ resources: QUANTITIES })];

  it('stays one where the annotations say so of every sidecar', () => {
    expect(isGuaranteed(guarded(pod({ containers }, { annotations: EQUAL })))).toBe(true);
    expect(isGuaranteed(guarded(pod({ containers })))).toBe(false);
    const { 'portcullis.dev/capture-cpu-limit': _, ...others } = EQUAL;
    expect(isGuaranteed(guarded(pod({ containers }, { annotations: others })))).toBe(false);
  });

  it('stays one that is so as a whole', () => {
    const made = guarded(pod({ resources: QUANTITIES }, { annotations: EQUAL }));
    const { requests, limits } = objectAt(resourcesOf(made));
    expect(requests).toEqual(limits);
    expect(requests).toEqual({ cpu: '1200m', memory: '1280Mi' });
  });

  it('is refused a quantity for capture that cannot be used', () => {
    const annotations = annotated({ 'capture-memory-limit': '16Mi', 'capture-cpu-request': 'x' });
    expect(inject(request(pod({}, { annotations })))).toMatchObject({
      kind: 'refused',
      refusals: [{ reason: 'QuantityInvalid' }, { reason: 'QuantityInvalid' }],
    });
  });
});
