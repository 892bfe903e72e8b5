/** Finds the bindings that choose a pod, from manifests alone, by the same rules as the control plane. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { ObjectChange } from '../cluster/objects.ts';
import { readBinding } from '../cluster/ours.ts';
import { readPod } from '../cluster/pod.ts';
import { readRoute } from '../cluster/routes.ts';
import { createSharing } from '../cluster/sharing.ts';
import { createStore } from '../cluster/store.ts';
import { readNamespace, readService, readWorkload } from '../cluster/workloads.ts';
import { namespaceInjection } from '../injection/namespace.ts';
import { referenceOf } from '../resources/typed.ts';
import { exposureOf } from '../targets/exposed.ts';
import { captureMode, type Guard, guardsOfPod } from '../targets/guards.ts';
import type { TargetProblem } from '../targets/reasons.ts';
import { resolveTargets } from '../targets/resolve.ts';
import type { PodPlace } from './inject-pods.ts';

export interface OfflineGuards {
  guardsOf(place: PodPlace): readonly Guard[];
  /** What is wrong with the targets of bindings. */
  readonly problems: readonly BindingProblem[];
}

interface BindingProblem {
  /** namespace/name. */
  readonly binding: string;
  readonly namespace: string;
  readonly problem: TargetProblem;
}

const sharing = createSharing();

export function offlineGuards(objects: readonly JsonObject[]): OfflineGuards {
  const store = createStore();
  for (const object of objects) {
    const change = changeOf(object);
    if (change !== undefined) store.apply(change);
  }
  const bindings = [...store.all('ApiBinding')].map(([id, binding]) => ({
    id,
    namespace: binding.metadata.namespace,
    // Whether routes are installed is for the cluster to say.
    resolution: resolveTargets(binding, { get: store.get, routeApi: true }),
  }));
  return {
    guardsOf({ namespace, pod: template, owner }) {
      const name = owner.slice(owner.indexOf('/') + 1);
      const metadata = isJsonObject(template.metadata) ? template.metadata : {};
      const pod = readPod({ ...template, metadata: { ...metadata, name, namespace } }, sharing);
      if (pod === undefined) return [];
      const place = store.get('Namespace', namespace);
      const capture = captureMode(pod, place?.marks);
      const own = bindings.filter((binding) => binding.namespace === namespace);
      const chosen = guardsOfPod(pod, own, capture);
      const isDecided = chosen.some(({ isTrial }) => !isTrial);
      if (isDecided || namespaceInjection(place?.metadata.labels ?? {}) !== 'required') return chosen;
      const services = [...store.all('Service').values()];
      const leading = services.filter(({ metadata: { namespace: of } }) => of === namespace);
      return [...chosen, exposureOf(pod, leading, capture)].filter((guard) => guard !== undefined);
    },
    problems: bindings.flatMap(({ id, namespace, resolution }) =>
      resolution.problems.map((problem) => ({ binding: id, namespace, problem })),
    ),
  };
}

/** Undefined for objects that no target is resolved from. */
function changeOf(written: JsonObject): ObjectChange | undefined {
  const { kind } = written;
  if (typeof kind !== 'string') return undefined;
  const { namespace, name } = referenceOf(kind, written);
  const metadata = isJsonObject(written.metadata) ? written.metadata : {};
  const object: JsonObject = { ...written, metadata: { ...metadata, namespace } };
  const id = `${namespace}/${name}`;
  switch (`${currentVersion(written.apiVersion)} ${kind}`) {
    case 'v1 Service':
      return { kind: 'Service', id, object: readService(object, sharing) };
    case 'v1 Namespace':
      return { kind: 'Namespace', id: name, object: readNamespace(object, sharing) };
    case 'apps/v1 Deployment':
      return { kind: 'Deployment', id, object: readWorkload('Deployment', object, sharing) };
    case 'apps/v1 StatefulSet':
      return { kind: 'StatefulSet', id, object: readWorkload('StatefulSet', object, sharing) };
    case 'apps/v1 DaemonSet':
      return { kind: 'DaemonSet', id, object: readWorkload('DaemonSet', object, sharing) };
    case 'gateway.networking.k8s.io/v1 HTTPRoute':
      return { kind: 'HTTPRoute', id, object: readRoute('HTTPRoute', object, sharing) };
    case 'gateway.networking.k8s.io/v1 GRPCRoute':
      return { kind: 'GRPCRoute', id, object: readRoute('GRPCRoute', object, sharing) };
    case 'portcullis.dev/v1alpha1 ApiBinding':
      return { kind: 'ApiBinding', id, object: readBinding(object, sharing) };
    default:
      return undefined;
  }
}

/** API servers have workloads of old versions as those of the version that there is now. */
function currentVersion(written: JsonValue | undefined): string {
  const version = String(written);
  return /^(?:apps\/v1beta[12]|extensions\/v1beta1)$/.test(version) ? 'apps/v1' : version;
}
