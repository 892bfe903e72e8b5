/** Whether NetworkPolicies cut validators off from the leader: by what may leave their pods, and what may come to it. */

import { BlockList, isIP } from 'node:net';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { listAt, objectAt, objectsAt, portAt } from '../../base/members.ts';
import { createSharing } from '../../cluster/sharing.ts';
import { readSelector } from '../../cluster/workloads.ts';
import type { Outcome } from '../../kubernetes/errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { selectorMatches } from '../../resources/selectors.ts';
import { count, few } from '../../status/texts.ts';
import { bad, type CheckLine, unseen, well } from './line.ts';

/** A pod as NetworkPolicies see it. */
export interface NetworkPod {
  /** namespace/name. */
  readonly id: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly addresses: readonly string[];
  /** Named ports of its containers. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Where the leader serves policies. */
const POLICY_PORT = 9444;

export function checkNetwork(
  policies: Outcome<readonly KubernetesObject[]>,
  validators: Outcome<readonly NetworkPod[]>,
  operators: readonly NetworkPod[],
): CheckLine {
  const what = 'NetworkPolicies';
  if (policies.kind === 'failed') return unseen(what, 'list networkpolicies', undefined, policies.error);
  if (validators.kind === 'failed') return unseen(what, 'list pods', undefined, validators.error);
  const [operator] = operators;
  if (operator === undefined || validators.value.length === 0) {
    return well(what, 'there are no validators and operator together that could be cut off');
  }
  const cut = validators.value.flatMap((pod) => {
    const by = cutBy(policies.value, pod, operator);
    return by === undefined ? [] : [`${pod.id} (${by})`];
  });
  if (cut.length === 0)
    return well(what, `none keeps ${count(validators.value.length, 'validator')} from the leader`);
  return bad(
    what,
    `${few(cut, 'Pod', 'Pods')}: no way to the leader in namespace ${operator.namespace}, port ${POLICY_PORT}; what is enforced there stays as it is`,
    `let these pods reach port ${POLICY_PORT} of the operator's pods, and DNS`,
  );
}

/** The first of the policies that say no, as `egress of shop/deny-all`. */
function cutBy(policies: readonly KubernetesObject[], from: NetworkPod, to: NetworkPod): string | undefined {
  const leaving = chosenBy(policies, from, 'Egress');
  const arriving = chosenBy(policies, to, 'Ingress');
  const mayLeave =
    leaving.length === 0 ||
    leaving.some(({ spec }) => lets(objectAt(spec).egress, 'to', to, to, from.namespace));
  if (!mayLeave) return `egress of ${few(leaving.map(nameOf))}`;
  const mayArrive =
    arriving.length === 0 ||
    arriving.some(({ spec }) => lets(objectAt(spec).ingress, 'from', from, to, to.namespace));
  return mayArrive ? undefined : `ingress of ${few(arriving.map(nameOf))}`;
}

const nameOf = ({ metadata }: KubernetesObject): string => `${metadata.namespace}/${metadata.name}`;

function chosenBy(
  policies: readonly KubernetesObject[],
  pod: NetworkPod,
  type: 'Ingress' | 'Egress',
): readonly KubernetesObject[] {
  return policies.filter(({ metadata, spec }) => {
    const { podSelector, policyTypes, egress } = objectAt(spec);
    const types = listAt(policyTypes);
    const isOfType =
      types.length > 0 ? types.includes(type) : type === 'Ingress' || objectsAt(egress).length > 0;
    return metadata.namespace === pod.namespace && isOfType && matches(podSelector, pod.labels);
  });
}

/** They add up: one rule that lets it pass is enough. */
function lets(
  rules: JsonValue | undefined,
  side: 'to' | 'from',
  peer: NetworkPod,
  target: NetworkPod,
  ownNamespace: string,
): boolean {
  return objectsAt(rules).some((rule) => {
    const peers = objectsAt(rule[side]);
    const ports = objectsAt(rule.ports);
    return (
      (peers.length === 0 || peers.some((one) => isPeer(one, peer, ownNamespace))) &&
      (ports.length === 0 || ports.some((one) => isPort(one, target)))
    );
  });
}

function isPeer(
  { ipBlock, namespaceSelector, podSelector }: JsonObject,
  peer: NetworkPod,
  own: string,
): boolean {
  if (ipBlock !== undefined) return peer.addresses.some((address) => isWithin(address, objectAt(ipBlock)));
  const isNamespace =
    namespaceSelector === undefined
      ? peer.namespace === own
      : matches(namespaceSelector, peer.namespaceLabels);
  return isNamespace && (podSelector === undefined || matches(podSelector, peer.labels));
}

function isPort({ protocol = 'TCP', port, endPort }: JsonObject, { ports }: NetworkPod): boolean {
  if (protocol !== 'TCP') return false;
  if (port === undefined) return true;
  if (typeof port === 'string' && portAt(Number(port)) === undefined) return ports[port] === POLICY_PORT;
  const first = portAt(Number(port)) ?? 0;
  return first <= POLICY_PORT && POLICY_PORT <= (portAt(endPort) ?? first);
}

function isWithin(address: string, { cidr, except }: JsonObject): boolean {
  const contains = (text: JsonValue | undefined): boolean => {
    const [network = '', bits = ''] = typeof text === 'string' ? text.split('/') : [];
    const [family, version] = [isIP(network), isIP(address)];
    if (family === 0 || family !== version || !/^\d{1,3}$/.test(bits)) return false;
    const list = new BlockList();
    list.addSubnet(network, Math.min(Number(bits), family === 4 ? 32 : 128), family === 4 ? 'ipv4' : 'ipv6');
    return list.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
  return contains(cidr) && !listAt(except).some(contains);
}

const sharing = createSharing();

const matches = (selector: JsonValue | undefined, labels: Readonly<Record<string, string>>): boolean =>
  selectorMatches(readSelector(selector, sharing), labels);
