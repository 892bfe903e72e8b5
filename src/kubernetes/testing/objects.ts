/** For tests: two kinds, and objects of one. */

import type { Draft } from '../client.ts';
import type { ApiObjectMeta, KubernetesObject } from '../object.ts';
import { KUBERNETES_RESOURCES } from '../resources.ts';

export const CONFIG_MAPS = KUBERNETES_RESOURCES.ConfigMap;
export const SECRETS = KUBERNETES_RESOURCES.Secret;

export function configMap(
  name: string,
  resourceVersion: string,
  more: { readonly uid?: string; readonly value?: string; readonly namespace?: string } = {},
): KubernetesObject {
  const { uid = `uid-${name}`, value = '', namespace = 'shop' } = more;
  return { metadata: { name, namespace, uid, resourceVersion }, data: { value } };
}

export function draft(name: string, value = '', namespace = 'default'): Draft {
  return { metadata: { name, namespace }, data: { value } };
}

/** What a controller might keep of one. */
export interface Small {
  readonly metadata: Pick<ApiObjectMeta, 'name' | 'uid' | 'resourceVersion'> & {
    readonly namespace?: string;
  };
  readonly value: string;
}

export function trim({ metadata, data }: KubernetesObject): Small {
  const { name, namespace, uid, resourceVersion } = metadata;
  const members = typeof data === 'object' && data !== null && !Array.isArray(data) ? data : {};
  return {
    metadata: { name, uid, resourceVersion, ...(namespace !== undefined && { namespace }) },
    value: 'value' in members ? String(members.value) : '',
  };
}
