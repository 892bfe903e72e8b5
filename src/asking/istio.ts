/** Whether Istio asks about all requests of a Gateway: by an AuthorizationPolicy with action CUSTOM for its pods. */

import type { AuthorizationPolicy, Gateway } from '../cluster/objects.ts';
import { serviceNamed } from '../gateways/service.ts';
import type { Labels } from '../resources/selectors.ts';
import { ASKED, type Asked, type AskingView, type Unasked, unasked } from './asked.ts';

/** Of the policies for every namespace, unless the MeshConfig says another. */
const ROOT_NAMESPACE = 'istio-system';
const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';
/** What a provider leads to stands in the MeshConfig: only its name is seen. */
const OUR_PROVIDER = /^portcullis(?:-|$)/;

const PRINTED = 'the AuthorizationPolicy that portcullis envoy-config --for istio --gateway prints';

/** What is known of a gateway's pods. */
interface Pods {
  readonly namespace: string;
  /** Of the Gateway that Istio has made them for; undefined for those of others. */
  readonly gateway: string | undefined;
  /** Those that all of them have. */
  readonly labels: Labels;
}

export function askedByIstio(gateway: Gateway, view: AskingView): Asked {
  const { namespace, name } = gateway.metadata;
  const id = `${namespace}/${name}`;
  if (gateway.deployed.kind === 'Managed') {
    return askedByPods({ namespace, gateway: name, labels: { [GATEWAY_NAME]: name } }, id, view);
  }
  for (const host of gateway.deployed.hosts) {
    const pods = podsBehind(host, namespace, view);
    if (pods === undefined) {
      return unasked(
        `Gateway ${id} has the address ${host}, which is no Service that the operator sees, so that it cannot be told which AuthorizationPolicies its pods obey`,
        'name the Service of its pods, or leave spec.addresses out',
      );
    }
    const verdict = askedByPods(pods, id, view);
    if (verdict.kind === 'unasked') return verdict;
  }
  return ASKED;
}

/** A name alone is that of a Service beside the Gateway. */
function podsBehind(host: string, own: string, { store }: AskingView): Pods | undefined {
  const named = host.includes('.') ? serviceNamed(host) : { namespace: own, name: host };
  const service = named && store.get('Service', `${named.namespace}/${named.name}`);
  if (service?.selector === undefined) return undefined;
  return { namespace: service.metadata.namespace, gateway: undefined, labels: service.selector };
}

function askedByPods(pods: Pods, gateway: string, { store }: AskingView): Asked {
  const places = [...new Set([pods.namespace, ROOT_NAMESPACE])];
  const policies = places.flatMap((place) => store.near('AuthorizationPolicy', place));
  const applying = policies.filter((policy) => isFor(policy, pods) === 'certain');
  const flaws = applying.map(flawOf);
  if (flaws.includes(undefined)) return ASKED;
  const [first] = flaws;
  if (first !== undefined) return first;
  const doubtful = policies.find((policy) => isFor(policy, pods) === 'possible');
  if (doubtful !== undefined) {
    return unasked(
      `AuthorizationPolicy ${idOf(doubtful)} chooses pods by labels that those of Gateway ${gateway} need not have`,
      'have it name the Gateway in targetRefs, where Istio makes its pods, or choose them by labels that their Service asks for',
    );
  }
  return unasked(
    `no AuthorizationPolicy with action CUSTOM is for the pods of Gateway ${gateway}, as far as can be read`,
    `apply ${PRINTED}`,
  );
}

/** As Istio has it: pods that it has made for a Gateway obey targetRefs, all others selectors alone. */
function isFor(
  { metadata, gateways, selector }: AuthorizationPolicy,
  { namespace, gateway, labels }: Pods,
): 'certain' | 'possible' | 'none' {
  if (gateways !== undefined) {
    const isNamed = gateway !== undefined && metadata.namespace === namespace && gateways.includes(gateway);
    return isNamed ? 'certain' : 'none';
  }
  if (selector === undefined) return 'certain';
  const wanted = Object.entries(selector);
  const isOther = wanted.some(([key, value]) => key in labels && labels[key] !== value);
  if (isOther) return 'none';
  return wanted.every(([key, value]) => labels[key] === value) ? 'certain' : 'possible';
}

function flawOf(policy: AuthorizationPolicy): Unasked | undefined {
  const called = `AuthorizationPolicy ${idOf(policy)}`;
  const { provider, covers, isDryRun } = policy;
  if (!OUR_PROVIDER.test(provider)) {
    return unasked(
      `${called} asks the provider ${provider === '' ? 'without a name' : provider}, of which it cannot be told whether it leads to the validators`,
      'call the provider portcullis, or portcullis-… where there are several',
    );
  }
  if (isDryRun) return unasked(`${called} has the annotation istio.io/dry-run`, 'remove the annotation');
  switch (covers) {
    case 'All':
      return undefined;
    case 'Some':
      return unasked(
        `every rule of ${called} has conditions, so that some requests are not asked about`,
        'give it a rule without any, as {}, and let rules of the binding say what needs no token',
      );
    case 'None':
      return unasked(`${called} has no rules, and asks about nothing`, `apply ${PRINTED}`);
  }
}

const idOf = ({ metadata }: AuthorizationPolicy): string => `${metadata.namespace}/${metadata.name}`;
