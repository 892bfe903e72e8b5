/** Whether the validator beside an app can find the control plane by its name, with the DNS settings of the pod. */

import type { JsonObject } from '../base/json.ts';
import { listAt, objectAt, objectsAt } from '../base/members.ts';
import { textAt } from './members.ts';
import { type InjectionRefusal, injectionRefusal } from './refusals.ts';

/** With ClusterFirst, the default, every name of the cluster is found. */
export function resolvingObstacles(spec: JsonObject, controlPlane: string): readonly InjectionRefusal[] {
  const policy = spec.dnsPolicy;
  const host = URL.parse(controlPlane)?.hostname ?? '';
  const needsCluster = isOfCluster(host) && !hasAlias(spec, host);
  if (!needsCluster || (policy !== 'Default' && policy !== 'None')) return [];
  if (policy === 'None' && searchesCluster(spec)) return [];
  return [injectionRefusal('DnsUnusable', `dnsPolicy ${policy} does not find ${host}`)];
}

/** Other names, and addresses, are found by any DNS, or without one. */
const isOfCluster = (host: string): boolean => /\.svc(?:\.|$)|\.local$/.test(host) || !/[.:]/.test(host);

const hasAlias = ({ hostAliases }: JsonObject, host: string): boolean =>
  objectsAt(hostAliases).some(({ hostnames }) => listAt(hostnames).includes(host));

/** The domain of a cluster is one that is searched with svc before it, as `ClusterFirst` has it; usually cluster.local. */
function searchesCluster({ dnsConfig }: JsonObject): boolean {
  const { nameservers, searches } = objectAt(dnsConfig);
  const domains = listAt(searches).map((domain) => textAt(domain).replace(/\.$/, ''));
  const isCluster = (domain: string): boolean =>
    domain === 'cluster.local' || domains.includes(`svc.${domain}`);
  return listAt(nameservers).length > 0 && domains.some(isCluster);
}
