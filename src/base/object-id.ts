/** Ids of Kubernetes objects as namespace/name. */

export function namespaceOf(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf('/')));
}
