/** Rollout Automatic: workloads restarted whose pods are not guarded as they would be now. Few at a time, each once. */

import type { Clock } from '../../base/clock.ts';
import type { EventRecorder } from '../../kubernetes/events.ts';
import { createQueue, type WorkResult } from '../../kubernetes/queue.ts';
import { createRecent } from '../../kubernetes/recent.ts';
import type { Policies } from '../../planning/policies.ts';
import { API_VERSION } from '../../resources/typed.ts';
import { createSlots } from './slots.ts';
import { type RolloutStep, type StepParts, step } from './step.ts';
import { titleOf, type Wish, type Wishes, type WorkloadReference, wishesOf } from './wishes.ts';
import { type RestartState, restartText } from './words.ts';

export interface RolloutsParts
  extends Pick<StepParts, 'client' | 'reading' | 'settings' | 'webhookConfiguration' | 'mayWrite'> {
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly policies: Pick<Policies, 'store' | 'targets' | 'binding' | 'gatewaysOf'>;
  readonly events: Pick<EventRecorder, 'record'>;
  /** `texts` of these bindings are others than before. */
  readonly onTexts: (bindings: Iterable<string>) => void;
  readonly onReconciled: (result: string, milliseconds: number) => void;
  readonly onProblem: (workload: string, problem: string) => void;
  readonly onBug: (error: unknown) => void;
}

export interface Rollouts {
  /** These, or their pods, may be others than before. */
  bindings(ids: Iterable<string>): void;
  /** This workload is another than before. */
  workload(reference: WorkloadReference): void;
  /** How each workload stands that the binding wants to have restarted. */
  texts(binding: string): readonly string[];
  /** For good; over when no restart is under way. */
  stop(): Promise<void>;
}

/** Milliseconds after a change: what is applied with it, such as a Deployment that is renewed anyway, comes first. */
const SETTLING = 5000;
/** Until the next look where nothing says that anything has changed. */
const LOOK_AGAIN = { planned: 2000, restarting: 30_000, busy: 30_000, held: 300_000 } as const;
/** Changes of a workload in this time are looked at together. */
const CALM = 1000;
/** Workloads of which it is remembered what they were restarted for, for the case that the annotation is removed. */
const REMEMBERED = 10_000;

export function createRollouts(parts: RolloutsParts): Rollouts {
  const { clock, random, policies, onTexts, settings } = parts;
  const wishes = new Map<string, Wishes>();
  const states = new Map<string, RestartState>();
  const slots = createSlots(clock.monotonic);
  const restartedFor = createRecent<{ stamp: string }>(REMEMBERED);

  const bindingsOf = (title: string): readonly string[] =>
    [...wishes].flatMap(([id, wished]) => (wished.has(title) ? [id] : [])).sort();

  /** True where it is another state than before. */
  const stand = (title: string, state: RestartState | undefined): boolean => {
    const before = states.get(title);
    if (state === undefined) states.delete(title);
    else states.set(title, state);
    const isNew = JSON.stringify(before) !== JSON.stringify(state);
    if (isNew) onTexts(bindingsOf(title));
    return isNew;
  };

  const stampOf = (uid: string) => restartedFor.touch(uid, () => ({ stamp: '' }));
  const stepParts = { ...parts, now: clock.now, restartedFor: (uid: string) => stampOf(uid).stamp };

  const work = async (title: string, signal: AbortSignal): Promise<WorkResult> => {
    const bindings = bindingsOf(title);
    const wish = unite(bindings.flatMap((id) => wishes.get(id)?.get(title) ?? []));
    if (wish === undefined || !parts.mayWrite()) {
      slots.free(title);
      stand(title, undefined);
      return { kind: 'done' };
    }
    // What has begun is looked at all the same. Of those that wait, nothing need be known before.
    if (!slots.isUnderWay(title) && !slots.take(wish.workload)) {
      if (!states.has(title)) stand(title, PLANNED);
      return { kind: 'after', milliseconds: LOOK_AGAIN.planned };
    }
    const result = await step(wish, { ...stepParts, signal });
    return resultOf(title, wish, bindings, result);
  };

  const resultOf = (
    title: string,
    wish: Wish,
    bindings: readonly string[],
    result: RolloutStep,
  ): WorkResult => {
    switch (result.kind) {
      case 'gone':
        // The cache gets the change soon.
        slots.free(title);
        return { kind: 'after', milliseconds: SETTLING };
      case 'failed':
        if (result.error.kind === 'Aborted') return { kind: 'done' };
        parts.onProblem(title, result.error.message);
        return { kind: 'retry', afterMilliseconds: (result.error.retryAfter ?? 0) * 1000 };
      case 'restarted':
        stampOf(result.uid).stamp = result.stamp;
        slots.begin(wish.workload);
        stand(title, { kind: 'restarting' });
        record(wish.workload, result.uid, bindings);
        return { kind: 'after', milliseconds: LOOK_AGAIN.restarting };
      case 'stands': {
        const state = slots.isUnderWay(title) && result.state.kind === 'busy' ? RESTARTING : result.state;
        if (state.kind !== 'restarting') slots.free(title);
        const isNew = stand(title, state);
        if (state.kind === 'held' && isNew) warn(bindings, restartText(title, state));
        return { kind: 'after', milliseconds: LOOK_AGAIN[state.kind] };
      }
    }
  };

  const regardBinding = (id: string) => {
    const metadata = policies.store.get('ApiBinding', id)?.metadata;
    if (metadata === undefined) return undefined;
    const { namespace, name, uid } = metadata;
    return { apiVersion: API_VERSION, kind: 'ApiBinding', namespace, name, uid };
  };

  const record = (workload: WorkloadReference, uid: string, bindings: readonly string[]): void => {
    const note = `Restarted ${titleOf(workload)}, so that its pods get the sidecars that ApiBinding ${bindings.join(', ')} asks for (rollout: Automatic).`;
    const common = { type: 'Normal', reason: 'Restarted', action: 'Restart', note, isChange: true } as const;
    parts.events.record({ ...common, regarding: { apiVersion: 'apps/v1', ...workload, uid } });
    for (const id of bindings) {
      const regarding = regardBinding(id);
      if (regarding !== undefined) parts.events.record({ ...common, regarding });
    }
  };

  const warn = (bindings: readonly string[], text: string): void => {
    for (const id of bindings) {
      const regarding = regardBinding(id);
      if (regarding === undefined) continue;
      const note = `${text}.`;
      parts.events.record({ regarding, type: 'Warning', reason: 'NotRestarted', action: 'Restart', note });
    }
  };

  const queue = createQueue<string>({
    work,
    clock,
    random,
    // So each sees what the one before has begun.
    concurrency: 1,
    onResult: (_, result, milliseconds) => parts.onReconciled(result, milliseconds),
    onBug: (_, error) => parts.onBug(error),
  });

  const look = (id: string): void => {
    const before = wishes.get(id);
    const now = wishesOf(id, policies, settings);
    if (now.size === 0) wishes.delete(id);
    else wishes.set(id, now);
    for (const title of now.keys()) {
      if (!states.has(title)) states.set(title, PLANNED);
      queue.addAfter(title, SETTLING);
    }
    for (const title of before?.keys() ?? []) if (!now.has(title)) queue.addAfter(title, CALM);
  };

  return {
    bindings(ids) {
      for (const id of ids) look(id);
    },
    workload(reference) {
      const title = titleOf(reference);
      if (states.has(title)) queue.addAfter(title, CALM);
    },
    texts: (binding) =>
      [...(wishes.get(binding)?.keys() ?? [])].map((title) =>
        restartText(title, states.get(title) ?? PLANNED),
      ),
    stop: queue.stop,
  };
}

const PLANNED: RestartState = { kind: 'planned' };
const RESTARTING: RestartState = { kind: 'restarting' };

/** Of one workload, by several bindings. */
function unite(wishes: readonly Wish[]): Wish | undefined {
  const [first] = wishes;
  if (first === undefined) return undefined;
  const pods = new Map(wishes.flatMap((wish) => wish.pods.map((pod) => [pod.uid, pod])));
  return { workload: first.workload, pods: [...pods.values()] };
}
