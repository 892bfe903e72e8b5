/** An Event where Ready changes. What passes by itself in an object's first minute is no Warning, unless it stays. */

import type { Clock } from '../base/clock.ts';
import type { Meta } from '../cluster/objects.ts';
import type { EventRecorder } from '../kubernetes/events.ts';
import { apiVersionOf } from '../kubernetes/resource.ts';
import type { Condition } from '../resources/types.gen.ts';
import { RESOURCES } from './resources.ts';

type Ours = 'AuthenticationSource' | 'ApiBinding';

export interface ReadyEvents {
  /**
   * @param before the Ready of the status that is stored.
   * @returns the milliseconds after which it is to be said again.
   */
  tell(kind: Ours, meta: Meta, before: Condition | undefined, is: Condition | undefined): number | undefined;
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

interface Told {
  readonly uid: string;
  /** Until when it starts, on the monotonic clock; 0 = it was ready once, or is not new. */
  readonly startsUntil: number;
  readonly word: string;
}

export function createReadyEvents({ events, clock }: ReadyEventsParts): ReadyEvents {
  /** What was said last, which the cache may not know yet. */
  const told = new Map<string, Told>();

  return {
    tell(kind, { namespace, name, uid }, before, is) {
      // The schema's default is the word of no controller.
      if (is === undefined || is.status === 'Unknown') return undefined;
      const key = `${kind} ${namespace}/${name}`;
      const now = clock.monotonic();
      const known = told.get(key);
      const last = known?.uid === uid ? known : firstOf(uid, before, now);
      const isReady = is.status === 'True';
      const startsUntil = isReady ? 0 : last.startsUntil;
      const isPassing = PASSING.has(is.reason) && now < startsUntil;
      const type = isReady || isPassing ? 'Normal' : 'Warning';
      const word = wordOf(type, is);
      told.set(key, { uid, startsUntil, word });
      if (last.word !== word) {
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
    forget: (kind, id) => void told.delete(`${kind} ${id}`),
  };
}

/** Of an object of which this process has not spoken yet. */
function firstOf(uid: string, before: Condition | undefined, now: number): Told {
  if (before === undefined || before.status === 'Unknown') {
    return { uid, startsUntil: now + STARTING, word: '' };
  }
  return { uid, startsUntil: 0, word: wordOf(before.status === 'True' ? 'Normal' : 'Warning', before) };
}

const wordOf = (type: string, { status, reason }: Condition): string => `${type} ${status} ${reason}`;
