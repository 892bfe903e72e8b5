/** Pods that cannot start because a Secret or ConfigMap with certificates is missing, by the Events of their kubelets. */

import type { JsonObject } from '../base/json.ts';
import { objectAt } from '../base/members.ts';
import { namespaceOf } from '../base/object-id.ts';
import { filledTextAt } from '../cluster/read.ts';
import { readUnmounted, type Unmounted } from '../status/unmounted.ts';
import { eventTime } from './refused/event.ts';
import { type FollowEventsParts, followEvents } from './refused/follow-events.ts';

export interface UnmountedPodsParts extends FollowEventsParts {
  /** What is missing for this pod, namespace/name, has changed. */
  readonly onChange: (pod: string) => void;
}

export interface UnmountedPods {
  /** Undefined where nothing is known to be missing for the pod of this name and uid. */
  of(pod: string, uid: string): Unmounted | undefined;
  stop(): Promise<void>;
}

/** Of all Events, the API server sends those alone. */
const FAILED_MOUNT = 'reason=FailedMount';
/** Milliseconds for which an Event holds: while a mount fails, the kubelet repeats it every few minutes. */
const LASTING = 20 * 60_000;
const SWEEP = 60_000;
/** Pods: who may create Events decides how many they are about. */
const MOST_OF_NAMESPACE = 50;
const MOST = 2000;

interface Noted {
  readonly pod: string;
  readonly uid: string;
  readonly unmounted: Unmounted;
  /** Unix milliseconds. */
  readonly at: number;
}

export function followUnmountedPods(parts: UnmountedPodsParts): UnmountedPods {
  const { clock, onChange } = parts;
  /** By namespace, then by name. */
  const noted = new Map<string, Map<string, Noted>>();
  let count = 0;

  const find = (pod: string): Noted | undefined => noted.get(namespaceOf(pod))?.get(pod);

  const note = (now: Noted): void => {
    const known = find(now.pod);
    if ((known !== undefined && now.at < known.at) || clock.now() - now.at > LASTING) return;
    const place = noted.get(namespaceOf(now.pod)) ?? new Map<string, Noted>();
    if (known === undefined) {
      if (count >= MOST || place.size >= MOST_OF_NAMESPACE) return;
      count += 1;
    }
    noted.set(namespaceOf(now.pod), place);
    place.set(now.pod, now);
    if (known?.uid !== now.uid || JSON.stringify(known.unmounted) !== JSON.stringify(now.unmounted)) {
      onChange(now.pod);
    }
  };

  const sweep = (): void => {
    const now = clock.now();
    for (const [namespace, place] of noted) {
      for (const { pod, at } of place.values()) {
        if (now - at <= LASTING) continue;
        place.delete(pod);
        count -= 1;
        onChange(pod);
      }
      if (place.size === 0) noted.delete(namespace);
    }
    cancelSweep = clock.after(SWEEP, sweep);
  };
  let cancelSweep = clock.after(SWEEP, sweep);

  const endEvents = followEvents(parts, FAILED_MOUNT, (raw) => {
    const event = readFailedMount(raw);
    if (event !== undefined) note(event);
  });

  return {
    of(pod, uid) {
      const known = find(pod);
      return known?.uid === uid ? known.unmounted : undefined;
    },
    async stop() {
      cancelSweep();
      await endEvents();
    },
  };
}

function readFailedMount(event: JsonObject): Noted | undefined {
  const namespace = filledTextAt(objectAt(event.metadata).namespace);
  const regarding = objectAt(event.regarding);
  const [name, uid, note] = [
    filledTextAt(regarding.name),
    filledTextAt(regarding.uid),
    filledTextAt(event.note),
  ];
  if (event.reason !== 'FailedMount' || regarding.kind !== 'Pod') return undefined;
  if (namespace === undefined || regarding.namespace !== namespace) return undefined;
  if (name === undefined || uid === undefined || note === undefined) return undefined;
  const unmounted = readUnmounted(note);
  return unmounted && { pod: `${namespace}/${name}`, uid, unmounted, at: eventTime(event) };
}
