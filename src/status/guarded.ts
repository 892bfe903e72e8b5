/** The condition Guarded: whether every targeted pod has its validator, and every guarded port is captured. */

import { namespaceOf } from '../base/object-id.ts';
import type { BindingFacts } from './binding-facts.ts';
import type { ConditionNow } from './conditions.ts';
import type { PodFacts } from './pod-facts.ts';
import type { BINDING_CONDITIONS } from './reasons.ts';
import { count, few } from './texts.ts';

type GuardedFinding = ConditionNow<'Guarded'> & {
  readonly reason: keyof (typeof BINDING_CONDITIONS)['Guarded']['reasons'];
};

/** Behind a gateway with validators a pod needs none of its own; a caller that reaches it directly gets past them. */
export function unguardedPods({ pods, gatewayValidators }: BindingFacts): readonly PodFacts[] {
  return gatewayValidators.length > 0 ? [] : pods.filter((pod) => pod.started && !hasSidecars(pod));
}

/** For all of its ports, and made by injection as far as can be seen. */
const hasSidecars = ({ validator, forged, uncaptured }: PodFacts): boolean =>
  validator && forged === undefined && uncaptured.length === 0;

const isGuarded = (pod: PodFacts): boolean => hasSidecars(pod) && pod.unproven === undefined;

export function guardedCondition(facts: BindingFacts): GuardedFinding {
  const { targets } = facts;
  // What has never run answers no caller: no door is open there yet.
  const pods = facts.pods.filter((pod) => pod.started || isGuarded(pod));
  const open = openPods(facts, pods) ?? waysAround(facts, pods);
  if (open !== undefined) return open;
  const type = 'Guarded';
  if (facts.isForGateways) {
    const message = `The validators of its gateways judge what comes by ${targets}; what reaches pods past a gateway is another binding's matter.`;
    return { type, status: 'True', reason: 'Guarded', message };
  }
  if (pods.length === 0) {
    const message = [
      `No pod of ${targets} ${facts.pods.length === 0 ? 'is there' : 'runs'}; those to come will be guarded.`,
      ...waitingNote(facts),
    ].join(' ');
    return { type, status: 'True', reason: 'NoPods', message };
  }
  const message = [`Every pod of ${targets} (${pods.length}) is guarded.`, ...notes(facts)].join(' ');
  return { type, status: 'True', reason: 'Guarded', message };
}

const isFalse = (reason: GuardedFinding['reason'], message: string): GuardedFinding => ({
  type: 'Guarded',
  status: 'False',
  reason,
  message,
});

/** Pods whose own sidecars do not guard them. */
function openPods(facts: BindingFacts, pods: readonly PodFacts[]): GuardedFinding | undefined {
  const { targets, injectionEnabled, gatewayValidators } = facts;
  const namespace = namespaceOf(facts.id);
  if (facts.openSections.length > 0) {
    const message = `No validators are asked about ${few(facts.openSections)}, and no pod's own can tell by which rule a request comes; have the gateway ask validators of its own (portcullis envoy-config), or target the whole route`;
    return isFalse('SectionUnguarded', message);
  }
  const unguarded = unguardedPods(facts);
  const forged = unguarded.filter((pod) => pod.validator && pod.forged !== undefined);
  if (forged.length > 0) {
    return isFalse('PodsUnguarded', `${forgedText(forged)}; ${forgedRemedy(facts, forged, namespace)}`);
  }
  const isEnabled = injectionEnabled || gatewayValidators.length > 0 || facts.isForGateways;
  if (!isEnabled && (unguarded.length > 0 || pods.length === 0)) {
    const message = `Pods of ${targets} get no validator, because injection is not enabled in their namespace; run: kubectl label --overwrite namespace ${namespace} portcullis.dev/injection=enabled${restart(unguarded, namespace)}`;
    return isFalse('InjectionDisabled', message);
  }
  const bare = unguarded.filter(({ validator }) => !validator);
  if (bare.length > 0) {
    const message = `${unguardedText(bare, pods.length)}; ${unguardedRemedy(facts, bare, namespace)}`;
    return isFalse('PodsUnguarded', message);
  }
  if (unguarded.length > 0) {
    const message = `${uncapturedText(unguarded)}; ${restartRemedy(facts, unguarded, namespace)}`;
    return isFalse('PortsUncaptured', message);
  }
  const unproven = gatewayValidators.length > 0 ? [] : pods.filter((pod) => !isGuarded(pod));
  if (unproven.length > 0) {
    return isFalse('PodsOutdated', `${unprovenText(unproven)}; ${unprovenRemedy(unproven, namespace)}`);
  }
  return undefined;
}

/** What asks no validator, though all pods have what they should, or are behind a gateway. */
function waysAround(facts: BindingFacts, pods: readonly PodFacts[]): GuardedFinding | undefined {
  const isBehindGateway = pods.length === 0 || !pods.every(isGuarded);
  if (isBehindGateway && facts.uncovered.length > 0) {
    const texts = facts.uncovered.map(({ place, why, remedy }) => `${place} (${why}; ${remedy})`);
    return isFalse('RouteUnguarded', `Requests can go around the check: ${few(texts)}`);
  }
  if (isBehindGateway && facts.neverAsked.length > 0) {
    const names = few(facts.neverAsked, 'Gateway', 'Gateways');
    const message = `No request has come to the validators of ${names} so far; send one through it to a host of the binding, and if that changes nothing within 15 s, have the gateway ask them (portcullis envoy-config --for istio|envoy-gateway|envoy)`;
    return isFalse('NeverAsked', message);
  }
  const running = pods.filter(({ started }) => started);
  const unasked = running.filter(lacksEnvoy);
  if (unasked.length > 0) {
    const [verb, its] = unasked.length === 1 ? ['has', 'its'] : ['have', 'their'];
    const message = `${namesOf(unasked)} ${verb} capture None, and no Envoy that could ask ${its} validator: no container istio-proxy, and none with envoy in its name or image; use capture Redirect, run one, or, if a gateway asks, let a NetworkPolicy admit that alone`;
    return isFalse('BypassPossible', message);
  }
  const bypassed = running.filter(isBypassable);
  if (bypassed.length > 0) {
    const message = `${namesOf(bypassed)} can be reached past the validator; add a NetworkPolicy that closes the bare ports, or use capture Redirect`;
    return isFalse('BypassPossible', message);
  }
  if (facts.foreign.length > 0) {
    const message = `Requests go to what the binding does not guard: ${few(facts.foreign)}; guard it by a binding in its own namespace and take it out of the route, or have each gateway of the route ask validators`;
    return isFalse('RouteHasForeignBackend', message);
  }
  if (facts.refused.length > 0) {
    return isFalse('PodsRefused', `The API server refuses pods of ${few(facts.refused)}`);
  }
  return undefined;
}

/** @param textOf what is said of each; its name alone, where nothing is. */
const namesOf = (pods: readonly PodFacts[], textOf = ({ id }: PodFacts): string => id): string =>
  few(pods.map(textOf), 'Pod', 'Pods');

/** The pod's author can set capture None: without an Envoy beside it nothing that is seen here asks. */
export const lacksEnvoy = ({ validator, capture, ownEnvoy, portsClosed }: PodFacts): boolean =>
  validator && capture === 'None' && !ownEnvoy && !portsClosed;

/** Capture Redirect alone leaves no way around; with capture None, whether all is asked is up to that Envoy. */
export function isBypassable(pod: PodFacts): boolean {
  return !pod.portsClosed && (!isGuarded(pod) || pod.capture === 'NamedPort');
}

function unguardedText(unguarded: readonly PodFacts[], total: number): string {
  const refusals = unguarded.flatMap(({ id, refusal }) =>
    refusal === undefined ? [] : [`${id}: ${refusal}`],
  );
  const names = namesOf(unguarded, ({ id, ending }) => (ending ? `${id} (being deleted)` : id));
  const why = refusals.length === 0 ? '' : ` (${few(refusals)})`;
  const verb = unguarded.length === 1 ? 'has' : 'have';
  return `${unguarded.length} of ${count(total, 'pod')} ${verb} no validator: ${names}${why}`;
}

function forgedText(pods: readonly PodFacts[]): string {
  const names = namesOf(pods, ({ id, forged }) => `${id} (${forged})`);
  const [verb, noun] = pods.length === 1 ? ['has', 'a validator'] : ['have', 'validators'];
  return `${names} ${verb} ${noun}, but not as injection makes it: others decide what runs there`;
}

/** The same pods would come again as long as their template, or another webhook, makes them so. */
function forgedRemedy({ restarts }: BindingFacts, pods: readonly PodFacts[], namespace: string): string {
  if (pods.every(({ ending }) => ending)) return ENDING_REMEDY;
  const then = restarts.length > 0 ? `; ${few(restarts)}` : restart(pods, namespace);
  return `take what is named out of their template, or have the webhook that adds it leave out the sidecars${then}`;
}

function unprovenText(pods: readonly PodFacts[]): string {
  const names = namesOf(pods, ({ id, unproven }) => `${id} (${unproven})`);
  const has = pods.length === 1 ? 'has' : 'have';
  return `${names} ${has} sidecars that the control plane would make otherwise by now, and no webhook looks at pods of their namespace: whether an older version has made them, or somebody else, cannot be told`;
}

function unprovenRemedy(pods: readonly PodFacts[], namespace: string): string {
  if (pods.every(({ ending }) => ending)) return ENDING_REMEDY;
  return `apply their workload anew, made by portcullis inject of the control plane's version, with its images and its address; or run: kubectl label --overwrite namespace ${namespace} portcullis.dev/injection=enabled${restart(pods, namespace)}`;
}

function uncapturedText(pods: readonly PodFacts[]): string {
  const ports = [...new Set(pods.flatMap(({ uncaptured }) => uncaptured))].sort((a, b) => a - b);
  const names = namesOf(pods);
  const [noun, verb] = ports.length === 1 ? ['Port', 'is'] : ['Ports', 'are'];
  const made = pods.length === 1 ? 'which was made' : 'which were made';
  return `${noun} ${ports.join(', ')} ${verb} open in ${names}, ${made} before the binding guarded that`;
}

const ENDING_REMEDY = 'wait until the containers have ended: until then they can be called by their address';

function unguardedRemedy(facts: BindingFacts, unguarded: readonly PodFacts[], namespace: string): string {
  if (unguarded.every(({ ending }) => ending)) {
    return ENDING_REMEDY;
  }
  if (unguarded.every(({ refusal }) => refusal !== undefined)) {
    return 'change what keeps them from being guarded, or no longer target them';
  }
  return restartRemedy(facts, unguarded, namespace);
}

/** With rollout Automatic: how the restart stands, in place of the command. */
function restartRemedy({ restarts }: BindingFacts, pods: readonly PodFacts[], namespace: string): string {
  if (restarts.length > 0) return few(restarts);
  return `restart their workload${restart(pods, namespace).replace('; then run', '')}`;
}

const RESTARTABLE = /^(?:deployment|statefulset|daemonset)\//;

function restart(pods: readonly PodFacts[], namespace: string): string {
  const names = pods.flatMap(({ workload }) =>
    workload !== undefined && RESTARTABLE.test(workload) ? [workload] : [],
  );
  const [first] = [...new Set(names)].sort();
  if (first === undefined) return '';
  return `; then run: kubectl -n ${namespace} rollout restart ${few([...new Set(names)].sort())}`;
}

/** Once it runs it will be open. */
function waitingNote(facts: BindingFacts): readonly string[] {
  if (facts.gatewayValidators.length > 0) return [];
  const waiting = facts.pods.filter((pod) => !pod.started && !isGuarded(pod));
  if (waiting.length === 0) return [];
  const namespace = namespaceOf(facts.id);
  const names = namesOf(waiting);
  const would = waiting.length === 1 ? 'has not run yet, and would be' : 'have not run yet, and would be';
  return [`${names} ${would} open: ${restartRemedy(facts, waiting, namespace)}.`];
}

function notes(facts: BindingFacts): readonly string[] {
  const { pods, restarts } = facts;
  const renewal = restarts.length > 0 ? few(restarts) : 'restart the workload to renew them';
  const others = [...new Set(pods.flatMap(({ otherPorts }) => otherPorts))].sort();
  const dropped = [...new Set(pods.flatMap(({ droppedPorts }) => droppedPorts))].sort();
  const closed = [...new Set(pods.flatMap((pod) => pod.closed))].sort((a, b) => a - b).join(', ');
  const note = (chosen: readonly PodFacts[], text: string): readonly string[] =>
    chosen.length === 0 ? [] : [`${namesOf(chosen)} ${text}.`];
  return [
    ...waitingNote(facts),
    ...(others.length === 0 ? [] : [`Other ports pass untouched: ${few(others)}.`]),
    ...(dropped.length === 0 ? [] : [`Dropped, for no validator could judge it: ${few(dropped)}.`]),
    ...note(
      pods.filter(({ capture, validator }) => validator && capture === 'None'),
      'is guarded as far as its own Envoy, or the callers that a NetworkPolicy admits, ask the validator (capture None)',
    ),
    ...note(
      pods.filter(({ outdated, closed }) => outdated && closed.length === 0),
      `has sidecars of another version, or of other images or settings: ${renewal}`,
    ),
    ...note(
      pods.filter((pod) => pod.closed.length > 0),
      `answers 403 on ${closed}, which its sidecars have taken, and no binding guards any more: ${renewal}`,
    ),
  ];
}
