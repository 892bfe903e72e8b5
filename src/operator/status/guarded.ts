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
  return gatewayValidators.length > 0 ? [] : pods.filter(({ validator }) => !validator);
}

export function guardedCondition(facts: BindingFacts): GuardedFinding {
  const { pods, targets, injectionEnabled, gatewayValidators } = facts;
  const type = 'Guarded';
  const namespace = facts.id.slice(0, facts.id.indexOf('/'));
  const unguarded = unguardedPods(facts);
  const isEnabled = injectionEnabled || gatewayValidators.length > 0;
  if (!isEnabled && (unguarded.length > 0 || pods.length === 0)) {
    const message = `Pods of ${targets} get no validator, because injection is not enabled in their namespace; run: kubectl label namespace ${namespace} portcullis.dev/injection=enabled${restart(unguarded, namespace)}`;
    return { type, status: 'False', reason: 'InjectionDisabled', message };
  }
  if (unguarded.length > 0) {
    const message = `${unguardedText(unguarded, pods.length)}; ${unguardedRemedy(facts, unguarded, namespace)}`;
    return { type, status: 'False', reason: 'PodsUnguarded', message };
  }
  const bypassed = pods.filter(isBypassable);
  if (bypassed.length > 0) {
    const message = `${few(
      bypassed.map(({ id }) => id),
      'Pod',
      'Pods',
    )} can be reached past the validator; add a NetworkPolicy that closes the bare ports, or use capture Redirect`;
    return { type, status: 'False', reason: 'BypassPossible', message };
  }
  if (pods.length === 0) {
    const message = `No pod of ${targets} is there; those to come will be guarded.`;
    return { type, status: 'True', reason: 'NoPods', message };
  }
  const message = [`Every pod of ${targets} (${pods.length}) is guarded.`, ...notes(pods)].join(' ');
  return { type, status: 'True', reason: 'Guarded', message };
}

/** Capture Redirect alone leaves no way around; capture None is in the hands of whoever runs that Envoy. */
function isBypassable({ validator, capture, portsClosed }: PodFacts): boolean {
  return !portsClosed && (!validator || capture === 'NamedPort');
}

function unguardedText(unguarded: readonly PodFacts[], total: number): string {
  const refusals = unguarded.flatMap(({ id, refusal }) =>
    refusal === undefined ? [] : [`${id}: ${refusal}`],
  );
  const names = few(
    unguarded.map(({ id }) => id),
    'Pod',
    'Pods',
  );
  const why = refusals.length === 0 ? '' : ` (${few(refusals)})`;
  const verb = unguarded.length === 1 ? 'has' : 'have';
  return `${unguarded.length} of ${count(total, 'pod')} ${verb} no validator: ${names}${why}`;
}

function unguardedRemedy(facts: BindingFacts, unguarded: readonly PodFacts[], namespace: string): string {
  if (unguarded.every(({ refusal }) => refusal !== undefined)) {
    return 'change what keeps them from being guarded, or no longer target them';
  }
  if (facts.rollout === 'Automatic')
    return 'their workload is restarted by the control plane (rollout: Automatic)';
  return `restart their workload${restart(unguarded, namespace).replace('; then run', '')}`;
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

function notes(pods: readonly PodFacts[]): readonly string[] {
  const others = [...new Set(pods.flatMap(({ otherPorts }) => otherPorts))].sort();
  const own = pods.filter(({ capture }) => capture === 'None').map(({ id }) => id);
  const outdated = pods.filter((pod) => pod.outdated).map(({ id }) => id);
  return [
    ...(others.length === 0 ? [] : [`Other ports pass untouched: ${few(others)}.`]),
    ...(own.length === 0
      ? []
      : [`${few(own, 'Pod', 'Pods')} captures by an Envoy of its own (capture None).`]),
    ...(outdated.length === 0
      ? []
      : [
          `${few(outdated, 'Pod', 'Pods')} has sidecars of another version: restart the workload to renew them.`,
        ]),
  ];
}
