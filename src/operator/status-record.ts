/** The status that the leader last wanted for each object: for metrics, and for a line in the log where a condition changes. */

import type { Clock } from '../base/clock.ts';
import { shorten } from '../base/text.ts';
import { createSharing, Shared, type Sharing } from '../cluster/sharing.ts';
import { type Bucket, createBucket } from '../kubernetes/bucket.ts';
import type { Condition } from '../resources/types.gen.ts';
import { keysState, notGuarded } from '../status/alert-facts.ts';
import type { Log } from '../telemetry/log.ts';
import type { ObjectState } from '../telemetry/operator-metrics.ts';

type Ours = ObjectState['kind'];

export interface RecordedObject {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface Status {
  readonly conditions?: readonly Condition[] | undefined;
  /** Of sources: what the last fetch failed with, and since when the keys are as they are. */
  readonly issuerError?: object | undefined;
  readonly keysChangedTime?: string | undefined;
  readonly podsUnguarded?: number | undefined;
  readonly podsOutdated?: number | undefined;
}

export interface StatusRecord {
  /** `before`: the conditions that the object has, where none were recorded so far. */
  record(kind: Ours, object: RecordedObject, before: readonly Condition[] | undefined, status: Status): void;
  /** `id` is namespace/name. */
  forget(kind: Ours, id: string): void;
  states(): Iterable<ObjectState>;
}

/** Lines of changes: so many at once, and so many a second after that. The rest is counted. */
const ALL = { burst: 100, perSecond: 10 };
/** The same, of one object, so that one whose conditions come and go leaves the log to others. */
const OF_ONE = { burst: 20, perSecond: 1 / 60 };
/** Characters of a message that a line has. */
const LONGEST = 256;

interface Row extends ObjectState {
  readonly uid: string;
  /** Of its lines; there once it had one. */
  readonly lines: Bucket | undefined;
}

export function createStatusRecord(parts: {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Pick<Log, 'info'>;
}): StatusRecord {
  const { clock, log } = parts;
  const rows = new Map<string, Row>();
  const sharing = createSharing();
  const all: Bucket = createBucket(ALL.burst, ALL.perSecond, clock);
  let unlogged = 0;

  const logChange = (
    kind: Ours,
    { namespace, name }: RecordedObject,
    lines: Bucket,
    from: string,
    to: Condition,
  ): void => {
    if (!lines.take() || !all.take()) {
      unlogged += 1;
      return;
    }
    if (unlogged > 0) log.info('More conditions changed than are logged', { changes: unlogged });
    unlogged = 0;
    const { type, status, reason, message } = to;
    log.info('Condition changed', {
      kind,
      namespace,
      name,
      type,
      from,
      to: status,
      reason,
      message: shorten(message, LONGEST),
    });
  };

  return {
    record(kind, object, before, status) {
      const { conditions = [], podsUnguarded = 0, podsOutdated = 0 } = status;
      const { namespace, name, uid } = object;
      const key = `${kind} ${namespace}/${name}`;
      const row = rows.get(key);
      const was = row?.uid === uid ? row.conditions : statusesOf(before ?? [], sharing);
      const now = statusesOf(conditions, sharing);
      let lines = row?.lines;
      const logOne = (from: string, to: Condition): void => {
        lines ??= createBucket(OF_ONE.burst, OF_ONE.perSecond, clock);
        logChange(kind, object, lines, from, to);
      };
      for (const condition of conditions) {
        const from = was.get(condition.type) ?? absent(condition.type);
        if (from !== condition.status) logOne(from, condition);
      }
      for (const [type, from] of was) {
        const to = absent(type);
        if (!now.has(type) && from !== to) logOne(from, gone(type, to));
      }
      rows.set(key, {
        kind,
        namespace,
        name,
        uid,
        lines,
        conditions: now,
        podsUnguarded,
        podsOutdated,
        ...(kind === 'ApiBinding' ? { notGuarded: notGuarded(conditions) } : { keys: keysState(status) }),
      });
    },
    forget: (kind, id) => void rows.delete(`${kind} ${id}`),
    states: () => rows.values(),
  };
}

type Statuses = ReadonlyMap<string, Condition['status']>;
const STATUSES = new Shared<Statuses>();

/** Of thousands of objects they are the same. */
function statusesOf(conditions: readonly Condition[], sharing: Sharing): Statuses {
  const entries = conditions.map(({ type, status }) => [type, status] as const);
  return sharing.same(STATUSES, JSON.stringify(entries), () => new Map(entries));
}

/** The status that a condition has which is not there: Stalled is there only while it is True. */
const absent = (type: string): Condition['status'] => (type === 'Stalled' ? 'False' : 'Unknown');

const gone = (type: string, status: Condition['status']): Condition => ({
  type,
  status,
  reason: 'Removed',
  message: 'No longer said.',
  lastTransitionTime: '',
  observedGeneration: 0,
});
