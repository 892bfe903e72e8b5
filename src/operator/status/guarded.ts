/** The condition Guarded: whether every targeted pod has its validator, and every guarded port is captured. */

import type { BindingFacts } from './binding-facts.ts';
import type { Finding } from './conditions.ts';
import type { PodFacts } from './pod-facts.ts';
import type { BINDING_CONDITIONS } from './reasons.ts';
import { count, few } from './texts.ts';

type GuardedFinding = Finding<'Guarded'> & {
  readonly reason: keyof (typeof BINDING_CONDITIONS)['Guarded']['reasons'];
};

/** Behind a gateway with validators a pod needs none of its own; whoever reaches it directly gets past them. */
export function unguardedPods({ pods, gatewayValidators }: BindingFacts): readonly PodFacts[] {
  return gatewayValidators.length > 0 ? [] : pods.filter((pod) => pod.started && !isGuarded(pod));
}

const isGuarded = ({ validator, uncaptured }: PodFacts): boolean => validator && uncaptured.length === 0;

export function guardedCondition(facts: BindingFacts): GuardedFinding {
  const { targets, injectionEnabled, gatewayValidators } = facts;
  // What has never run answers nobody: no door is open there yet.
  const pods = facts.pods.filter((pod) => pod.started || isGuarded(pod));
  const type = 'Guarded';
  const namespace = facts.id.slice(0, facts.id.indexOf('/'));
  const unguarded = unguardedPods(facts);
  const isEnabled = injectionEnabled || gatewayValidators.length > 0;
  if (!isEnabled && (unguarded.length > 0 || pods.length === 0)) {
    const message = `Pods of ${targets} get no validator, because injection is not enabled in their namespace; run: kubectl label --overwrite namespace ${namespace} portcullis.dev/injection=enabled${restart(unguarded, namespace)}`;
    return { type, status: 'False', reason: 'InjectionDisabled', message };
  }
  const bare = unguarded.filter(({ validator }) => !validator);
  if (bare.length > 0) {
    const message = `${unguardedText(bare, pods.length)}; ${unguardedRemedy(facts, bare, namespace)}`;
    return { type, status: 'False', reason: 'PodsUnguarded', message };
  }
  if (unguarded.length > 0) {
    const message = `${uncapturedText(unguarded)}; ${restartRemedy(facts, unguarded, namespace)}`;
    return { type, status: 'False', reason: 'PortsUncaptured', message };
  }
  const isBehindGateway = pods.length === 0 || !pods.every(isGuarded);
  if (isBehindGateway && facts.neverAsked.length > 0) {
    const names = few(facts.neverAsked, 'Gateway', 'Gateways');
    const message = `No request has come to the validators of ${names} so far; send one through it to a host of the binding, and if that changes nothing within 15 s, have the gateway ask them (portcullis envoy-config --for istio|envoy-gateway|envoy)`;
    return { type, status: 'False', reason: 'NeverAsked', message };
  }
  const running = pods.filter(({ started }) => started);
  const unasked = running.filter(hasNobodyToAsk);
  if (unasked.length > 0) {
    const [verb, its] = unasked.length === 1 ? ['has', 'its'] : ['have', 'their'];
    const message = `${few(
      unasked.map(({ id }) => id),
      'Pod',
      'Pods',
    )} ${verb} capture None, and no Envoy that could ask ${its} validator: no container istio-proxy, and none with envoy in its name or image; use capture Redirect, run one, or, if a gateway asks, let a NetworkPolicy admit that alone`;
    return { type, status: 'False', reason: 'BypassPossible', message };
  }
  const bypassed = running.filter(isBypassable);
  if (bypassed.length > 0) {
    const message = `${few(
      bypassed.map(({ id }) => id),
      'Pod',
      'Pods',
    )} can be reached past the validator; add a NetworkPolicy that closes the bare ports, or use capture Redirect`;
    return { type, status: 'False', reason: 'BypassPossible', message };
  }
  if (facts.foreign.length > 0) {
    const message = `Requests go to what the binding does not guard: ${few(facts.foreign)}; guard it by a binding in its own namespace and take it out of the route, or have each gateway of the route ask validators`;
    return { type, status: 'False', reason: 'RouteHasForeignBackend', message };
  }
  if (facts.refused.length > 0) {
    const message = `The API server refuses pods of ${few(facts.refused)}`;
    return { type, status: 'False', reason: 'PodsRefused', message };
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

/** Anybody who writes the pod can set capture None: without an Envoy beside it nothing that is seen here asks. */
const hasNobodyToAsk = ({ validator, capture, ownEnvoy, portsClosed }: PodFacts): boolean =>
  validator && capture === 'None' && !ownEnvoy && !portsClosed;

/** Capture Redirect alone leaves no way around; capture None is in the hands of whoever runs that Envoy. */
function isBypassable({ validator, uncaptured, capture, portsClosed }: PodFacts): boolean {
  return !portsClosed && (!validator || uncaptured.length > 0 || capture === 'NamedPort');
}

function unguardedText(unguarded: readonly PodFacts[], total: number): string {
  const refusals = unguarded.flatMap(({ id, refusal }) =>
    refusal === undefined ? [] : [`${id}: ${refusal}`],
  );
  const names = few(
    unguarded.map(({ id, ending }) => (ending ? `${id} (being deleted)` : id)),
    'Pod',
    'Pods',
  );
  const why = refusals.length === 0 ? '' : ` (${few(refusals)})`;
  const verb = unguarded.length === 1 ? 'has' : 'have';
  return `${unguarded.length} of ${count(total, 'pod')} ${verb} no validator: ${names}${why}`;
}

function uncapturedText(pods: readonly PodFacts[]): string {
  const ports = [...new Set(pods.flatMap(({ uncaptured }) => uncaptured))].sort((a, b) => a - b);
  const names = few(
    pods.map(({ id }) => id),
    'Pod',
    'Pods',
  );
  const [noun, verb] = ports.length === 1 ? ['Port', 'is'] : ['Ports', 'are'];
  const made = pods.length === 1 ? 'which was made' : 'which were made';
  return `${noun} ${ports.join(', ')} ${verb} open in ${names}, ${made} before the binding guarded that`;
}

function unguardedRemedy(facts: BindingFacts, unguarded: readonly PodFacts[], namespace: string): string {
  if (unguarded.every(({ ending }) => ending)) {
    return 'wait until the containers have ended: until then they can be called by their address';
  }
  if (unguarded.every(({ refusal }) => refusal !== undefined)) {
    return 'change what keeps them from being guarded, or no longer target them';
  }
  return restartRemedy(facts, unguarded, namespace);
}

/** Whoever has left it to the control plane is told how that stands. */
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
  const [namespace = ''] = facts.id.split('/');
  const names = few(
    waiting.map(({ id }) => id),
    'Pod',
    'Pods',
  );
  const would = waiting.length === 1 ? 'has not run yet, and would be' : 'have not run yet, and would be';
  return [`${names} ${would} open: ${restartRemedy(facts, waiting, namespace)}.`];
}

function notes(facts: BindingFacts): readonly string[] {
  const { pods, restarts } = facts;
  const renewal = restarts.length > 0 ? few(restarts) : 'restart the workload to renew them';
  const others = [...new Set(pods.flatMap(({ otherPorts }) => otherPorts))].sort();
  const dropped = [...new Set(pods.flatMap(({ droppedPorts }) => droppedPorts))].sort();
  const closed = [...new Set(pods.flatMap((pod) => pod.closed))].sort((a, b) => a - b).join(', ');
  const names = (chosen: readonly PodFacts[]): string =>
    few(
      chosen.map(({ id }) => id),
      'Pod',
      'Pods',
    );
  const note = (chosen: readonly PodFacts[], text: string): readonly string[] =>
    chosen.length === 0 ? [] : [`${names(chosen)} ${text}.`];
  return [
    ...waitingNote(facts),
    ...(others.length === 0 ? [] : [`Other ports pass untouched: ${few(others)}.`]),
    ...(dropped.length === 0 ? [] : [`Dropped, for no validator could judge it: ${few(dropped)}.`]),
    ...note(
      pods.filter(({ capture, validator }) => validator && capture === 'None'),
      'is guarded as far as its own Envoy, or whoever a NetworkPolicy admits, asks the validator (capture None)',
    ),
    ...note(
      pods.filter(({ outdated, closed }) => outdated && closed.length === 0),
      `has sidecars of another version, or of other images: ${renewal}`,
    ),
    ...note(
      pods.filter((pod) => pod.closed.length > 0),
      `answers 403 on ${closed}, which its sidecars have taken, and no binding guards any more: ${renewal}`,
    ),
  ];
}
