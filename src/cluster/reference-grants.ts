/** What is kept of ReferenceGrants (gateway.networking.k8s.io/v1beta1): whose SecurityPolicies may choose which routes and Gateways. */

import { isJsonObject, type JsonValue } from '../base/json.ts';
import { objectAt, objectsAt } from '../base/members.ts';
import { readMeta } from './meta.ts';
import type { ReferenceGrant } from './objects.ts';
import { filledTextAt } from './read.ts';
import { GATEWAY_GROUP } from './routes.ts';
import type { Sharing } from './sharing.ts';

/** Undefined for those that are about other kinds. */
export function readReferenceGrant(value: JsonValue, sharing: Sharing): ReferenceGrant | undefined {
  const metadata = isJsonObject(value) ? readMeta(value, sharing) : undefined;
  if (!isJsonObject(value) || metadata === undefined) return undefined;
  const { from, to } = objectAt(value.spec);
  const namespaces = objectsAt(from).flatMap(({ group, kind, namespace }) =>
    group === 'gateway.envoyproxy.io' && kind === 'SecurityPolicy' ? (filledTextAt(namespace) ?? []) : [],
  );
  const granted = objectsAt(to).flatMap(({ group, kind, name }) => {
    const ofKind = filledTextAt(kind);
    return group === GATEWAY_GROUP && ofKind !== undefined
      ? [{ kind: ofKind, name: filledTextAt(name) ?? '' }]
      : [];
  });
  if (namespaces.length === 0 || granted.length === 0) return undefined;
  return { kind: 'ReferenceGrant', metadata, from: namespaces, to: granted };
}
