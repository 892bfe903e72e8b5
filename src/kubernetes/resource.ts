/** A kind as the API server's paths have it: our own, core ones and those of others all go this one way. */

import type { ObjectName } from './object.ts';

export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Its objects are secrets or hold some: what the API server says about them is not repeated. */
  readonly sensitive?: true;
}

export type Subresource = 'status';

/** What stands in an object's `apiVersion`. */
export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The path of what the API server says about a group's version. */
export function groupPath({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** Where the objects stand: of one namespace or, without it, of all. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const place = resource.namespaced && namespace !== undefined ? `/namespaces/${segment(namespace)}` : '';
  return `${groupPath(resource)}${place}/${resource.plural}`;
}

/** Where one object stands. Throws where the namespace is missing: a caller's bug, which must not reach a wrong object. */
export function objectPath(resource: Resource, { namespace, name }: ObjectName, part?: Subresource): string {
  if (name === '') throw new Error(`${resource.plural}: an object without a name`);
  if (resource.namespaced && !namespace) {
    throw new Error(`${resource.plural} live in namespaces, and "${name}" comes without one`);
  }
  const path = `${collectionPath(resource, namespace)}/${segment(name)}`;
  return part === undefined ? path : `${path}/${part}`;
}

/** Without this a name such as `../x` would lead elsewhere: URLs resolve dot segments. */
function segment(name: string): string {
  if (name === '.' || name === '..') throw new Error(`"${name}" names no object`);
  return encodeURIComponent(name);
}
