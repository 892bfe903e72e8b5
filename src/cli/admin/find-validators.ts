/** Which validators of a cluster judge the requests of a namespace's bindings: those in its pods, and those of gateways. */

import { objectAt, objectsAt } from '../../base/members.ts';
import { INJECTED_LABEL } from '../../injection/layout.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { RESOURCES } from '../../operator/resources.ts';
import { readGatewayValidator, VALIDATORS_SELECTOR } from '../cluster/gateway-validators.ts';
import { findHomes, type Homes } from '../cluster/home.ts';
import { readLists, type Wanted } from '../cluster/lists.ts';

export interface FoundValidators {
  /** Pods that run, namespace/name. */
  readonly pods: readonly string[];
  /** Those of them that judge bindings of other namespaces than their own. */
  readonly ofGateways: ReadonlySet<string>;
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
    keep: (pod) => (isRunning(pod) ? { pod: idOf(pod), isOfGateway: false } : undefined),
  };
  const areAtGateways = namespace === undefined || bindings.found.some(({ atGateway }) => atGateway);
  const homes = areAtGateways ? await findHomes(client) : undefined;
  const pods = await readLists(client, [inPods, ...(homes === undefined ? [] : [ofGateways(homes)])], say);
  return {
    pods: [...new Set(pods.found.map(({ pod }) => pod))],
    ofGateways: new Set(pods.found.flatMap(({ pod, isOfGateway }) => (isOfGateway ? [pod] : []))),
    bindings: new Set(bindings.found.map(({ id }) => id)),
    unread: [...bindings.unread, ...pods.unread, ...(homes?.unread ?? [])],
  };
}

/** They stand where the chart puts them. Whose pods are guarded one by one need not have the right to see them. */
function ofGateways({ names }: Homes): Wanted<FoundPod> {
  return {
    resource: RESOURCES.Pod,
    namespace: undefined,
    labelSelector: VALIDATORS_SELECTOR,
    keep: (pod) =>
      isRunning(pod) && readGatewayValidator(pod, names) !== undefined
        ? { pod: idOf(pod), isOfGateway: true }
        : undefined,
  };
}

interface FoundPod {
  /** namespace/name. */
  readonly pod: string;
  readonly isOfGateway: boolean;
}

interface FoundBinding {
  readonly id: string;
  readonly atGateway: boolean;
}

const wantedBindings = (namespace: string | undefined): Wanted<FoundBinding> => ({
  resource: RESOURCES.ApiBinding,
  namespace,
  keep: (binding) => ({
    id: idOf(binding),
    atGateway: objectsAt(objectAt(binding.spec).targetRefs).some(
      ({ group }) => group === RESOURCES.HTTPRoute.group,
    ),
  }),
});

const idOf = ({ metadata }: KubernetesObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
/** What one that is to go remembers goes with it. */
const isRunning = ({ metadata, status }: KubernetesObject): boolean =>
  objectAt(status).phase === 'Running' && metadata.deletionTimestamp === undefined;
