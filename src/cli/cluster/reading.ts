/** Reads of a cluster what status and coverage are judged by, as the operator reads it, with the user's own rights. */

import { namespaceOf } from '../../base/object-id.ts';
import type { ObjectChange, Route, StoredKind } from '../../cluster/objects.ts';
import { createSharing } from '../../cluster/sharing.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { isServed } from '../../kubernetes/discovery.ts';
import { keyOf } from '../../kubernetes/object.ts';
import { NAMESPACED_KINDS, OPTIONAL_KINDS, READERS } from '../../operator/follow/kinds.ts';
import { RESOURCES } from '../../operator/resources.ts';
import type { PlanningChange } from '../../planning/policies.ts';
import {
  type GatewayValidator,
  podsByGateway,
  readGatewayValidator,
  VALIDATORS_SELECTOR,
} from './gateway-validators.ts';
import { findHomes } from './home.ts';
import { type Lists, readLists, type Wanted } from './lists.ts';
import { unreadText } from './unread.ts';

export interface ClusterReading {
  readonly changes: readonly PlanningChange[];
  /** A sentence for each thing that could not be read. */
  readonly unread: readonly string[];
  /** Pods, namespace/name, of the validators of a Gateway. */
  readonly gatewayPods: (gateway: string) => readonly string[];
}

type Client = Pick<KubernetesClient, 'list' | 'get' | 'read'>;

/** What says at a gateway of another namespace whom it asks. */
const ASKING_KINDS = ['Gateway', 'SecurityPolicy', 'AuthorizationPolicy', 'ReferenceGrant'] as const;
/** Namespaces of gateways that are looked at; a namespace's routes have few. */
const MOST_GATEWAY_NAMESPACES = 64;

/** @param namespace undefined = all. */
export async function readCluster(
  client: Client,
  namespace: string | undefined,
  say: (text: string) => void,
): Promise<ClusterReading> {
  const sharing = createSharing();
  const wantedOf = (kind: StoredKind, place: string | undefined): Wanted<ObjectChange> => ({
    resource: RESOURCES[kind],
    namespace: place,
    keep: (object) => changeOf(kind, keyOf(object.metadata), READERS[kind](object, sharing, undefined)),
  });

  const served = await servedKinds(client);
  const own = await readLists(
    client,
    [...NAMESPACED_KINDS, ...served.kinds].map((kind) => wantedOf(kind, namespace)),
    say,
  );
  const namespaces =
    namespace === undefined
      ? await readLists(client, [wantedOf('Namespace', undefined)], say)
      : await readNamespaceObject(client, namespace, wantedOf('Namespace', undefined).keep);

  const elsewhere = namespace === undefined ? [] : gatewayNamespaces(own.found, namespace);
  const askingKinds = ASKING_KINDS.filter((kind) => served.kinds.includes(kind));
  const far = await readLists(
    client,
    elsewhere.flatMap((place) => askingKinds.map((kind) => wantedOf(kind, place))),
    say,
  );
  const validators = await readValidators(client, own.found, [namespace, ...elsewhere], say);
  const homes = validators.found.map(({ validator }) => namespaceOf(validator.pod));
  const services = await readLists(
    client,
    namespace === undefined
      ? []
      : [...new Set(homes)].filter((home) => home !== namespace).map((home) => wantedOf('Service', home)),
    say,
  );
  const validatorPods = podsByGateway(validators.found.map(({ validator }) => validator));
  return {
    changes: [
      { kind: 'RouteApi', installed: served.kinds.includes('HTTPRoute') },
      ...namespaces.found,
      ...own.found,
      ...far.found,
      ...services.found,
      ...validators.found.map(({ change }) => change),
      ...[...validatorPods.keys()].map((id) => ({ kind: 'SharedGateway', id, active: true }) as const),
    ],
    unread: [
      ...new Set([served, namespaces, own, far, validators, services].flatMap(({ unread }) => unread)),
    ],
    gatewayPods: (gateway) => [...(validatorPods.get(gateway) ?? [])],
  };
}

// A union's kind and object belong together, which the compiler does not see across a call.
const changeOf = (kind: StoredKind, id: string, object: ObjectChange['object']): ObjectChange | undefined =>
  object === undefined ? undefined : ({ kind, id, object } as ObjectChange);

type OptionalKind = (typeof OPTIONAL_KINDS)[number];

async function servedKinds(
  client: Pick<KubernetesClient, 'read'>,
): Promise<{ readonly kinds: readonly OptionalKind[]; readonly unread: readonly string[] }> {
  const looks = await Promise.all(
    OPTIONAL_KINDS.map(async (kind) => ({ kind, served: await isServed(client, RESOURCES[kind]) })),
  );
  return {
    kinds: looks.flatMap(({ kind, served }) => (served.kind === 'ok' && served.value ? kind : [])),
    unread: looks.flatMap(({ kind, served }) =>
      served.kind === 'failed'
        ? unreadText(`see whether there are ${RESOURCES[kind].plural}`, '', served.error)
        : [],
    ),
  };
}

async function readNamespaceObject(
  client: Pick<KubernetesClient, 'get'>,
  name: string,
  keep: Wanted<ObjectChange>['keep'],
): Promise<Lists<ObjectChange>> {
  const answer = await client.get(RESOURCES.Namespace, { name });
  if (answer.kind === 'failed') {
    const unread =
      answer.error.kind === 'NotFound'
        ? `there is no namespace ${name}`
        : unreadText(`get the namespace ${name}`, '', answer.error);
    return { found: [], unread: [unread] };
  }
  const change = keep(answer.value);
  return { found: change === undefined ? [] : [change], unread: [] };
}

const routesIn = (changes: readonly ObjectChange[]): readonly Route[] =>
  changes.flatMap((change) =>
    change.kind === 'HTTPRoute' || change.kind === 'GRPCRoute' ? (change.object ?? []) : [],
  );

function gatewayNamespaces(changes: readonly ObjectChange[], own: string): readonly string[] {
  const all = routesIn(changes).flatMap(({ parents }) => parents.map(({ gateway }) => namespaceOf(gateway)));
  return [...new Set(all)].filter((place) => place !== own).slice(0, MOST_GATEWAY_NAMESPACES);
}

interface FoundValidator {
  readonly validator: GatewayValidator;
  readonly change: ObjectChange;
}

/** In all namespaces where that is permitted, else in those of the gateways: the chart puts them there, or beside the operator. */
async function readValidators(
  client: Pick<KubernetesClient, 'list'>,
  changes: readonly ObjectChange[],
  places: readonly (string | undefined)[],
  say: (text: string) => void,
): Promise<Lists<FoundValidator>> {
  if (routesIn(changes).length === 0) return { found: [], unread: [] };
  const sharing = createSharing();
  const homes = await findHomes(client);
  const wanted = (namespace: string | undefined): Wanted<FoundValidator> => ({
    resource: RESOURCES.Pod,
    namespace,
    labelSelector: VALIDATORS_SELECTOR,
    keep(object) {
      const validator = readGatewayValidator(object, homes.names);
      const change = validator && changeOf('Pod', validator.pod, READERS.Pod(object, sharing, undefined));
      return validator === undefined || change === undefined ? undefined : { validator, change };
    },
  });
  const everywhere = await readLists(client, [wanted(undefined)], say);
  if (everywhere.unread.length === 0 || places.includes(undefined)) {
    return { found: everywhere.found, unread: [...everywhere.unread, ...homes.unread] };
  }
  const some = await readLists(client, places.map(wanted), say);
  const names = places.join(', ');
  const unread = everywhere.unread.map(
    (text) => `${text}; validators of gateways were looked for in ${names} alone`,
  );
  return { found: some.found, unread: [...some.unread, ...unread, ...homes.unread] };
}
