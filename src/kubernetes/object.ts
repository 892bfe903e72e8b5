/** What every object of the API server has, and nothing of what one kind has. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';

export interface ApiObjectMeta extends JsonObject {
  readonly name: string;
  /** Absent on objects of the whole cluster. */
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  /** RFC 3339. */
  readonly creationTimestamp?: string;
  /** RFC 3339; there while the object is being deleted. */
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An object as the API server sent it. Those of a list lack apiVersion and kind. */
export interface KubernetesObject extends JsonObject {
  readonly metadata: ApiObjectMeta;
}

/** What names an object of a given kind. */
export interface ObjectName {
  /** Only for kinds that live in namespaces. */
  readonly namespace?: string;
  readonly name: string;
}

/** The least that a cache keeps of an object. */
export interface Cached {
  readonly metadata: Pick<ApiObjectMeta, 'name' | 'uid' | 'resourceVersion'> & {
    readonly namespace?: string;
  };
}

/** `namespace/name`, or the name alone of what has no namespace. */
export function keyOf({ namespace, name }: ObjectName): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** The boundary: members that this room relies on are looked at; the API server's schemas answer for the rest. */
export function isKubernetesObject(value: JsonValue | undefined): value is KubernetesObject {
  if (!isJsonObject(value) || !isJsonObject(value.metadata)) return false;
  const { name, namespace, uid, resourceVersion } = value.metadata;
  return (
    typeof name === 'string' &&
    name !== '' &&
    typeof uid === 'string' &&
    typeof resourceVersion === 'string' &&
    (namespace === undefined || typeof namespace === 'string')
  );
}
