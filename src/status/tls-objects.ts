/** What the ports of a binding name for TLS: without those objects no pod of it starts. */

import type { StoredBinding } from '../cluster/objects.ts';

/** `Secret shop/api (tls.crt, tls.key)` */
export function tlsObjectsOf(stored: StoredBinding): readonly string[] {
  if (stored.kind === 'refused') return [];
  const { namespace } = stored.metadata;
  return (stored.object.spec.ports ?? []).flatMap(({ tls: { secretName, caFrom } = {} }) => {
    const { name, key } = caFrom?.configMapKeyRef ?? {};
    return [
      ...(secretName === undefined ? [] : [`Secret ${namespace}/${secretName} (tls.crt, tls.key)`]),
      ...(name === undefined ? [] : [`ConfigMap ${namespace}/${name} (${key})`]),
    ];
  });
}
