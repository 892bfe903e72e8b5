/** The leader's word on every source and binding: status written where it differs, and an Event where Ready changes. */

import type { Clock } from '../base/clock.ts';
import { type JsonObject, toJson } from '../base/json.ts';
import type { StoredBinding, StoredSource } from '../cluster/objects.ts';
import type { IssuerState } from '../issuers/issuer.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { EventRecorder } from '../kubernetes/events.ts';
import { createQueue, type WorkResult } from '../kubernetes/queue.ts';
import { createStatusWriter, type StatusWriter } from '../kubernetes/status.ts';
import type { Policies } from '../planning/policies.ts';
import type { Condition } from '../resources/types.gen.ts';
import { gatherBindingFacts, type Surroundings } from '../status/binding-facts.ts';
import { bindingStatus } from '../status/binding-status.ts';
import { sourceStatus } from '../status/source-status.ts';
import { createReadyEvents } from './ready-events.ts';
import { RESOURCES } from './resources.ts';
import type { Status, StatusRecord } from './status-record.ts';
import { createUsersFirst } from './users-first.ts';

type Ours = 'AuthenticationSource' | 'ApiBinding';
/** Kind and namespace/name. */
type Key = `${Ours} ${string}`;

export interface StatusesParts {
  readonly client: Pick<KubernetesClient, 'apply'>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly policies: Policies;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly record: Pick<StatusRecord, 'note' | 'forget'>;
  /** Asked right before each write. */
  readonly mayWrite: () => boolean;
  readonly issuer: (uid: string) => IssuerState | undefined;
  readonly around: Omit<Surroundings, 'now' | 'sourceProblem'>;
  /** The binding is kept back for now, though its status may be another one. */
  readonly isKeptBack: (binding: string) => boolean;
  readonly onReconciled: (kind: Ours, result: string, milliseconds: number) => void;
  readonly onProblem: (kind: Ours, id: string, problem: string | undefined) => void;
  readonly onBug: (error: unknown) => void;
}

export interface Statuses {
  /** `settled`: nobody has to be waited for. */
  bindings(ids: Iterable<string>, settled?: boolean): void;
  sources(ids: Iterable<string>): void;
  /** For good; over when no write is under way. */
  stop(): Promise<void>;
}

/** Between two writes to one object; milliseconds. */
const WRITE_INTERVAL = 5000;
const WRITERS = 8;
/**
 * Milliseconds after a change, so that one write tells of it and of the validators that have it by then: most have
 * within a second.
 */
const SETTLING: Readonly<Record<Ours, number>> = { AuthenticationSource: 200, ApiBinding: 1200 };
const SETTLED = 200;
/** Milliseconds after which an object is looked at again that is still to be compiled, or whose users are, or are to be told of. */
const BEHIND = 100;

export function createStatuses(parts: StatusesParts): Statuses {
  const { clock, random, policies, events, record, mayWrite, around, onReconciled, onProblem, onBug } = parts;
  const { seconds } = clock;

  const writer = (kind: Ours): StatusWriter =>
    createStatusWriter({
      client: parts.client,
      clock,
      random,
      mayWrite,
      resource: RESOURCES[kind],
      intervalMilliseconds: WRITE_INTERVAL,
      concurrency: WRITERS,
      onProblem: (id, error) => onProblem(kind, id, error?.message),
    });
  const told = createReadyEvents({ events, clock });
  const writers = { AuthenticationSource: writer('AuthenticationSource'), ApiBinding: writer('ApiBinding') };

  /** Bindings that are to be looked at. */
  const noted = new Set<string>();
  const usersFirst = createUsersFirst({
    monotonic: clock.monotonic,
    usersOf: policies.namedBy,
    isBehind: (id) => noted.has(id) || writers.ApiBinding.isPending(nameOf(id)) || parts.isKeptBack(id),
  });

  const source = (id: string): WorkResult => {
    if (policies.isBehind()) return { kind: 'after', milliseconds: BEHIND };
    const stored = policies.store.get('AuthenticationSource', id);
    const outcome = policies.source(id);
    if (stored === undefined || outcome === undefined) return forget('AuthenticationSource', id);
    if (usersFirst.mustWait(id, stored)) return { kind: 'after', milliseconds: BEHIND };
    const issuer = parts.issuer(stored.metadata.uid);
    const now = seconds();
    const status = sourceStatus({
      id,
      outcome,
      issuer,
      now,
      generation: stored.metadata.generation,
      users: policies.usersOf(id),
      before: stored.status,
    });
    write('AuthenticationSource', stored, toJson(status));
    // Keys grow stale by themselves.
    const stale = (issuer?.checkedAt ?? 0) + (outcome.plan?.maxStale ?? 0);
    return issuer?.checkedAt !== undefined && stale > now
      ? { kind: 'after', milliseconds: (stale - now) * 1000 + 1000 }
      : { kind: 'done' };
  };

  const binding = (id: string): WorkResult => {
    if (policies.isBehind(id)) return { kind: 'after', milliseconds: BEHIND };
    noted.delete(id);
    const stored = policies.store.get('ApiBinding', id);
    const facts = gatherBindingFacts(id, policies, { ...around, sourceProblem, now: seconds() });
    if (stored === undefined || facts === undefined) return forget('ApiBinding', id);
    write('ApiBinding', stored, toJson(bindingStatus(facts)));
    return { kind: 'done' };
  };

  /** Judged anew, for the status in the cache may be of a moment ago. */
  const sourceProblem = (id: string): string | undefined => {
    const stored = policies.store.get('AuthenticationSource', id);
    const outcome = policies.source(id);
    if (stored === undefined || outcome === undefined) return undefined;
    const issuer = parts.issuer(stored.metadata.uid);
    const { generation } = stored.metadata;
    const { conditions } = sourceStatus({
      id,
      generation,
      outcome,
      issuer,
      users: [],
      before: stored.status,
      now: seconds(),
    });
    const ready = readyOf(conditions);
    return ready?.status === 'True' ? undefined : ready?.reason;
  };

  const forget = (kind: Ours, id: string): WorkResult => {
    told.forget(kind, id);
    record.forget(kind, id);
    writers[kind].forget(nameOf(id));
    if (kind === 'AuthenticationSource') usersFirst.forget(id);
    return { kind: 'done' };
  };

  const write = (
    kind: Ours,
    { metadata, status }: StoredSource | StoredBinding,
    desired: JsonObject,
  ): void => {
    const key: Key = `${kind} ${metadata.namespace}/${metadata.name}`;
    const again = told.tell(kind, metadata, readyOf(status?.conditions), readyOf(conditionsIn(desired)));
    if (again !== undefined) queue.addAfter(key, again);
    record.note(kind, metadata, status?.conditions, desired as Status);
    // As it came, which was JSON: the writer keeps it, and a copy for each object would be much.
    const seen = { ...metadata, status: status as unknown as JsonObject | undefined };
    const isNoLongerReady = isReady(status?.conditions) && !isReady(conditionsIn(desired));
    writers[kind].want(seen, desired, isNoLongerReady);
  };

  const queue = createQueue<Key>({
    work: async (key) => {
      if (!mayWrite()) return { kind: 'done' };
      const [kind, id = ''] = key.split(' ');
      return kind === 'ApiBinding' ? binding(id) : source(id);
    },
    concurrency: 1,
    clock,
    random,
    onResult: (key, result, milliseconds) =>
      onReconciled(
        key.startsWith('ApiBinding ') ? 'ApiBinding' : 'AuthenticationSource',
        result,
        milliseconds,
      ),
    onBug: (_, error) => onBug(error),
  });

  return {
    bindings(ids, settled = false) {
      const delay = settled ? SETTLED : SETTLING.ApiBinding;
      for (const id of ids) {
        noted.add(id);
        queue.addAfter(`ApiBinding ${id}`, delay);
      }
    },
    sources(ids) {
      for (const id of ids) queue.addAfter(`AuthenticationSource ${id}`, SETTLING.AuthenticationSource);
    },
    async stop() {
      await queue.stop();
      await Promise.all([writers.AuthenticationSource.stop(), writers.ApiBinding.stop()]);
    },
  };
}

function nameOf(id: string): { readonly namespace: string; readonly name: string } {
  const at = id.indexOf('/');
  return { namespace: id.slice(0, at), name: id.slice(at + 1) };
}

/** Of a status that was made here. */
const conditionsIn = ({ conditions }: JsonObject) => conditions as readonly Condition[] | undefined;

const readyOf = (conditions: readonly Condition[] | undefined): Condition | undefined =>
  conditions?.find(({ type }) => type === 'Ready');

const isReady = (conditions: readonly Condition[] | undefined): boolean =>
  readyOf(conditions)?.status === 'True';
