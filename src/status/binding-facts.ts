/** What an ApiBinding's status is made from, and how it is gathered from what the control plane knows. */

import { type Uncovered, uncoveredRoutes } from '../asking/uncovered.ts';
import type { Pod, Service, StoredBinding, StoredNamespace } from '../cluster/objects.ts';
import { isInjecting } from '../injection/namespace.ts';
import type { BindingOutcome } from '../planning/outcome.ts';
import type { Policies } from '../planning/policies.ts';
import type { Policy } from '../policy/policy.ts';
import { selectorMatches } from '../resources/selectors.ts';
import type { ApiBindingSpec, ApiBindingStatus } from '../resources/types.gen.ts';
import type { Guard } from '../targets/guards.ts';
import type { WorkloadRefusal } from '../targets/refusals.ts';
import { type Resolution, targetedServices } from '../targets/resolve.ts';
import { foreignBackends, type GatewaySurroundings, neverAsking, openSections } from './gateway-facts.ts';
import type { ChartImages } from './images.ts';
import {
  type Acknowledgement,
  type PodFacts,
  type PodSurroundings,
  podFacts,
  type SharedFacts,
  sharedFacts,
} from './pod-facts.ts';
import { reportFor } from './reports.ts';
import { few } from './texts.ts';
import { tlsObjectsOf } from './tls-objects.ts';
import { standsAlone } from './trials.ts';
import type { Unmounted } from './unmounted.ts';

export interface BindingFacts {
  /** namespace/name. */
  readonly id: string;
  readonly generation: number;
  readonly mode: ApiBindingSpec['mode'];
  readonly rollout: 'Manual' | 'Automatic';
  /** In mode Trial: whether no binding that decides has a target or a pod of it. */
  readonly standsAlone: boolean;
  /** `Secret shop/api (tls.crt, tls.key)`: what its ports name for TLS, without which no pod starts. */
  readonly tlsObjects: readonly string[];
  /** With rollout Automatic: how each workload stands that is to be restarted. */
  readonly restarts: readonly string[];
  /** In mode Audit or Trial: what it would have denied. */
  readonly trial: ApiBindingStatus['trial'];
  readonly outcome: BindingOutcome;
  /** Those of `outcome.sources` whose own status is not Ready, and its reason. */
  readonly sourcesNotReady: readonly NotReady[];
  /** For messages: `Service shop/orders`. */
  readonly targets: string;
  readonly injectionEnabled: boolean;
  /** Every targeted pod that counts. */
  readonly pods: readonly PodFacts[];
  /** `Deployment shop/orders: …`, of workloads whose pods the API server refuses, in its own words. */
  readonly refused: readonly string[];
  /** Pods of validators at gateways that hold the binding. */
  readonly gatewayValidators: readonly PodFacts[];
  /** Of those gateways the ones that have not asked any of their validators. */
  readonly neverAsked: readonly string[];
  /** Where its routes send requests past it, as `HTTPRoute shop/web to Service other/far`. */
  readonly foreign: readonly string[];
  /** It guards single rules of routes alone, which no pod's own validator can tell. */
  readonly isForGateways: boolean;
  /** Where no validator tells those: `HTTPRoute shop/web (admin) at Gateway infra/edge`. */
  readonly openSections: readonly string[];
  /** Where gateways do not ask about requests of its routes, or it cannot be told. */
  readonly uncovered: readonly Uncovered[];
  readonly before: ApiBindingStatus | undefined;
  /** Unix seconds. */
  readonly now: number;
}

export interface NotReady {
  readonly id: string;
  readonly reason: string;
}

/** What is known beside the objects. */
export interface BindingSurroundings extends GatewaySurroundings {
  /** The last report of this pod's validator; undefined also where another pod of that name, namespace/name, has sent it. */
  readonly reportOf: (pod: string, uid: string) => Acknowledgement | undefined;
  /** What this pod's kubelet says that it cannot mount. */
  readonly unmounted: (pod: string, uid: string) => Unmounted | undefined;
  /** Undefined when the source is Ready. */
  readonly sourceProblem: (source: string) => string | undefined;
  /** What becomes of each workload of a binding that is to be restarted: `Deployment shop/orders is …`. */
  readonly restarts: (binding: string) => readonly string[];
  /** What this binding would have denied, as far as status is to say it now; undefined where it says nothing of that. */
  readonly wouldDeny: (binding: string) => ApiBindingStatus['trial'];
  /** False where Nodes may not be read: then all count as ready. */
  readonly nodesKnown: boolean;
  /** The control plane's own version. */
  readonly version: string;
  /** Those that it makes sidecars of; absent where they are not to be compared. */
  readonly images?: ChartImages;
  readonly now: number;
}

type Known = Pick<Policies, 'store' | 'targets' | 'binding' | 'podPolicy' | 'gatewaysOf' | 'gatewayPolicy'>;

/** Undefined for a binding that there is not. */
export function gatherBindingFacts(
  id: string,
  known: Known,
  around: BindingSurroundings,
): BindingFacts | undefined {
  const stored = known.store.get('ApiBinding', id);
  const outcome = known.binding(id);
  if (stored === undefined || outcome === undefined) return undefined;
  const { namespace, generation } = stored.metadata;
  const classes: SharedByClass = new Map();
  return {
    id,
    generation,
    ...settingsOf(stored),
    standsAlone: standsAlone(id, known.targets),
    tlsObjects: tlsObjectsOf(stored),
    restarts: around.restarts(id),
    trial: around.wouldDeny(id),
    outcome,
    sourcesNotReady: outcome.sources.flatMap((source) => {
      const reason = around.sourceProblem(source);
      return reason === undefined ? [] : [{ id: source, reason }];
    }),
    targets: targetText(known, id),
    injectionEnabled: isEnabled(known.store.get('Namespace', namespace)),
    pods: [...known.targets.podsOf(id)]
      .sort()
      .flatMap((pod) => gatherPod(pod, id, known.podPolicy, known, around, classes) ?? []),
    refused: known.targets.refusals(id).map(refusalText),
    gatewayValidators: known
      .gatewaysOf(id)
      .flatMap((gateway) =>
        around
          .gatewayPods(gateway)
          .toSorted()
          .flatMap(
            (pod) => gatherPod(pod, id, () => known.gatewayPolicy(gateway), known, around, classes) ?? [],
          ),
      )
      // It is a validator by what it runs, not by what was injected.
      .map((pod) => ({ ...pod, ...UNINJECTED })),
    neverAsked: neverAsking(known.gatewaysOf(id), stored.status, generation, around),
    foreign: foreignBackends(known.targets.resolution(id), known.gatewaysOf(id), around),
    isForGateways: isForGateways(known.targets.resolution(id)),
    openSections: openSections(known.targets.resolution(id), around),
    uncovered: uncoveredOf(known.targets.resolution(id), known, around),
    before: stored.status,
    now: around.now,
  };
}

function uncoveredOf(
  resolution: Pick<Resolution, 'routes' | 'sections'> | undefined,
  { store }: Pick<Known, 'store'>,
  { gatewayPods }: Pick<GatewaySurroundings, 'gatewayPods'>,
): readonly Uncovered[] {
  const { routes = [], sections = [] } = resolution ?? {};
  return uncoveredRoutes([...routes.map((route) => ({ route })), ...sections], { store, gatewayPods });
}

const isForGateways = (resolution: Pick<Resolution, 'selections' | 'sections'> | undefined): boolean =>
  resolution !== undefined && resolution.selections.length === 0 && resolution.sections.length > 0;

const UNINJECTED = {
  validator: true,
  forged: undefined,
  unproven: undefined,
  outdated: false,
  uncaptured: [],
  untried: [],
  closed: [],
} as const;

const refusalText = ({ workload: { kind, metadata }, message }: WorkloadRefusal): string =>
  `${kind} ${metadata.namespace}/${metadata.name}: ${message}`;

/** Where Namespaces may not be read, each counts as labelled. */
function isEnabled(namespace: StoredNamespace | undefined): boolean {
  return namespace === undefined || isInjecting(namespace.metadata.labels);
}

/** Of a binding that breaks the schema nothing is trusted. */
function settingsOf(stored: StoredBinding): Pick<BindingFacts, 'mode' | 'rollout'> {
  if (stored.kind === 'refused') return { mode: 'Enforce', rollout: 'Manual' };
  const { mode, rollout } = stored.object.spec;
  return { mode, rollout };
}

function targetText({ targets }: Known, id: string): string {
  const names = (targets.resolution(id)?.targets ?? []).map((target) =>
    target.startsWith('Pods ') ? 'spec.podSelector' : target,
  );
  return names.length === 0 ? `ApiBinding ${id}` : few(names);
}

/** By the guards, of which each class has a list of its own. */
type SharedByClass = Map<readonly Guard[], SharedFacts>;

function gatherPod(
  id: string,
  binding: string,
  policyOf: (pod: string) => Policy | undefined,
  { store, targets }: Known,
  around: BindingSurroundings,
  classes: SharedByClass,
): PodFacts | undefined {
  const pod = store.get('Pod', id);
  if (pod === undefined) return undefined;
  const guards = targets.guards(id);
  const namespace = store.get('Namespace', pod.metadata.namespace);
  const surroundings: PodSurroundings = {
    nodeReady: !around.nodesKnown || store.get('Node', pod.node)?.ready === true,
    injecting: isEnabled(namespace),
    namespaceMarks: namespace?.marks ?? {},
    binding,
    guards,
    servicePorts: () => services(pod, binding, { store, targets }).flatMap(({ ports }) => ports),
    unjudgedServicePorts: () =>
      services(pod, binding, { store, targets }).flatMap(({ unjudgedPorts }) => unjudgedPorts),
    networkPolicies: () => store.all('NetworkPolicy').values(),
    version: around.version,
    images: around.images,
    ...reportFor(binding, policyOf(id), around.reportOf(id, pod.metadata.uid)),
    unmounted: around.unmounted(id, pod.metadata.uid),
  };
  // What nothing guards has no class.
  if (guards.length === 0) return podFacts(pod, surroundings);
  return podFacts(pod, surroundings, () => {
    const shared = classes.get(guards) ?? sharedFacts(pod, surroundings);
    classes.set(guards, shared);
    return shared;
  });
}

/** That the binding targets, and that choose the pod. */
function services(
  pod: Pod,
  binding: string,
  { store, targets }: Pick<Known, 'store' | 'targets'>,
): readonly Service[] {
  return targetedServices(targets.resolution(binding)).flatMap((id) => {
    const service = store.get('Service', id);
    if (service?.selector === undefined) return [];
    return selectorMatches({ matchLabels: service.selector }, pod.labels) ? service : [];
  });
}
