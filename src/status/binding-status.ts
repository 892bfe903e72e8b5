/** The status of an ApiBinding, from facts. */

import type { ApiBindingStatus } from '../resources/types.gen.ts';
import type { BindingFacts } from './binding-facts.ts';
import { type ConditionNow, readyFrom, sentence, stalledFrom, withTimes } from './conditions.ts';
import { guardedCondition, unguardedPods } from './guarded.ts';
import type { PodFacts } from './pod-facts.ts';
import type { BINDING_CONDITIONS } from './reasons.ts';
import { count, few, time } from './texts.ts';
import { guardedOrTried, TRIED, triedMessage } from './trials.ts';

type Reason<T extends keyof typeof BINDING_CONDITIONS> = keyof (typeof BINDING_CONDITIONS)[T]['reasons'];

export function bindingStatus(facts: BindingFacts): ApiBindingStatus {
  const { generation, outcome, pods, before, now } = facts;
  const ready = [...pods, ...facts.gatewayValidators].filter(
    (pod) => pod.ready && !isBehindGateway(facts, pod),
  );
  const current = ready.filter(isCurrent).length;
  return {
    observedGeneration: generation,
    sourceCount: outcome.sources.length,
    validators: { current, total: ready.length, summary: `${current}/${ready.length}` },
    podsUnguarded: unguardedPods(facts).length,
    podsOutdated: pods.filter(({ outdated }) => outdated).length,
    ...(facts.trial !== undefined && { trial: facts.trial }),
    conditions: withTimes(conditionsOf(facts), before?.conditions, generation, time(now)),
  };
}

const isBehindGateway = ({ gatewayValidators }: BindingFacts, { validator }: PodFacts): boolean =>
  gatewayValidators.length > 0 && !validator;

/** What a validator has rejected it does not enforce, whatever it says it holds. */
const isCurrent = ({ validator, expected, acknowledged, rejected }: PodFacts): boolean =>
  validator && expected !== undefined && acknowledged === expected && rejected?.version !== expected;

/** One that is not ready is called by its address all the same; what starts has said nothing yet, and refuses. */
const isBehind = (pod: PodFacts): boolean =>
  pod.ready ? !isCurrent(pod) : pod.acknowledged !== undefined && !isCurrent(pod);

function conditionsOf(facts: BindingFacts): readonly ConditionNow[] {
  const { acceptance } = facts.outcome;
  const accepted = acceptedCondition(facts);
  const guarded = guardedOrTried(facts, guardedCondition(facts));
  const parts = [accepted, sourcesCondition(facts), guarded, programmedCondition(facts)];
  const awaited = parts.filter(({ reason }) => reason !== TRIED);
  return [
    readyFrom(awaited, readyMessage(facts, guarded.message)),
    ...parts,
    ...stalledFrom(acceptance.kind === 'refused' && acceptance.stalled, accepted.message),
  ];
}

function readyMessage(facts: BindingFacts, guarded: string): string {
  const { id, mode } = facts;
  switch (mode) {
    case 'Enforce':
      return guarded;
    case 'Audit':
      return `ApiBinding ${id} has mode Audit: what it would deny is counted and logged, and let through. ${guarded}`;
    case 'Trial':
      return triedMessage(facts);
    case 'Disabled':
      return `ApiBinding ${id} has mode Disabled: every request is let through. ${guarded}`;
  }
}

function acceptedCondition({ id, outcome: { acceptance } }: BindingFacts): ConditionNow {
  const type = 'Accepted';
  if (acceptance.kind === 'accepted') {
    return { type, status: 'True', reason: 'Accepted', message: `ApiBinding ${id} can be used.` };
  }
  const message = `ApiBinding ${id}: ${sentence(acceptance.message)}`;
  return { type, status: 'False', reason: acceptance.reason, message };
}

function sourcesCondition({
  id,
  outcome,
  sourcesNotReady,
}: BindingFacts): ConditionNow & { readonly reason: Reason<'SourcesResolved'> } {
  const type = 'SourcesResolved';
  const [namespace = ''] = id.split('/');
  if (outcome.sourcesNotPermitted.length > 0) {
    const names = few(outcome.sourcesNotPermitted, 'AuthenticationSource', 'AuthenticationSources');
    const message = `${names}: not there, or not permitting the namespace ${namespace}; create it, correct name and namespace, or let its allowedNamespaces permit ${namespace}.`;
    return { type, status: 'False', reason: 'SourceNotPermitted', message };
  }
  if (sourcesNotReady.length > 0) {
    const names = few(
      sourcesNotReady.map((source) => `${source.id} (${source.reason})`),
      'AuthenticationSource',
      'AuthenticationSources',
    );
    const its = sourcesNotReady.length === 1 ? 'its' : 'their';
    const rest =
      outcome.sources.length > sourcesNotReady.length
        ? 'The other sources keep working.'
        : 'No other source is left: requests that need a token are refused.';
    const message = `${names}: not ready; see ${its} status. ${rest}`;
    return { type, status: 'False', reason: 'SourceNotReady', message };
  }
  const message = `${count(outcome.sources.length, 'source')} can be used.`;
  return { type, status: 'True', reason: 'SourcesResolved', message };
}

/** Secrets can mostly not be read by the control plane: only the kubelet knows which one is missing. */
function tlsNote({ tlsObjects, pods }: BindingFacts): string {
  const waiting = pods.filter(({ validator, started, ending }) => validator && !started && !ending);
  const lacking = waiting.filter(({ missing }) => missing.length > 0);
  if (lacking.length > 0) {
    const missing = [...new Set(lacking.flatMap((pod) => pod.missing))];
    const verb = lacking.length === 1 ? 'waits' : 'wait';
    return ` ${namesOf(lacking)} ${verb} for ${missing.slice(0, MOST_MISSING).join('; and for ')}. Create what is missing: pods that wait for it go on by themselves.`;
  }
  if (tlsObjects.length === 0 || waiting.length === 0) return '';
  return ` ${namesOf(waiting)} ${waiting.length === 1 ? 'has' : 'have'} not started; none does without ${few(tlsObjects)}, which spec.ports names: see which is there, and the pod's Events.`;
}

const namesOf = (pods: readonly PodFacts[]): string =>
  few(
    pods.map(({ id }) => id),
    'Pod',
    'Pods',
  );

/** Objects and keys: the others are named once these are there. */
const MOST_MISSING = 5;

/** Pods without a validator are Guarded's business. */
function programmedCondition(facts: BindingFacts): ConditionNow & { readonly reason: Reason<'Programmed'> } {
  const type = 'Programmed';
  const validators = [...facts.pods, ...facts.gatewayValidators].filter(({ validator }) => validator);
  const ready = validators.filter((pod) => pod.ready);
  if (validators.length === 0) {
    const message = `No pod of ${facts.targets} has a validator.`;
    return { type, status: 'True', reason: 'NoPods', message };
  }
  const rejected = validators.flatMap(({ id, expected, rejected }) =>
    rejected !== undefined && rejected.version === expected ? [`${id}: ${rejected.reason}`] : [],
  );
  if (rejected.length > 0) {
    const message = `${count(rejected.length, 'validator')} cannot apply the policy: ${few(rejected)}; restart the workload, so that it gets sidecars of the present version.`;
    return { type, status: 'False', reason: 'Rejected', message };
  }
  const staying = validators.filter(({ ending }) => !ending).length;
  if (ready.length === 0 && staying > 0) {
    const message = `0 of ${count(staying, 'pod')} of ${facts.targets} ${staying === 1 ? 'is' : 'are'} ready; see why with kubectl describe, and in the log of portcullis-validator.${tlsNote(facts)}`;
    return { type, status: 'False', reason: 'NoReadyPods', message };
  }
  const behind = validators.filter(isBehind).map(({ id }) => id);
  const current = validators.filter(isCurrent).length;
  if (behind.length > 0) {
    const message = `${count(behind.length, 'validator')} of ${behind.length + current} still to acknowledge the policy: ${few(behind)}; if it stays so, see their logs.`;
    return { type, status: 'False', reason: 'Pending', message };
  }
  const message = `Every validator (${current}) enforces this version.${tlsNote(facts)}`;
  return { type, status: 'True', reason: 'Programmed', message };
}
