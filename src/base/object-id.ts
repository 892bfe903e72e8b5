/** Ids of Kubernetes objects as namespace/name. */

export interface ObjectId {
  readonly namespace: string;
  readonly name: string;
}

/** A name without a slash is that of an object without a namespace, which is '' then. */
export function parseId(id: string): ObjectId {
  const namespace = namespaceOf(id);
  return { namespace, name: id.slice(id.indexOf('/') + 1) };
}

export function namespaceOf(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf('/')));
}
