/** Records an Event where Ready changes. What passes by itself in an object's first minute is no Warning, unless it stays. */

import type { Clock } from '../base/clock.ts';
import type { Meta } from '../cluster/objects.ts';
import type { EventRecorder } from '../kubernetes/events.ts';
import { apiVersionOf } from '../kubernetes/resource.ts';
import type { Condition } from '../resources/types.gen.ts';
import { RESOURCES } from './resources.ts';

type Ours = 'AuthenticationSource' | 'ApiBinding';

export interface ReadyEvents {
  /**
   * Records an Event where `is` says something new. `before` is the Ready of the status that is stored. Returns the
   * milliseconds after which the status is to be looked at again, if it may become a Warning by then.
   */
  record(
    kind: Ours,
    meta: Meta,
    before: Condition | undefined,
    is: Condition | undefined,
  ): number | undefined;
  forget(kind: Ours, id: string): void;
}

export interface ReadyEventsParts {
  readonly events: Pick<EventRecorder, 'record'>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Milliseconds. A provider that starts together with its source, or a pod with its binding, is there by then. */
const STARTING = 60_000;
/** What others, which are applied together with an object, may still have to bring. */
const PASSING: ReadonlySet<string> = new Set([
  'Pending',
  'SourceNotReady',
  'CABundleNotFound',
  'SecretNotFound',
  'NoReadyPods',
  'UnknownHost',
  'RequestTimeout',
  'RemoteHostRespondedWithError',
]);

interface LastEvent {
  readonly uid: string;
  /** Until when it starts, on the monotonic clock; 0 = it was ready once, or is not new. */
  readonly startsUntil: number;
  /** Type, status and reason. */
  readonly content: string;
}

export function createReadyEvents({ events, clock }: ReadyEventsParts): ReadyEvents {
  /** Of each object, which the cache may not know yet. */
  const lastEvents = new Map<string, LastEvent>();

  return {
    record(kind, { namespace, name, uid }, before, is) {
      // The schema's default status was not written by a controller: no Event.
      if (is === undefined || is.status === 'Unknown') return undefined;
      const key = `${kind} ${namespace}/${name}`;
      const now = clock.monotonic();
      const known = lastEvents.get(key);
      const last = known?.uid === uid ? known : firstOf(uid, before, now);
      const isReady = is.status === 'True';
      const startsUntil = isReady ? 0 : last.startsUntil;
      const isPassing = PASSING.has(is.reason) && now < startsUntil;
      const type = isReady || isPassing ? 'Normal' : 'Warning';
      const content = contentOf(type, is);
      lastEvents.set(key, { uid, startsUntil, content });
      if (last.content !== content) {
        events.record({
          regarding: { apiVersion: apiVersionOf(RESOURCES[kind]), kind, namespace, name, uid },
          type,
          reason: is.reason,
          action: 'Reconcile',
          note: is.message,
          isChange: true,
        });
      }
      return isPassing ? startsUntil - now : undefined;
    },
    forget: (kind, id) => void lastEvents.delete(`${kind} ${id}`),
  };
}

/** Of an object for which this process has recorded no Event yet. */
function firstOf(uid: string, before: Condition | undefined, now: number): LastEvent {
  if (before === undefined || before.status === 'Unknown') {
    return { uid, startsUntil: now + STARTING, content: '' };
  }
  return { uid, startsUntil: 0, content: contentOf(before.status === 'True' ? 'Normal' : 'Warning', before) };
}

const contentOf = (type: string, { status, reason }: Condition): string => `${type} ${status} ${reason}`;
