/** What the webhook configurations have in common: where they are served, and for which namespaces. */

import type { JsonObject } from '../../base/json.ts';

export interface ConfigurationOptions {
  /** The configuration's own name. */
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Where the webhooks are served: in the cluster, or at `https://host:port` for tests. */
  readonly server:
    | { readonly kind: 'service'; readonly namespace: string; readonly name: string; readonly port: number }
    | { readonly kind: 'url'; readonly url: string };
  /** PEM; absent = the operator puts it in. */
  readonly ca?: string;
  /** The last segment of each path; absent = the operator puts the paths in. */
  readonly key?: string;
  /** Absent = every namespace; given in namespaced mode. */
  readonly namespaces?: readonly string[];
}

/** A label that every namespace carries, with its name. */
export const NAME_LABEL = 'kubernetes.io/metadata.name';

export function namespaceConditions(namespaces: readonly string[] | undefined): readonly JsonObject[] {
  const notSystem = { key: NAME_LABEL, operator: 'NotIn', values: ['kube-system'] };
  return namespaces === undefined
    ? [notSystem]
    : [notSystem, { key: NAME_LABEL, operator: 'In', values: namespaces }];
}

/** The chart renders no path: each upgrade would overwrite the path that the operator has written. */
export function clientConfig({ server, ca, key }: ConfigurationOptions, path: string): JsonObject {
  const keyed = key === undefined ? {} : { path: `${path}/${key}` };
  const trust = ca === undefined ? {} : { caBundle: Buffer.from(ca).toString('base64') };
  switch (server.kind) {
    case 'service': {
      const { namespace, name, port } = server;
      return { service: { namespace, name, port, ...keyed }, ...trust };
    }
    case 'url':
      return { url: `${server.url}${keyed.path ?? path}`, ...trust };
  }
}
