/** Follows FailedCreate Events, and reports each workload whose pods are refused to the policies until that is over. */

import type { OtherWorkloadKind, PodMaker } from '../../cluster/objects.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { createQueue, type WorkResult } from '../../kubernetes/queue.ts';
import type { PodRefusalChange } from '../../targets/refusals.ts';
import type { Targets } from '../../targets/targets.ts';
import { FAILED_CREATE, type FailedCreate, readFailedCreate } from './event.ts';
import { type FollowEventsParts, followEvents } from './follow-events.ts';
import { lookAt } from './look.ts';

export interface FailedCreatesParts extends FollowEventsParts {
  readonly client: Pick<KubernetesClient, 'list' | 'watch' | 'get'>;
  readonly targets: Pick<Targets, 'chooses'>;
  readonly put: (change: PodRefusalChange) => void;
  readonly onBug: (error: unknown) => void;
}

export interface FailedCreates {
  /** Withdraws what was reported. Resolves when no request is under way. */
  stop(): Promise<void>;
}

/**
 * Milliseconds for which an Event holds: controllers try again within 17 minutes, and renew it if that fails. So it is
 * over at the latest then, should nothing else show it.
 */
const LASTING = 20 * 60_000;
const SWEEP = 60_000;
/** Between two looks at a workload of a kind that is not followed. */
const LOOK_AGAIN = 30_000;
/** Workloads: who may create Events decides how many they are about. */
const MOST_OF_NAMESPACE = 50;
const MOST = 2000;

interface Noted extends FailedCreate {
  /** It has ended; an Event that is no newer says nothing. */
  readonly isOver: boolean;
  /** Pods that were there at the first look. */
  readonly present: number | undefined;
}

export function followFailedCreates(parts: FailedCreatesParts): FailedCreates {
  const { client, clock, random, targets, put, onProblem, onBug } = parts;
  /** By title, in each namespace. */
  const noted = new Map<string, Map<string, Noted>>();
  let count = 0;

  const find = (title: string): Noted | undefined => noted.get(namespaceIn(title))?.get(title);

  const set = (title: string, now: Noted): void => {
    const place = noted.get(now.namespace) ?? new Map<string, Noted>();
    noted.set(now.namespace, place);
    if (!place.has(title)) count += 1;
    place.set(title, now);
  };

  const forget = (title: string, { namespace }: Noted): void => {
    const place = noted.get(namespace);
    if (place?.delete(title) === true) count -= 1;
    if (place?.size === 0) noted.delete(namespace);
  };

  const note = (event: FailedCreate): void => {
    const title = titleOf(event);
    const known = find(title);
    if (known?.uid === event.uid && event.at <= known.at) return;
    if (clock.now() - event.at > LASTING) return;
    const isFull = count >= MOST || (noted.get(event.namespace)?.size ?? 0) >= MOST_OF_NAMESPACE;
    if (known === undefined && isFull) return;
    const isRepeated = known?.isOver === false && shapeOf(known.message) === shapeOf(event.message);
    const now = { ...event, message: isRepeated ? known.message : event.message };
    set(title, { ...now, isOver: false, present: undefined });
    if (isOther(now)) queue.add(title);
    else report(now, now.message);
  };

  const report = (
    { kind, namespace, name, uid }: FailedCreate,
    message: string | undefined,
    workload?: PodMaker,
  ): void =>
    put({
      kind: 'PodRefusal',
      of: { kind, id: `${namespace}/${name}`, uid },
      message,
      ...(workload !== undefined && { workload }),
    });

  const end = (title: string, of: Noted): void => {
    if (!of.isOver) report(of, undefined);
    set(title, { ...of, isOver: true });
  };

  const work = async (title: string, signal: AbortSignal): Promise<WorkResult> => {
    const before = find(title);
    if (before === undefined || before.isOver || !isOther(before)) return { kind: 'done' };
    const look = await lookAt(before, client, signal);
    if (look.kind === 'failed') {
      if (look.error.kind === 'Aborted') return { kind: 'done' };
      onProblem(look.error);
      return { kind: 'retry' };
    }
    const now = find(title);
    // A newer Event is in the queue already.
    if (now === undefined || now !== before) return { kind: 'done' };
    const workload = look.value;
    const words = workload && wordsOf(workload, now, clock.now());
    const isChosen = workload !== undefined && targets.chooses(now.namespace, workload.templateLabels);
    if (!isChosen || words === undefined) {
      end(title, now);
      return { kind: 'done' };
    }
    set(title, { ...now, present: Math.min(now.present ?? workload.present, workload.present) });
    report(now, words, workload);
    return { kind: 'after', milliseconds: LOOK_AGAIN };
  };

  const queue = createQueue<string>({
    work,
    clock,
    random,
    // A look has time: what it looks for lasts.
    concurrency: 1,
    onBug: (_, error) => onBug(error),
  });

  /** Of kinds that are followed nothing else looks again; of the others what ended long ago is forgotten. */
  const sweep = (): void => {
    const now = clock.now();
    for (const [title, one] of [...noted.values()].flatMap((place) => [...place])) {
      if (now - one.at <= LASTING) continue;
      if (isOther(one) && !one.isOver) continue;
      end(title, one);
      forget(title, one);
    }
    cancelSweep = clock.after(SWEEP, sweep);
  };
  let cancelSweep = clock.after(SWEEP, sweep);

  const endEvents = followEvents(parts, FAILED_CREATE, (raw) => {
    const event = readFailedCreate(raw);
    if (event !== undefined) note(event);
  });

  return {
    async stop() {
      cancelSweep();
      await Promise.all([queue.stop(), endEvents()]);
      for (const place of noted.values())
        for (const one of place.values()) if (!one.isOver) report(one, undefined);
    },
  };
}

const isOther = (event: FailedCreate): event is FailedCreate & { readonly kind: OtherWorkloadKind } =>
  event.kind !== 'StatefulSet' && event.kind !== 'DaemonSet';

/** Each try is for a pod of another name: nothing is said anew for that. */
const shapeOf = (message: string): string => message.replace(/"[^"]*"/, '""');

/** `Job shop/sync` */
const titleOf = ({ kind, namespace, name }: FailedCreate): string => `${kind} ${namespace}/${name}`;
const namespaceIn = (title: string): string => title.slice(title.indexOf(' ') + 1, title.indexOf('/'));

/** By its own condition; else by the Event, until its pods are there, or one more is than before. */
function wordsOf(
  { refusal, isShort, present }: PodMaker,
  { message, at, present: before = present }: Noted,
  now: number,
): string | undefined {
  if (refusal !== undefined) return refusal;
  return isShort && present <= before && now - at <= LASTING ? message : undefined;
}
