/** Writes the status of every source and binding where it differs, and an Event where Ready changes. */

import type { Clock } from '../base/clock.ts';
import { type JsonObject, toJson } from '../base/json.ts';
import { parseId } from '../base/object-id.ts';
import type { StoredBinding, StoredSource } from '../cluster/objects.ts';
import type { IssuerState } from '../issuers/issuer.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { EventRecorder } from '../kubernetes/events.ts';
import { createStatusWriter, type StatusWriter } from '../kubernetes/status.ts';
import type { Policies } from '../planning/policies.ts';
import type { Condition } from '../resources/types.gen.ts';
import { type BindingSurroundings, gatherBindingFacts } from '../status/binding-facts.ts';
import { bindingStatus } from '../status/binding-status.ts';
import { sourceStatus } from '../status/source-status.ts';
import { createReadyEvents } from './ready-events.ts';
import { RESOURCES } from './resources.ts';
import { createStatusQueue, type OurKind, type StatusQueue } from './status-queue.ts';
import type { Status, StatusRecord } from './status-record.ts';

export interface StatusesParts {
  readonly client: Pick<KubernetesClient, 'apply'>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly policies: Policies;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly record: Pick<StatusRecord, 'record' | 'forget'>;
  /** Asked right before each write. */
  readonly mayWrite: () => boolean;
  readonly issuer: (uid: string) => IssuerState | undefined;
  readonly observed: Omit<BindingSurroundings, 'now' | 'sourceProblem'>;
  /** Whether a validator that counts for this binding has not polled yet. */
  readonly isAwaited: (binding: string) => boolean;
  readonly onReconciled: (kind: OurKind, result: string, milliseconds: number) => void;
  readonly onProblem: (kind: OurKind, id: string, problem: string | undefined) => void;
  readonly onBug: (error: unknown) => void;
}

export interface Statuses extends Pick<StatusQueue, 'bindings' | 'sources' | 'startPolls'> {
  /** Resolves when no write is under way. */
  stop(): Promise<void>;
}

/** Between two writes to one object; milliseconds. */
const WRITE_INTERVAL = 5000;
const WRITERS = 8;

export function createStatuses(parts: StatusesParts): Statuses {
  const { clock, random, policies, events, record, mayWrite, observed, onProblem } = parts;
  const { seconds } = clock;

  const writer = (kind: OurKind): StatusWriter =>
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
  const readyEvents = createReadyEvents({ events, clock });
  const writers = { AuthenticationSource: writer('AuthenticationSource'), ApiBinding: writer('ApiBinding') };

  /** Returns the milliseconds after which the status must be looked at again; so does `lookAtBinding`. */
  const lookAtSource = (id: string): number | undefined => {
    const stored = policies.store.get('AuthenticationSource', id);
    const outcome = policies.source(id);
    if (stored === undefined || outcome === undefined) return forget('AuthenticationSource', id);
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
    const lookAgainAfter = write('AuthenticationSource', stored, toJson(status));
    // Keys become stale without any change.
    const stale = (issuer?.checkedAt ?? 0) + (outcome.plan?.maxStale ?? 0);
    if (issuer?.checkedAt === undefined || stale <= now) return lookAgainAfter;
    return Math.min((stale - now) * 1000 + 1000, lookAgainAfter ?? Number.POSITIVE_INFINITY);
  };

  const lookAtBinding = (id: string): number | undefined => {
    const stored = policies.store.get('ApiBinding', id);
    const facts = gatherBindingFacts(id, policies, { ...observed, sourceProblem, now: seconds() });
    if (stored === undefined || facts === undefined) return forget('ApiBinding', id);
    return write('ApiBinding', stored, toJson(bindingStatus(facts)));
  };

  /** Made again, because the status in the cache may be old. */
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

  const forget = (kind: OurKind, id: string): undefined => {
    readyEvents.forget(kind, id);
    record.forget(kind, id);
    writers[kind].forget(parseId(id));
  };

  /** Returns the milliseconds after which an Event is due that is delayed. */
  const write = (
    kind: OurKind,
    { metadata, status }: StoredSource | StoredBinding,
    desired: JsonObject,
  ): number | undefined => {
    const eventDueAfter = readyEvents.record(
      kind,
      metadata,
      readyOf(status?.conditions),
      readyOf(conditionsIn(desired)),
    );
    record.record(kind, metadata, status?.conditions, desired as Status);
    // As it came, which was JSON: the writer keeps it, and a copy for each object would be much.
    const seen = { ...metadata, status: status as unknown as JsonObject | undefined };
    const isNoLongerReady = isReady(status?.conditions) && !isReady(conditionsIn(desired));
    writers[kind].want(seen, desired, isNoLongerReady);
    return eventDueAfter;
  };

  const queue = createStatusQueue({
    clock,
    random,
    policies,
    mayWrite,
    isAwaited: parts.isAwaited,
    isUnwritten: (binding) => writers.ApiBinding.isPending(parseId(binding)),
    look: (kind, id) => (kind === 'ApiBinding' ? lookAtBinding(id) : lookAtSource(id)),
    onReconciled: parts.onReconciled,
    onBug: parts.onBug,
  });

  return {
    bindings: queue.bindings,
    sources: queue.sources,
    startPolls: queue.startPolls,
    async stop() {
      await queue.stop();
      await Promise.all([writers.AuthenticationSource.stop(), writers.ApiBinding.stop()]);
    },
  };
}

/** Of a status that was made here. */
const conditionsIn = ({ conditions }: JsonObject) => conditions as readonly Condition[] | undefined;

const readyOf = (conditions: readonly Condition[] | undefined): Condition | undefined =>
  conditions?.find(({ type }) => type === 'Ready');

const isReady = (conditions: readonly Condition[] | undefined): boolean =>
  readyOf(conditions)?.status === 'True';
