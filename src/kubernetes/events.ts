/** Records Kubernetes Events on objects: repeats are combined, their number is bounded, and callers never wait for them. */

import type { Clock } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import { createBucket } from './bucket.ts';
import type { KubernetesClient } from './client.ts';
import { microTime } from './microtime.ts';
import type { ObjectName } from './object.ts';
import { createRecent } from './recent.ts';
import { KUBERNETES_RESOURCES } from './resources.ts';

export interface EventInput {
  readonly regarding: ObjectName & {
    readonly apiVersion: string;
    readonly kind: string;
    readonly uid: string;
  };
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, for machines. */
  readonly reason: string;
  /** What was done, or was tried: CamelCase. */
  readonly action: string;
  /** For people. */
  readonly note: string;
  /** Recorded also where the same was recorded a while ago, because something else was true between. Absent = false. */
  readonly isChange?: boolean;
}

export interface EventRecorder {
  /** Returns at once. An Event that is over the rate, or that the API server refuses, is dropped; the next of its kind is new. */
  record(event: EventInput): void;
}

export interface RecorderOptions {
  readonly client: Pick<KubernetesClient, 'create' | 'patch'>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Made of random letters, for names. */
  readonly randomName: () => string;
  /** Such as `portcullis.dev/operator`. */
  readonly controller: string;
  /** The pod's name. */
  readonly instance: string;
  readonly limits?: Partial<EventLimits>;
}

export interface EventLimits {
  /** In which the same event is recorded once; the first one after it says how many there were. */
  readonly windowSeconds: number;
  /** Different events that are remembered. */
  readonly remembered: number;
  /** Of one object: so many at once, then so many a second. */
  readonly objectBurst: number;
  readonly objectPerSecond: number;
  /** Of all objects. */
  readonly burst: number;
  readonly perSecond: number;
}

const LIMITS: EventLimits = {
  windowSeconds: 600,
  remembered: 4096,
  objectBurst: 25,
  objectPerSecond: 1 / 300,
  burst: 100,
  perSecond: 10,
};

/** In bytes; the API server refuses more. */
const MAX_NOTE_LENGTH = 1024;
const MAX_NAME_LENGTH = 200;

interface Series {
  /** Undefined until the first is stored. */
  stored: ObjectName | undefined;
  count: number;
  windowStart: number;
}

export function createRecorder(options: RecorderOptions): EventRecorder {
  const { client, clock, randomName, controller, instance } = options;
  const limits = { ...LIMITS, ...options.limits };
  const all = createBucket(limits.burst, limits.perSecond, clock);
  const buckets = createRecent<ReturnType<typeof createBucket>>(limits.remembered);
  const known = createRecent<Series>(limits.remembered);

  const mayGo = ({ regarding }: EventInput): boolean => {
    const { objectBurst, objectPerSecond } = limits;
    const bucket = buckets.touch(regarding.uid, () => createBucket(objectBurst, objectPerSecond, clock));
    return bucket.take() && all.take();
  };

  const create = async (event: EventInput, series: Series): Promise<boolean> => {
    const draft = eventOf(event, { controller, instance, name: randomName(), now: clock.now() });
    const answer = await client.create(KUBERNETES_RESOURCES.Event, draft);
    if (answer.kind === 'ok') series.stored = draft.metadata;
    return answer.kind === 'ok';
  };

  const send = async (event: EventInput, series: Series): Promise<boolean> => {
    if (series.stored === undefined) return create(event, series);
    const patch = { series: { count: series.count, lastObservedTime: microTime(clock.now()) } };
    const answer = await client.patch(KUBERNETES_RESOURCES.Event, series.stored, { type: 'merge', patch });
    if (answer.kind === 'ok' || answer.error.kind !== 'NotFound') return answer.kind === 'ok';
    // Events live for an hour.
    series.count = 1;
    return create(event, series);
  };

  return {
    record(event) {
      const key = identityOf(event);
      const now = clock.monotonic();
      const fresh: Series = { stored: undefined, count: 0, windowStart: now };
      const series = known.touch(key, () => fresh);
      series.count += 1;
      const isWithin = now - series.windowStart < limits.windowSeconds * 1000;
      if (series !== fresh && isWithin && event.isChange !== true) return;
      if (!mayGo(event)) {
        known.forget(key);
        return;
      }
      series.windowStart = now;
      void send(event, series)
        .catch(() => false) // a bug in the client must not end the process for an Event
        .then((good) => {
          if (!good) known.forget(key);
        });
    },
  };
}

function identityOf({ regarding, type, reason, action, note }: EventInput): string {
  return JSON.stringify([regarding.uid, regarding.namespace, regarding.name, type, reason, action, note]);
}

interface Origin {
  readonly controller: string;
  readonly instance: string;
  readonly name: string;
  readonly now: number;
}

function eventOf({ regarding, type, reason, action, note }: EventInput, origin: Origin) {
  // Of an object without a namespace they stand in "default", where kubectl looks for them.
  const namespace = regarding.namespace ?? 'default';
  const name = `${regarding.name.slice(0, MAX_NAME_LENGTH).replace(/[-.]+$/, '')}.${origin.name}`;
  const about: JsonObject = { ...regarding };
  return {
    metadata: { namespace, name },
    eventTime: microTime(origin.now),
    reportingController: origin.controller,
    reportingInstance: origin.instance,
    action,
    reason,
    type,
    regarding: about,
    note: shorten(note),
  };
}

function shorten(note: string): string {
  if (Buffer.byteLength(note) <= MAX_NOTE_LENGTH) return note;
  let text = note.slice(0, MAX_NOTE_LENGTH);
  while (Buffer.byteLength(text) > MAX_NOTE_LENGTH - 3) text = text.slice(0, -1);
  return `${text}...`;
}
