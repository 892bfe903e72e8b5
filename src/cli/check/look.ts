/** Reads what `portcullis check` judges, each thing by itself, so that one that cannot be read hides no other. */

import { mapAtOnce } from '../../base/at-once.ts';
import type { Clock } from '../../base/clock.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { listAt, objectAt, objectsAt, portAt } from '../../base/members.ts';
import type { StoredNamespace } from '../../cluster/objects.ts';
import { textEntries } from '../../cluster/read.ts';
import { createSharing, type Sharing } from '../../cluster/sharing.ts';
import { INJECTED_LABEL } from '../../injection/layout.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { isServed } from '../../kubernetes/discovery.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { askPods } from '../../kubernetes/pod-http.ts';
import type { PortForwarder } from '../../kubernetes/port-forward.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import { READERS } from '../../operator/follow/kinds.ts';
import { RESOURCES } from '../../operator/resources.ts';
import { adminOf } from '../cluster/admin.ts';
import { listBounded } from '../cluster/lists.ts';
import { type AskedClocks, clockDifference, clockPods } from './clocks.ts';
import { CRDS, type SeenCrd } from './crds.ts';
import { type Permission, permissionsToInstall } from './install.ts';
import type { NetworkPod } from './network.ts';
import { OPERATOR, type OperatorSettings, readOperatorSettings } from './operator.ts';
import { imageProblemOf, type SeenPod } from './sidecars.ts';
import type { SeenWebhooks } from './webhooks.ts';

type Client = Pick<KubernetesClient, 'get' | 'list' | 'read' | 'review'>;

export interface SeenCluster {
  readonly version: Outcome<JsonValue>;
  readonly nodes: Outcome<readonly KubernetesObject[]>;
  readonly crds: readonly SeenCrd[];
  readonly deployment: Outcome<KubernetesObject>;
}

export interface SeenInstallation extends SeenCluster {
  readonly settings: OperatorSettings;
  readonly lease: Outcome<KubernetesObject>;
  readonly policySlice: Outcome<KubernetesObject>;
  readonly webhooks: SeenWebhooks;
  readonly namespaces: Outcome<readonly StoredNamespace[]>;
  readonly injected: Outcome<readonly SeenPod[]>;
  readonly validators: Outcome<readonly NetworkPod[]>;
  readonly ownPods: readonly { readonly name: string; readonly imageProblem: string | undefined }[];
  readonly operators: readonly NetworkPod[];
  readonly networkPolicies: Outcome<readonly KubernetesObject[]>;
  readonly clocks: AskedClocks;
}

export interface SeenBefore extends SeenCluster {
  readonly permissions: readonly { readonly permission: Permission; readonly answer: Outcome<JsonObject> }[];
  readonly hasRoutes: Outcome<boolean>;
}

const CRD_PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/';
const WEBHOOK_PROXY = 'services/https:portcullis-webhook:443/proxy/';
const REVIEW: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
};

const listRaw = (client: Client, resource: Resource, namespace?: string, labelSelector?: string) =>
  listBounded(client, {
    resource,
    namespace,
    ...(labelSelector !== undefined && { labelSelector }),
    keep: (object) => object,
  });

async function lookAtBase(client: Client, home: string): Promise<SeenCluster> {
  const [version, nodes, deployment, crds] = await Promise.all([
    client.read('/version'),
    listRaw(client, RESOURCES.Node),
    client.get(RESOURCES.Deployment, { namespace: home, name: OPERATOR }),
    Promise.all(CRDS.map(async (name) => ({ name, object: await client.read(`${CRD_PATH}${name}`) }))),
  ]);
  return { version, nodes, deployment, crds };
}

/** Before the install. */
export async function lookBefore(client: Client, home: string): Promise<SeenBefore> {
  const base = await lookAtBase(client, home);
  const permissions = await mapAtOnce(permissionsToInstall(home), 4, async (permission) => {
    const resourceAttributes = { ...permission, verb: 'create' };
    return { permission, answer: await client.review(REVIEW, { resourceAttributes }) };
  });
  return { ...base, permissions, hasRoutes: await isServed(client, RESOURCES.HTTPRoute) };
}

/** @param home the control plane's namespace. */
export async function lookAtInstallation(
  client: Client,
  forwarder: Pick<PortForwarder, 'open'>,
  clock: Clock,
  home: string,
  say: (text: string) => void,
): Promise<SeenInstallation> {
  say('reading the control plane');
  const base = await lookAtBase(client, home);
  const settings = readOperatorSettings(base.deployment);
  const name = settings.webhookConfiguration;
  const [lease, policySlice, validating, mutating, reach] = await Promise.all([
    client.get(RESOURCES.Lease, { namespace: home, name: OPERATOR }),
    client.get(RESOURCES.EndpointSlice, { namespace: home, name: 'portcullis-policy' }),
    client.get(RESOURCES.ValidatingWebhookConfiguration, { name }),
    client.get(RESOURCES.MutatingWebhookConfiguration, { name }),
    client.read(`/api/v1/namespaces/${home}/${WEBHOOK_PROXY}`, { timeoutMilliseconds: 10_000 }),
  ]);
  say('reading namespaces and pods');
  const [namespaces, injected, own, networkPolicies] = await Promise.all([
    listRaw(client, RESOURCES.Namespace),
    listRaw(client, RESOURCES.Pod, undefined, INJECTED_LABEL),
    listRaw(client, RESOURCES.Pod, home, 'app.kubernetes.io/name=portcullis'),
    listRaw(client, RESOURCES.NetworkPolicy),
  ]);
  const sharing = createSharing();
  const labelsOf = namespaceLabels(namespaces);
  const ownPods = own.kind === 'ok' ? own.value : [];
  const seenPods = mapOutcome(injected, (object) => seenPod(object, sharing));
  say('asking validators for the time');
  const clocks = await askPods(clockPods(seenPods.kind === 'ok' ? seenPods.value : []), (pod) =>
    askForTime(pod, forwarder, clock),
  );
  return {
    ...base,
    settings,
    lease,
    policySlice,
    webhooks: { validating, mutating, reach },
    namespaces: mapOutcome(namespaces, (object) => READERS.Namespace(object, sharing, undefined)),
    injected: seenPods,
    validators: mapOutcome(injected, (object) => networkPod(object, labelsOf)),
    ownPods: ownPods.map((object) => ({
      name: `${home}/${object.metadata.name}`,
      imageProblem: imageProblemOf(object, true),
    })),
    operators: ownPods
      .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'operator')
      .map((object) => networkPod(object, labelsOf)),
    networkPolicies,
    clocks,
  };
}

async function askForTime(
  pod: { readonly namespace: string; readonly name: string },
  forwarder: Pick<PortForwarder, 'open'>,
  clock: Clock,
): Promise<Outcome<number>> {
  const ending = new AbortController();
  const before = clock.seconds();
  const answer = await adminOf(
    forwarder,
    pod,
    clock,
  )({
    method: 'GET',
    path: '/healthz',
    signal: ending.signal,
  });
  const now = (before + clock.seconds()) / 2;
  // Nobody reads its body.
  ending.abort();
  if (answer.kind === 'failed') return answer;
  const difference = clockDifference(answer.value.headers.date, now);
  return difference === undefined ? failed('Unexpected', 'its answer has no date') : ok(difference);
}

function mapOutcome<T, R>(
  outcome: Outcome<readonly T[]>,
  make: (value: T) => R | undefined,
): Outcome<readonly R[]> {
  return outcome.kind === 'failed' ? outcome : ok(outcome.value.flatMap((value) => make(value) ?? []));
}

type Labels = Readonly<Record<string, string>>;

function namespaceLabels(namespaces: Outcome<readonly KubernetesObject[]>): (name: string) => Labels {
  const all = new Map(
    (namespaces.kind === 'ok' ? namespaces.value : []).map(({ metadata }) => [
      metadata.name,
      metadata.labels ?? {},
    ]),
  );
  // Kubernetes gives each namespace that label, also one that the user may not read.
  return (name) => all.get(name) ?? { 'kubernetes.io/metadata.name': name };
}

function seenPod(object: KubernetesObject, sharing: Sharing): SeenPod | undefined {
  const pod = READERS.Pod(object, sharing, undefined);
  return pod && { pod, imageProblem: imageProblemOf(object, false) };
}

function networkPod(
  { metadata, spec, status }: KubernetesObject,
  labelsOf: (name: string) => Labels,
): NetworkPod {
  const { name, namespace = '', labels } = metadata;
  const ports = objectsAt(objectAt(spec).containers).flatMap((container) => objectsAt(container.ports));
  return {
    id: `${namespace}/${name}`,
    namespace,
    labels: Object.fromEntries(textEntries(labels)),
    namespaceLabels: labelsOf(namespace),
    addresses: listAt(objectAt(status).podIPs).flatMap((one) => {
      const { ip } = objectAt(one);
      return typeof ip === 'string' ? [ip] : [];
    }),
    ports: Object.fromEntries(
      ports.flatMap((port) => {
        const number = portAt(port.containerPort);
        return typeof port.name === 'string' && number !== undefined ? [[port.name, number] as const] : [];
      }),
    ),
  };
}
