/** For tests: rollouts over policies and a fake API server, whose objects a test puts there and looks at. */

import type { JsonObject } from '../../base/json.ts';
import { type FakeClock, fakeClock } from '../../base/testing/clock.ts';
import { change, type PodOptions, pod, raw, service, source } from '../../cluster/testing/objects.ts';
import type { Patch } from '../../kubernetes/client.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import type { EventInput } from '../../kubernetes/events.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { createPolicies, type PlanningChange } from '../../planning/policies.ts';
import { resolveTargets } from '../../targets/resolve.ts';
import { createRollouts } from '../rollouts/rollouts.ts';

export const SETTINGS = {
  version: '2.0.0',
  image: 'portcullis',
  envoyImage: 'envoy',
  controlPlane: 'https://p.example',
  imagePullPolicy: undefined,
  imagePullSecrets: [],
  platform: 'Kubernetes',
} as const;
export const STATUS = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };

export interface RolloutsWorld {
  readonly clock: FakeClock;
  /** By plural and name, as the API server has them. */
  readonly there: Map<string, JsonObject>;
  readonly patched: { readonly id: string; readonly patch: JsonObject }[];
  readonly events: EventInput[];
  /** What went wrong that should not. */
  readonly bugs: unknown[];
  /** Of the namespace's label. */
  injection: string;
  /** Answers every get. */
  refusal: Outcome<never> | undefined;
  apply(...changes: readonly PlanningChange[]): void;
  /** Puts a pod of a Deployment there, and gives what the cache hears of it. */
  podOf(name: string, workload: string, options?: PodOptions): PlanningChange;
  texts(): readonly string[];
}

export function deployment(name: string, spec: JsonObject = {}, annotations: JsonObject = {}): JsonObject {
  const template = {
    metadata: { labels: { app: 'orders' }, annotations },
    spec: { containers: [{ name: 'app', ports: [{ name: 'http', containerPort: 8080 }] }] },
  };
  return raw(`shop/${name}`, { spec: { replicas: 1, template, ...spec }, status: STATUS });
}

/** With Deployment and Service `orders`. */
export function rolloutsWorld(): RolloutsWorld {
  const policies = createPolicies({ allowInsecureHttp: false });
  const clock = fakeClock(Date.parse('2026-03-01T12:00:00.5Z'));
  const there = new Map([
    ['mutatingwebhookconfigurations portcullis', raw('portcullis')],
    ['deployments orders', deployment('orders')],
  ]);
  const answer = (id: string): Outcome<KubernetesObject> => {
    const found = there.get(id);
    return found === undefined ? failed('NotFound', `no ${id}`) : ok(found as unknown as KubernetesObject);
  };
  const rollouts = createRollouts({
    policies,
    clock,
    random: () => 0.5,
    mayWrite: () => true,
    settings: SETTINGS,
    webhookConfiguration: 'portcullis',
    events: { record: (event) => void world.events.push(event) },
    client: {
      get: async ({ plural }, { name }) => world.refusal ?? answer(`${plural} ${name}`),
      async list(_, { fieldSelector = '' }) {
        const found = there.get(`pods ${fieldSelector.replace('metadata.name=', '')}`);
        const items = found === undefined ? [] : [found as unknown as KubernetesObject];
        return ok({ items, resourceVersion: '1', continue: undefined });
      },
      async patch({ plural }, { name }, { patch }: Patch) {
        world.patched.push({ id: `${plural} ${name}`, patch: patch as JsonObject });
        return answer(`${plural} ${name}`);
      },
    },
    async reading() {
      const labels = { 'portcullis.dev/injection': world.injection };
      const bindings = [...policies.store.all('ApiBinding')].map(([id, stored]) => ({
        id,
        binding: stored,
        missing: [],
        resolution: resolveTargets(stored, { get: policies.store.get, routeApi: false }),
      }));
      return ok({ namespace: { labels, annotations: {} }, bindings, services: [] });
    },
    onTexts: () => {},
    onReconciled: () => {},
    onProblem: (_, problem) => world.bugs.push(problem),
    onBug: (error) => world.bugs.push(error),
  });
  const world: RolloutsWorld = {
    clock,
    there,
    patched: [],
    events: [],
    bugs: [],
    injection: 'enabled',
    refusal: undefined,
    apply: (...changes) => rollouts.bindings(policies.apply(changes).bindings),
    podOf(name, workload, options = {}) {
      const { annotations = {}, guarded } = options;
      const sidecars = [
        { name: 'portcullis-capture' },
        { name: 'portcullis-validator', restartPolicy: 'Always' },
      ];
      const spec = { initContainers: guarded === false ? [] : sidecars };
      there.set(`pods ${name}`, raw(`shop/${name}`, { spec }, { annotations: { ...annotations } }));
      return pod(`shop/${name}`, {
        ...options,
        labels: { app: 'orders', 'pod-template-hash': 'abc' },
        metadata: { ownerReferences: [{ kind: 'ReplicaSet', name: `${workload}-abc`, controller: true }] },
      });
    },
    texts: () => rollouts.texts('shop/orders'),
  };
  world.apply(
    source('shop/okta'),
    service('shop/orders', 'orders'),
    change('Namespace', 'shop', raw('shop', {}, { labels: { 'portcullis.dev/injection': 'enabled' } })),
  );
  return world;
}
