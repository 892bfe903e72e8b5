/** What is kept of the Gateway API's objects (gateway.networking.k8s.io/v1). */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { listAt, objectAt, objectsAt, portAt } from '../base/members.ts';
import { normalizeHostPattern } from '../matching/hosts.ts';
import type { Labels } from '../resources/selectors.ts';
import { readLabels, readMeta } from './meta.ts';
import type { Gateway, Route, RouteKind } from './objects.ts';
import { conditionHolds, filledTextAt, textEntries } from './read.ts';
import type {
  Backend,
  Deployed,
  FilterAsking,
  GatewayListener,
  ParentReference,
  RouteRule,
} from './route-parts.ts';
import type { Sharing } from './sharing.ts';

export const GATEWAY_GROUP = 'gateway.networking.k8s.io';

export function readRoute(kind: RouteKind, value: JsonValue, sharing: Sharing): Route | undefined {
  if (!isJsonObject(value)) return undefined;
  const metadata = readMeta(value, sharing);
  if (metadata === undefined) return undefined;
  const { namespace } = metadata;
  const spec = objectAt(value.spec);
  const parents = objectsAt(objectAt(value.status).parents).filter(({ conditions }) =>
    conditionHolds(conditions, 'Accepted'),
  );
  return {
    kind,
    metadata,
    labels: readOwnLabels(value, sharing),
    created: filledTextAt(objectAt(value.metadata).creationTimestamp) ?? '',
    hostnames: listAt(spec.hostnames).flatMap((host) => readHost(host)),
    parents: parents.flatMap(({ parentRef, controllerName }) =>
      readParent(objectAt(parentRef), namespace, sharing.text(filledTextAt(controllerName) ?? '')),
    ),
    listenerSets: parents.flatMap(({ parentRef }) => readListenerSet(objectAt(parentRef), namespace)),
    rules: objectsAt(spec.rules).map((rule) => readRule(rule, namespace)),
    ...readBackends(spec, namespace),
  };
}

const readOwnLabels = (value: JsonObject, sharing: Sharing): Labels =>
  readLabels(textEntries(objectAt(value.metadata).labels), sharing);

/** A name that is none stays, and fits no request: a list without it might be empty, and mean any host. */
function readHost(host: JsonValue): readonly string[] {
  const text = filledTextAt(host);
  return text === undefined ? [] : [normalizeHostPattern(text) ?? text];
}

function readParent(
  { group = GATEWAY_GROUP, kind = 'Gateway', namespace, name, sectionName, port }: JsonObject,
  ownNamespace: string,
  controller: string,
): readonly ParentReference[] {
  const gateway = filledTextAt(name);
  if (group !== GATEWAY_GROUP || kind !== 'Gateway' || gateway === undefined) return [];
  return [
    {
      gateway: `${filledTextAt(namespace) ?? ownNamespace}/${gateway}`,
      sectionName: filledTextAt(sectionName) ?? '',
      port: portAt(port),
      controller,
    },
  ];
}

function readListenerSet({ kind, namespace, name }: JsonObject, ownNamespace: string): readonly string[] {
  const called = filledTextAt(name);
  if (kind !== 'ListenerSet' || called === undefined) return [];
  return [`${filledTextAt(namespace) ?? ownNamespace}/${called}`];
}

/** Most are like this. */
const PLAIN_RULE: RouteRule = { name: '', asks: undefined };

function readRule({ name, filters }: JsonObject, namespace: string): RouteRule {
  const filter = objectsAt(filters).find(({ type }) => type === 'ExternalAuth');
  const called = filledTextAt(name) ?? '';
  if (filter === undefined && called === '') return PLAIN_RULE;
  return { name: called, asks: filter && readFilter(objectAt(filter.externalAuth), namespace) };
}

function readFilter({ protocol, backendRef, http }: JsonObject, namespace: string): FilterAsking {
  const [found] = readBackend(objectAt(backendRef), namespace);
  return {
    protocol: protocol === 'HTTP' ? 'http' : 'grpc',
    backend: found !== undefined && 'service' in found ? found : undefined,
    path: filledTextAt(objectAt(http).path) ?? '',
  };
}

/** The most that are kept; a route of usual size has fewer. */
const MAX_FOREIGN = 64;

function readBackends(spec: JsonObject, namespace: string): Pick<Route, 'backends' | 'foreign'> {
  const found = objectsAt(spec.rules)
    .flatMap(({ backendRefs, filters }) => [
      ...objectsAt(backendRefs),
      ...objectsAt(backendRefs).flatMap((reference) => mirrors(reference.filters)),
      ...mirrors(filters),
    ])
    .flatMap((reference) => readBackend(reference, namespace));
  return {
    backends: unique(found.filter((backend) => 'service' in backend)),
    foreign: [
      ...new Set(
        found.flatMap((backend) => {
          if ('other' in backend) return [backend.other];
          return backend.service.startsWith(`${namespace}/`) ? [] : [`Service ${backend.service}`];
        }),
      ),
    ].slice(0, MAX_FOREIGN),
  };
}

/** A copy of a request is one more that an app gets. */
function mirrors(filters: JsonValue | undefined): readonly JsonObject[] {
  return objectsAt(filters).flatMap(({ requestMirror }) =>
    isJsonObject(requestMirror) && isJsonObject(requestMirror.backendRef) ? [requestMirror.backendRef] : [],
  );
}

function readBackend(
  { group = '', kind = 'Service', namespace, name, port }: JsonObject,
  ownNamespace: string,
): readonly (Backend | { readonly other: string })[] {
  const called = filledTextAt(name);
  if (called === undefined) return [];
  const id = `${filledTextAt(namespace) ?? ownNamespace}/${called}`;
  if (group !== '' || kind !== 'Service') return [{ other: `${filledTextAt(kind) ?? 'backend'} ${id}` }];
  return [{ service: id, port: portAt(port) }];
}

function unique(backends: readonly Backend[]): readonly Backend[] {
  const found = new Map(backends.map((backend) => [`${backend.service} ${backend.port ?? ''}`, backend]));
  return [...found.values()];
}

export function readGateway(value: JsonValue, sharing: Sharing): Gateway | undefined {
  if (!isJsonObject(value)) return undefined;
  const metadata = readMeta(value, sharing);
  if (metadata === undefined) return undefined;
  const { listeners, addresses } = objectAt(value.spec);
  return {
    kind: 'Gateway',
    metadata,
    listeners: objectsAt(listeners).flatMap(readListener),
    labels: readOwnLabels(value, sharing),
    deployed: readDeployed(objectsAt(addresses)),
  };
}

/** As Istio tells them apart: a gateway of one IP address, or of none, is its own. */
function readDeployed(addresses: readonly JsonObject[]): Deployed {
  const isOwn = ({ type = 'IPAddress' }: JsonObject): boolean => type === 'IPAddress';
  if (addresses.length === 0 || (addresses.length === 1 && addresses.every(isOwn)))
    return { kind: 'Managed' };
  return {
    kind: 'Manual',
    hosts: addresses.slice(0, MAX_ADDRESSES).map(({ value }) => filledTextAt(value) ?? ''),
  };
}

/** As the schema has it. */
const MAX_ADDRESSES = 16;

function readListener({ name, port, hostname }: JsonObject): readonly GatewayListener[] {
  const number = portAt(port);
  if (number === undefined) return [];
  const [host = ''] = hostname === undefined ? [] : readHost(hostname);
  return [{ name: filledTextAt(name) ?? '', port: number, hostname: host }];
}
