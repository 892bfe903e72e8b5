/** Which validators of a cluster judge the requests of a namespace's bindings: those in its pods, and those of gateways. */

import { objectAt, objectsAt } from '../../base/members.ts';
import { namespaceOf } from '../../base/object-id.ts';
import { createSharing } from '../../cluster/sharing.ts';
import { INJECTED_LABEL } from '../../injection/layout.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { READERS } from '../../operator/follow/kinds.ts';
import { RESOURCES } from '../../operator/resources.ts';
import { readGatewayValidator, VALIDATORS_SELECTOR } from '../cluster/gateway-validators.ts';
import { findHomes, type Homes } from '../cluster/home.ts';
import { type Lists, readLists, type Wanted } from '../cluster/lists.ts';

/**
 * A pod where a control plane stands is believed of all bindings. Any owner of a namespace can make a Gateway there, and a
 * pod beside it: such a one is believed of bindings whose routes that Gateway has accepted.
 */
export type BelievedOf = 'all' | ReadonlySet<string>;

export interface FoundValidators {
  /** Pods that run, namespace/name. */
  readonly pods: readonly string[];
  /** Those of them that judge bindings of other namespaces than their own, and of which they are believed. */
  readonly ofGateways: ReadonlyMap<string, BelievedOf>;
  /** Bindings of the namespace, or of all, namespace/name. */
  readonly bindings: ReadonlySet<string>;
  /** A sentence for each thing that could not be read. */
  readonly unread: readonly string[];
}

/** @param namespace undefined = all. */
export async function findValidators(
  client: Pick<KubernetesClient, 'list'>,
  namespace: string | undefined,
  say: (text: string) => void,
): Promise<FoundValidators> {
  const bindings = await readLists(client, [wantedBindings(namespace)], say);
  const inPods: Wanted<FoundPod> = {
    resource: RESOURCES.Pod,
    namespace,
    labelSelector: INJECTED_LABEL,
    keep: (pod) => (isRunning(pod) ? { pod: idOf(pod), gateway: undefined } : undefined),
  };
  const areAtGateways = namespace === undefined || bindings.found.some(({ routes }) => routes.length > 0);
  const homes = areAtGateways ? await findHomes(client) : undefined;
  const pods = await readLists(client, [inPods, ...(homes === undefined ? [] : [ofGateways(homes)])], say);
  const atGateways = pods.found.filter(({ gateway }) => gateway !== undefined);
  const isAtHome = ({ pod }: FoundPod): boolean => homes?.names.has(namespaceOf(pod)) === true;
  const routed = atGateways.every(isAtHome)
    ? { found: [], unread: [] }
    : await readBehind(client, namespace, bindings.found, say);
  const behind = Map.groupBy(routed.found, ({ gateway }) => gateway);
  const believedOf = (found: FoundPod): BelievedOf =>
    isAtHome(found) ? 'all' : new Set((behind.get(found.gateway ?? '') ?? []).map(({ binding }) => binding));
  return {
    pods: [...new Set(pods.found.map(({ pod }) => pod))],
    ofGateways: new Map(atGateways.map((found) => [found.pod, believedOf(found)])),
    bindings: new Set(bindings.found.map(({ id }) => id)),
    unread: [...bindings.unread, ...pods.unread, ...(homes?.unread ?? []), ...routed.unread],
  };
}

/** They stand where the chart puts them. Whose pods are guarded one by one need not have the right to see them. */
function ofGateways({ names }: Homes): Wanted<FoundPod> {
  return {
    resource: RESOURCES.Pod,
    namespace: undefined,
    labelSelector: VALIDATORS_SELECTOR,
    keep: (pod) => (isRunning(pod) ? readGatewayValidator(pod, names) : undefined),
  };
}

interface FoundPod {
  /** namespace/name. */
  readonly pod: string;
  /** namespace/name; undefined for the validator in a pod that it guards. */
  readonly gateway: string | undefined;
}

interface FoundBinding {
  readonly id: string;
  /** That it targets, as `HTTPRoute shop/orders`. */
  readonly routes: readonly string[];
}

const wantedBindings = (namespace: string | undefined): Wanted<FoundBinding> => ({
  resource: RESOURCES.ApiBinding,
  namespace,
  keep: (binding) => ({
    id: idOf(binding),
    routes: objectsAt(objectAt(binding.spec).targetRefs).flatMap(({ group, kind, name }) =>
      group === RESOURCES.HTTPRoute.group ? [`${kind} ${binding.metadata.namespace}/${name}`] : [],
    ),
  }),
});

const ROUTES = ['HTTPRoute', 'GRPCRoute'] as const;

/** Which bindings stand behind which Gateway, by their routes. */
async function readBehind(
  client: Pick<KubernetesClient, 'list'>,
  namespace: string | undefined,
  bindings: readonly FoundBinding[],
  say: (text: string) => void,
): Promise<Lists<{ readonly binding: string; readonly gateway: string }>> {
  const targeted = Map.groupBy(
    bindings.flatMap(({ id, routes }) => routes.map((route) => ({ id, route }))),
    ({ route }) => route,
  );
  const sharing = createSharing();
  const kinds = ROUTES.filter((kind) => [...targeted.keys()].some((route) => route.startsWith(`${kind} `)));
  const wanted = kinds.map(
    (kind): Wanted<readonly { readonly binding: string; readonly gateway: string }[]> => ({
      resource: RESOURCES[kind],
      namespace,
      keep(object) {
        const parents = READERS[kind](object, sharing, undefined)?.parents ?? [];
        const some = targeted.get(`${kind} ${idOf(object)}`) ?? [];
        return some.flatMap(({ id }) => parents.map(({ gateway }) => ({ binding: id, gateway })));
      },
    }),
  );
  const { found, unread } = await readLists(client, wanted, say);
  return { found: found.flat(), unread };
}

const idOf = ({ metadata }: KubernetesObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
/** What one that is to go remembers goes with it. */
const isRunning = ({ metadata, status }: KubernetesObject): boolean =>
  objectAt(status).phase === 'Running' && metadata.deletionTimestamp === undefined;
