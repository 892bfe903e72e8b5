/** What is kept of NetworkPolicies: whom they let in. What cannot be read lets everybody in. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { listAt, objectAt, objectsAt, portAt } from '../base/members.ts';
import { readMeta } from './meta.ts';
import type { IngressPort, IngressRule, NetworkPolicy } from './objects.ts';
import { filledTextAt } from './read.ts';
import type { Sharing } from './sharing.ts';
import { readSelector } from './workloads.ts';

export function readNetworkPolicy(value: JsonValue, sharing: Sharing): NetworkPolicy | undefined {
  const metadata = isJsonObject(value) ? readMeta(value, sharing) : undefined;
  if (!isJsonObject(value) || metadata === undefined) return undefined;
  const { podSelector, policyTypes, ingress } = objectAt(value.spec);
  // Ingress is a type of every one that names none.
  const types = listAt(policyTypes);
  const isOfIngress = types.length === 0 || types.includes('Ingress');
  return {
    kind: 'NetworkPolicy',
    metadata,
    selector: isOfIngress ? readSelector(podSelector, sharing) : undefined,
    ingress: objectsAt(ingress).map(readRule),
  };
}

function readRule({ ports, from }: JsonObject): IngressRule {
  const all = objectsAt(ports);
  const peers = objectsAt(from);
  const isForSome = peers.length > 0 && !peers.some(isEverybody);
  return {
    ports: all.length === 0 || all.some(isEveryPort) ? undefined : all.flatMap(readPort),
    from: isForSome ? 'Some' : 'Everybody',
  };
}

const isTcp = ({ protocol = 'TCP' }: JsonObject): boolean => protocol === 'TCP';

const isEveryPort = (port: JsonObject): boolean =>
  isTcp(port) && portAt(port.port) === undefined && filledTextAt(port.port) === undefined;

function readPort(written: JsonObject): readonly IngressPort[] {
  if (!isTcp(written)) return [];
  const first = portAt(written.port);
  const name = filledTextAt(written.port);
  if (first !== undefined) return [{ first, last: portAt(written.endPort) ?? first }];
  return name === undefined ? [] : [{ name }];
}

/** Every address, or every pod of every namespace. */
function isEverybody({ ipBlock, namespaceSelector, podSelector }: JsonObject): boolean {
  if (ipBlock !== undefined) return (filledTextAt(objectAt(ipBlock).cidr) ?? '/0').endsWith('/0');
  return isEmpty(namespaceSelector) && (podSelector === undefined || isEmpty(podSelector));
}

function isEmpty(selector: JsonValue | undefined): boolean {
  const { matchLabels, matchExpressions } = objectAt(selector);
  const conditions = Object.keys(objectAt(matchLabels)).length + listAt(matchExpressions).length;
  return selector !== undefined && conditions === 0;
}
