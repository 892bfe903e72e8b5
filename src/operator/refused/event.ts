/** Events by which the controllers of workloads say that they could not make a pod. */

import type { JsonObject, JsonValue } from '../../base/json.ts';
import { objectAt } from '../../base/members.ts';
import type { OtherWorkloadKind } from '../../cluster/objects.ts';
import { filledTextAt } from '../../cluster/read.ts';

export interface FailedCreate {
  readonly kind: 'StatefulSet' | 'DaemonSet' | OtherWorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** In the words of the API server. */
  readonly message: string;
  /** Unix milliseconds; of an Event for several times, the last. */
  readonly at: number;
}

/** Of all Events, the API server sends those alone. */
export const FAILED_CREATE = 'reason=FailedCreate';

/** A Deployment says in its conditions what its ReplicaSet's Events say. */
const KINDS = ['StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job'] as const;

/** Characters: who may create Events decides what they say. */
const LONGEST = 1000;

/** What controllers, and who records their Events, put before the answer of the API server. */
const PREFIX =
  /^(?:\(combined from similar events\): )?(?:Error creating: |create Pod \S+ in StatefulSet \S+ failed error: )?/i;

/** Undefined for one that is about something else. */
export function readFailedCreate(event: JsonObject): FailedCreate | undefined {
  const { namespace } = objectAt(event.metadata);
  const regarding = objectAt(event.regarding);
  const kind = KINDS.find((known) => known === regarding.kind);
  const [name, uid, note] = [
    filledTextAt(regarding.name),
    filledTextAt(regarding.uid),
    filledTextAt(event.note),
  ];
  const place = filledTextAt(namespace);
  if (event.reason !== 'FailedCreate' || kind === undefined || place === undefined) return undefined;
  if (name === undefined || uid === undefined || note === undefined) return undefined;
  const message = note.slice(0, LONGEST).replace(PREFIX, '');
  return { kind, namespace: place, name, uid, message, at: eventTime(event) };
}

/** Unix milliseconds: the last of the times that it says. */
export function eventTime({
  metadata,
  series,
  deprecatedLastTimestamp,
  eventTime: first,
}: JsonObject): number {
  const { lastObservedTime } = objectAt(series);
  const { creationTimestamp } = objectAt(metadata);
  return Math.max(...[lastObservedTime, deprecatedLastTimestamp, first, creationTimestamp].map(timeOf));
}

function timeOf(value: JsonValue | undefined): number {
  const time = Date.parse(filledTextAt(value) ?? '');
  return Number.isNaN(time) ? 0 : time;
}
