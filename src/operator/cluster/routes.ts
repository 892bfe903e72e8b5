/** What is kept of the Gateway API's objects (gateway.networking.k8s.io/v1). */

import { normalizeHostPattern } from '../../matching/hosts.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../matching/json.ts';
import { listAt, objectAt, objectsAt, portAt } from '../../matching/members.ts';
import { readMeta } from './meta.ts';
import type { Backend, Gateway, Listener, ParentReference, Route, RouteKind } from './objects.ts';
import { conditionHolds, textAt } from './read.ts';
import type { Sharing } from './sharing.ts';

const GATEWAY_GROUP = 'gateway.networking.k8s.io';

export function readRoute(kind: RouteKind, value: JsonValue, sharing: Sharing): Route | undefined {
  if (!isJsonObject(value)) return undefined;
  const metadata = readMeta(value, sharing);
  if (metadata === undefined) return undefined;
  const { namespace } = metadata;
  const spec = objectAt(value.spec);
  return {
    kind,
    metadata,
    created: textAt(objectAt(value.metadata).creationTimestamp) ?? '',
    hostnames: listAt(spec.hostnames).flatMap((host) => readHost(host)),
    parents: objectsAt(objectAt(value.status).parents)
      .filter(({ conditions }) => conditionHolds(conditions, 'Accepted'))
      .flatMap(({ parentRef }) => readParent(objectAt(parentRef), namespace)),
    backends: unique(
      objectsAt(spec.rules).flatMap(({ backendRefs }) =>
        objectsAt(backendRefs).flatMap((reference) => readBackend(reference, namespace)),
      ),
    ),
  };
}

/** A name that is none stays, and fits no request: a list without it might be empty, and mean any host. */
function readHost(host: JsonValue): readonly string[] {
  const text = textAt(host);
  return text === undefined ? [] : [normalizeHostPattern(text) ?? text];
}

function readParent(
  { group = GATEWAY_GROUP, kind = 'Gateway', namespace, name, sectionName, port }: JsonObject,
  ownNamespace: string,
): readonly ParentReference[] {
  const gateway = textAt(name);
  if (group !== GATEWAY_GROUP || kind !== 'Gateway' || gateway === undefined) return [];
  return [
    {
      gateway: `${textAt(namespace) ?? ownNamespace}/${gateway}`,
      sectionName: textAt(sectionName) ?? '',
      port: portAt(port),
    },
  ];
}

function readBackend(
  { group = '', kind = 'Service', namespace, name, port }: JsonObject,
  ownNamespace: string,
): readonly Backend[] {
  const service = textAt(name);
  if (group !== '' || kind !== 'Service' || service === undefined) return [];
  return [{ service: `${textAt(namespace) ?? ownNamespace}/${service}`, port: portAt(port) }];
}

function unique(backends: readonly Backend[]): readonly Backend[] {
  const found = new Map(backends.map((backend) => [`${backend.service} ${backend.port ?? ''}`, backend]));
  return [...found.values()];
}

export function readGateway(value: JsonValue, sharing: Sharing): Gateway | undefined {
  if (!isJsonObject(value)) return undefined;
  const metadata = readMeta(value, sharing);
  if (metadata === undefined) return undefined;
  const { listeners } = objectAt(value.spec);
  return { kind: 'Gateway', metadata, listeners: objectsAt(listeners).flatMap(readListener) };
}

function readListener({ name, port, hostname }: JsonObject): readonly Listener[] {
  const number = portAt(port);
  if (number === undefined) return [];
  const [host = ''] = hostname === undefined ? [] : readHost(hostname);
  return [{ name: textAt(name) ?? '', port: number, hostname: host }];
}
