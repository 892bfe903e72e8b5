/** A pod that was guarded, and is as it was before. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../base/json.ts';
import { objectAt } from '../base/members.ts';
import { inject } from './inject.ts';
import { originalPod } from './restore.ts';
import { arbitraryGuards, arbitraryPod } from './testing/arbitrary-pods.ts';
import { container, guarded, pod, request, SETTINGS, specOf, web } from './testing/pods.ts';
import { LONGEST_MARK } from './written.ts';

const NEXT = { ...SETTINGS, version: '2.0.0', image: 'other', imagePullSecrets: ['next'] };
const WRITTEN = 'portcullis.dev/written';

const marksOf = (value: JsonObject): JsonObject => objectAt(objectAt(value.metadata).annotations);
const withMark = (value: JsonObject, text: string): JsonObject => ({
  ...value,
  metadata: { ...objectAt(value.metadata), annotations: { ...marksOf(value), [WRITTEN]: text } },
});

/** Ports of one number in several containers, and names that stand in several. */
const oddPorts = fc.array(
  fc.record(
    {
      containerPort: fc.constantFrom(80, 8080, 9090),
      name: fc.constantFrom('http', 'web', 'a', ''),
      protocol: fc.constantFrom('TCP', 'UDP'),
    },
    { requiredKeys: ['containerPort'] },
  ),
  { maxLength: 3 },
);
const oddHandler = fc
  .record(
    {
      port: fc.constantFrom('http', 'web', '8080', 8080, 80),
      host: fc.constantFrom('', 'other'),
      path: fc.constantFrom('', '/a'),
      scheme: fc.constant('HTTP'),
      httpHeaders: fc.constantFrom([], [{ name: 'A' }], [{ name: 'A', value: 'b' }]),
    },
    { requiredKeys: ['port'] },
  )
  .chain((handler) =>
    fc.constantFrom<JsonObject>(
      { httpGet: handler },
      { tcpSocket: { port: handler.port, ...(handler.host !== undefined && { host: handler.host }) } },
      { grpc: { port: 8080, service: '' } },
    ),
  );
const oddContainer = (name: string) =>
  fc.record(
    {
      name: fc.constant(name),
      image: fc.constant('x'),
      ports: oddPorts,
      readinessProbe: oddHandler,
      livenessProbe: oddHandler,
      lifecycle: oddHandler.map((preStop) => ({ preStop })),
    },
    { requiredKeys: ['name', 'image'] },
  );
const empty = fc.constant({});
const oddPod = fc
  .record(
    {
      kind: fc.constant('Pod'),
      metadata: fc.oneof(
        empty,
        fc.record(
          {
            labels: fc.constantFrom<JsonObject>({}, { app: 'a' }),
            annotations: fc.constantFrom<JsonObject>({}, { 'portcullis.dev/capture': 'NamedPort' }),
          },
          { requiredKeys: [] },
        ),
      ),
    },
    { requiredKeys: ['kind'] },
  )
  .chain((rest) =>
    fc
      .record(
        {
          containers: fc.tuple(oddContainer('a'), oddContainer('b')),
          initContainers: fc.oneof(
            fc.constant([]),
            fc.tuple(
              oddContainer('c'),
              oddContainer('d').map((one) => ({ ...one, restartPolicy: 'Always' })),
            ),
          ),
          volumes: fc.constant([]),
          imagePullSecrets: fc.constantFrom([], [{ name: 'own' }], [{ name: 'pull' }]),
          resources: fc.constantFrom<JsonObject>(
            {},
            { limits: { cpu: '1' } },
            { limits: {}, requests: { memory: '1Gi' } },
          ),
        },
        { requiredKeys: ['containers'] },
      )
      .map((spec): JsonObject => ({ ...rest, spec: JSON.parse(JSON.stringify(spec)) as JsonObject })),
  );

describe('a pod without its sidecars', () => {
  it.each([
    ['usual', arbitraryPod],
    ['odd', oddPod],
  ])('is as it was written: %s', (_, pods) => {
    let guardedOnes = 0;
    const secrets = fc.constantFrom<readonly string[]>([], ['pull']);
    fc.assert(
      fc.property(pods, arbitraryGuards, secrets, (value, guards, imagePullSecrets) => {
        const settings = { ...SETTINGS, imagePullSecrets };
        const first = inject(request(value, { guards, settings }));
        if (first.kind !== 'guarded') return;
        guardedOnes += 1;
        expect(originalPod(first.pod)).toEqual(value);
        expect(inject(request(first.pod, { guards, settings })).kind).toBe('unchanged');
        expect(inject(request(first.pod, { guards, settings, isFinal: true })).kind).toBe('unchanged');
        const next = inject(request(first.pod, { guards, settings: NEXT }));
        if (next.kind === 'guarded') expect(originalPod(next.pod)).toEqual(value);
      }),
      { numRuns: 1000 },
    );
    expect(guardedOnes).toBeGreaterThan(200);
  });

  it('has no mark where everything can be told without it', () => {
    const probed = web({ readinessProbe: { httpGet: { port: 8080, path: '/' } } });
    expect(marksOf(guarded(pod({ containers: [probed] })))).not.toHaveProperty(WRITTEN);
  });
});

describe('the mark', () => {
  const value = pod({ containers: [web({ readinessProbe: { httpGet: { port: 'http', path: '/r' } } })] });
  const once = guarded(value);

  it('says a name', () => {
    expect(marksOf(once)[WRITTEN]).toBe('{"probes":{"web":{"readiness":{"port":"http"}}}}');
  });

  it.each([
    ['another port', '{"probes":{"web":{"readiness":{"port":"other"}}}}'],
    ['another path', '{"probes":{"web":{"readiness":{"path":"/other"}}}}'],
    ['no path', '{"probes":{"web":{"readiness":{"path":""}}}}'],
    ['another host', '{"probes":{"web":{"readiness":{"host":"192.0.2.1"}}}}'],
    ['headers', '{"probes":{"web":{"readiness":{"httpHeaders":[{"name":"A","value":"b"}]}}}}'],
    ['an image', '{"containers":{"web":{"image":"x"}},"probes":{"web":{"image":"x"}}}'],
    ['names that nothing had', '{"ports":{"web":["a","b"]}}'],
    ['annotations of others', '{"annotations":{"a":"b"}}'],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['other types', '{"probes":[1],"ports":"x","empty":{"a":1},"annotations":[],"pullSecrets":7}'],
    ['more than it may', `{"probes":{"web":{"readiness":{"port":"http"}}}}${' '.repeat(LONGEST_MARK)}`],
  ])('changes nothing but spellings: %s', (_, text) => {
    const plain = pod({ containers: [web({ readinessProbe: { httpGet: { port: 8080, path: '/r' } } })] });
    expect(originalPod(withMark(once, text))).toEqual(plain);
  });

  it.each(['', '{"probes":{"web":{"readiness":{"port":"other"}}}}', '{"empty":["volumes"]}'])(
    'decides nothing when it is changed: %j',
    (text) => {
      for (const isFinal of [false, true])
        expect(inject(request(withMark(once, text), { isFinal })).kind).toBe('unchanged');
    },
  );

  it('is left out where it would be too long', () => {
    const containers = Array.from({ length: 600 }, (_, index) =>
      web({
        name: `web-${index}`,
        ports: [{ name: 'http', containerPort: 8080 }],
        readinessProbe: { tcpSocket: { port: 'http' } },
      }),
    );
    const many = guarded(pod({ containers }));
    expect(marksOf(many)).not.toHaveProperty(WRITTEN);
    const back = specOf(originalPod(many) ?? {});
    expect(container({ spec: back }, 'web-7').readinessProbe).toEqual({ tcpSocket: { port: 8080 } });
  });

  it('of a pod without sidecars is nothing', () => {
    const settings = { ...SETTINGS, imagePullSecrets: ['own'] };
    const stale = withMark(pod({ imagePullSecrets: [{ name: 'own' }] }), '{"pullSecrets":["own"]}');
    expect(originalPod(stale)).toBe(stale);
    expect(originalPod(guarded(stale, { settings }))).toEqual({
      ...stale,
      metadata: { name: 'orders', namespace: 'shop' },
    });
  });

  it('leaves Secrets for images to a guard that is made anew, and takes them out in the end', () => {
    const settings = { ...SETTINGS, imagePullSecrets: ['mirror'] };
    const first = guarded(pod({ imagePullSecrets: [] }), { settings });
    const again = guarded(first, { settings: { ...SETTINGS, version: '2.0.0' } });
    expect(specOf(again).imagePullSecrets).toEqual([{ name: 'mirror' }]);
    expect(originalPod(again)).toEqual(pod({ imagePullSecrets: [] }));
  });
});
