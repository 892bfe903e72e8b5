/** What the tests ask of pods. */

import { isJsonObject, type JsonObject, type JsonValue } from '../../src/base/json.ts';
import { objectsAt } from '../../src/base/members.ts';
import type { Kubectl } from './kubectl.ts';

const member = (value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>((found, name) => (isJsonObject(found) ? found[name] : undefined), value);

/** The pods of an app that are not about to go, by name. */
export async function podsOf(k: Kubectl, namespace: string, app: string): Promise<readonly JsonObject[]> {
  const pods = await k.list('pod', namespace, `app=${app}`);
  return pods.filter((pod) => member(pod, 'metadata', 'deletionTimestamp') === undefined);
}

export const nameOf = (object: JsonObject | undefined): string => String(member(object, 'metadata', 'name'));

/** Of the pod, each family once. */
export const addressesOf = (pod: JsonObject | undefined): readonly string[] =>
  objectsAt(member(pod, 'status', 'podIPs')).map(({ ip }) => String(ip));

export const clusterAddressesOf = (service: JsonObject): readonly string[] => {
  const addresses = member(service, 'spec', 'clusterIPs');
  return Array.isArray(addresses) ? addresses.map(String) : [];
};

export const nodePortOf = (service: JsonObject): number =>
  Number(member(objectsAt(member(service, 'spec', 'ports'))[0], 'nodePort'));

/** In a URL. */
export const inUrl = (address: string): string => (address.includes(':') ? `[${address}]` : address);

export function isReady(pod: JsonObject | undefined): boolean {
  const ready = objectsAt(member(pod, 'status', 'conditions')).find(({ type }) => type === 'Ready');
  return ready?.status === 'True';
}

/** How often the container was started again. */
export function restartsOf(pod: JsonObject | undefined, container: string): number {
  const statuses = [
    ...objectsAt(member(pod, 'status', 'initContainerStatuses')),
    ...objectsAt(member(pod, 'status', 'containerStatuses')),
  ];
  return Number(statuses.find(({ name }) => name === container)?.restartCount ?? 0);
}

const condition = (object: JsonObject, type: string): JsonObject | undefined =>
  objectsAt(member(object, 'status', 'conditions')).find((one) => one.type === type);

/** The condition of one of our objects: `True Ready`. */
export function conditionOf(object: JsonObject, type: string): string {
  const found = condition(object, type);
  return found === undefined ? 'absent' : `${found.status} ${found.reason}`;
}

/** What that condition says. */
export const messageOf = (object: JsonObject, type: string): string =>
  String(condition(object, type)?.message ?? '');
