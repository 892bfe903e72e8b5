/** What injection makes of pods, before a real kube-apiserver: it is accepted, and comes back as it went in. */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { inject } from '../../src/injection/inject.ts';
import { arbitraryPod } from '../../src/injection/testing/arbitrary-pods.ts';
import { captured, guard, guarded, pod, reasons, request, web } from '../../src/injection/testing/pods.ts';
import { type ApiServer, startApiServer } from '../apiserver/harness.ts';

/** Every quantity of every sidecar, request and limit alike. */
const EQUAL = Object.fromEntries(
  ['capture', 'validator', 'envoy'].flatMap((name) =>
    ['request', 'limit'].flatMap((bound) => [
      [`portcullis.dev/${name}-cpu-${bound}`, '100m'],
      [`portcullis.dev/${name}-memory-${bound}`, '128Mi'],
    ]),
  ),
);
const QUANTITIES = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } };

const LEVEL = 'pod-security.kubernetes.io/enforce';
const LEVELS = ['privileged', 'baseline', 'restricted'] as const;

let api: ApiServer;

/** Rejects with what kubectl said. */
async function create(object: object): Promise<JsonObject> {
  const { code, stdout, stderr } = await api.kubectl(
    ['create', '-o', 'json', '-f', '-'],
    JSON.stringify(object),
  );
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as JsonObject;
}

const called = (value: JsonObject, namespace: string, name: string): JsonObject => ({
  ...value,
  metadata: { ...(value.metadata as JsonObject), namespace, name },
});

beforeAll(async () => {
  api = await startApiServer();
  for (const level of LEVELS) {
    await create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: level, labels: { [LEVEL]: level } },
    });
    await create({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: level },
    });
  }
});
afterAll(() => api.stop());

describe('a guarded pod', () => {
  it('is accepted, and known again with all that Kubernetes fills in', async () => {
    const guards = [guard()];
    const made = fc
      .sample(arbitraryPod, { seed: 1, numRuns: 60 })
      .map((value) => inject(request(value, { guards })))
      .flatMap((injection) => (injection.kind === 'guarded' ? [injection.pod] : []));
    expect(made.length).toBeGreaterThan(15);
    for (const [index, value] of made.slice(0, 25).entries()) {
      const back = await create(called(value, 'privileged', `any-${index}`));
      expect(inject(request(back, { guards }))).toEqual({ kind: 'unchanged' });
    }
  });

  const modes = ['Redirect', 'NamedPort', 'None'] as const;
  const cases = modes.flatMap((mode) => LEVELS.map((level) => [mode, level] as const));

  it.each(cases)('with capture %s is refused under level %s by us or not at all', async (mode, level) => {
    const restricted = pod(
      {
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          web({ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }),
        ],
      },
      captured(mode),
    );
    const namespace = { labels: { [LEVEL]: level }, annotations: {} };
    const refused = reasons(restricted, { namespace }).length > 0;
    const creation = create(called(guarded(restricted), level, mode.toLowerCase()));
    await (refused
      ? expect(creation).rejects.toThrow(/violates PodSecurity/)
      : expect(creation).resolves.toMatchObject({ kind: 'Pod' }));
  });

  it.each<[string, JsonObject]>([
    ['of both', { requests: { cpu: '30m', memory: '1Mi' }, limits: { cpu: '1', memory: '64Mi' } }],
    ['of limits alone', { limits: { cpu: '500m', memory: '96Mi' } }],
    ['of requests alone', { requests: { cpu: 1 } }],
  ])('has as a whole what its containers ask for together: %s', async (what, resources) => {
    const written = pod({ resources });
    const name = what.replaceAll(' ', '-');
    await create(called(written, 'privileged', `${name}-open`));
    const back = await create(called(guarded(written), 'privileged', name));
    expect(inject(request(back, { isFinal: true }))).toEqual({ kind: 'unchanged' });
    // As it is stored, with what the API server fills in before webhooks are called.
    const { code, stdout } = await api.kubectl([
      ...['get', 'pod', '-n', 'privileged', `${name}-open`, '-o', 'json'],
    ]);
    expect(code).toBe(0);
    const { spec } = JSON.parse(stdout) as JsonObject;
    await create(called(guarded(pod(spec as JsonObject)), 'privileged', `${name}-stored`));
  });

  it('stays Guaranteed, and within a ratio, by its annotations', async () => {
    const namespace = 'ratio';
    for (const object of [
      { kind: 'Namespace', metadata: { name: namespace } },
      { kind: 'ServiceAccount', metadata: { name: 'default', namespace } },
      {
        kind: 'LimitRange',
        metadata: { name: 'ratio', namespace },
        spec: { limits: [{ type: 'Container', maxLimitRequestRatio: { cpu: '1', memory: '1' } }] },
      },
    ]) {
      await create({ apiVersion: 'v1', ...object });
    }
    const spec = { containers: [web({ resources: QUANTITIES })] };
    const made = await create(called(guarded(pod(spec, { annotations: EQUAL })), namespace, 'guaranteed'));
    expect(made).toMatchObject({ status: { qosClass: 'Guaranteed' } });
    const usual = create(called(guarded(pod(spec)), namespace, 'usual'));
    await expect(usual).rejects.toThrow(/limit to request ratio/);
  });

  it('stays Guaranteed where it is so as a whole', async () => {
    const made = guarded(pod({ resources: QUANTITIES }, { annotations: EQUAL }));
    expect(await create(called(made, 'privileged', 'as-a-whole'))).toMatchObject({
      status: { qosClass: 'Guaranteed' },
    });
  });
});
