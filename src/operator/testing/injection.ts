/** A namespace `shop` and reviews of its pods, as short as a test wants them. */

import type { JsonObject } from '../../base/json.ts';
import { fakeClock } from '../../base/testing/clock.ts';
import type { StoredKind } from '../../cluster/objects.ts';
import { createStore } from '../../cluster/store.ts';
import { raw } from '../../cluster/testing/objects.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import { isKubernetesObject, type KubernetesObject } from '../../kubernetes/object.ts';
import type { AdmissionRequest } from '../admission/review.ts';
import { createReading } from '../injection/reading.ts';
import { fakeApi } from './api.ts';

/** What there is in it, beside itself. */
export function shop(
  objects: readonly (readonly [kind: StoredKind, id: string, spec: JsonObject])[] = [],
  labels: JsonObject = { c: 'd' },
) {
  const api = fakeApi();
  const clock = fakeClock();
  for (const [kind, id, spec] of objects) api.put(kind, raw(id, { spec }));
  const namespace = raw('shop', {}, { annotations: { a: 'b' }, labels });
  const answers: Outcome<KubernetesObject>[] = [];
  const get = async (): Promise<Outcome<KubernetesObject>> => {
    const first = answers.shift();
    if (first !== undefined) return first;
    return isKubernetesObject(namespace) ? ok(namespace) : failed('NotFound', 'no shop');
  };
  const client = { ...api.client, get };
  return {
    api,
    clock,
    /** What is answered first when the namespace is read. */
    answers,
    reading: createReading({ client, clock, known: createStore() }),
  };
}

/** On the Service of its name, unless said otherwise. */
export const bound = (id: string, spec: JsonObject = {}) => {
  const { podSelector, ...rest } = spec;
  const target =
    podSelector === undefined
      ? { targetRefs: [{ kind: 'Service', name: id.split('/')[1] ?? '' }] }
      : { podSelector };
  return ['ApiBinding', id, { ...target, sources: [{ name: 'keys' }], ...rest }] as const;
};

/** Chooses by its own name. */
export const chooser = (id: string) =>
  [
    'Service',
    id,
    { selector: { app: id.split('/')[1] ?? '' }, ports: [{ port: 80, targetPort: 'http' }] },
  ] as const;

/** One container with the port 8080, called http. */
export function appPod(labels: JsonObject, metadata: JsonObject = {}, spec: JsonObject = {}): JsonObject {
  const ports = [{ name: 'http', containerPort: 8080 }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'orders-1', labels, ...metadata },
    spec: { containers: [{ name: 'app', image: 'app', ports }], ...spec },
  };
}

export function podReview(object: JsonObject, rest: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    uid: '1',
    operation: 'CREATE',
    group: '',
    version: 'v1',
    kind: 'Pod',
    subResource: '',
    namespace: 'shop',
    user: 'system:serviceaccount:kube-system:replicaset-controller',
    dryRun: false,
    object,
    oldObject: undefined,
    ...rest,
  };
}
