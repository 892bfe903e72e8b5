/** Leader election in client-go's manner: at no time do two believe that they lead, whatever their clocks say. */

import { type Clock, sleep } from '../base/clock.ts';
import type { KubernetesClient } from './client.ts';
import { type Attempt, attempt, type Knowledge, type Moment } from './election.ts';
import type { KubernetesError } from './errors.ts';
import { readLease, releasedSpec, validUntil } from './lease.ts';
import type { ObjectName } from './object.ts';
import { KUBERNETES_RESOURCES } from './resources.ts';

export interface Term {
  /**
   * Grows with every change of leaders, as long as nobody deletes the Lease: what an older one still sends can be told
   * by it.
   */
  readonly epoch: number;
  /** Aborts when the term ends. */
  readonly signal: AbortSignal;
  /** Right even before a timer could run: to be asked before each write. */
  isCurrent(): boolean;
}

export type EndReason =
  /** Nothing came of renewing in time. */
  | 'expired'
  /** Another replica holds the Lease. */
  | 'taken'
  /** By `stop`. */
  | 'stopped';

export interface ElectorOptions {
  readonly client: Pick<KubernetesClient, 'get' | 'create' | 'replace'>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly lease: ObjectName;
  /** Of this process alone: a pod's name and something random. */
  readonly identity: string;
  readonly onStarted: (term: Term) => void;
  /** The Lease is released when this is over. */
  readonly onStopped: (reason: EndReason) => void | Promise<void>;
  /** Empty = no replica. */
  readonly onHolder?: (identity: string) => void;
  readonly onProblem?: (error: KubernetesError) => void;
  readonly limits?: Partial<ElectionLimits>;
}

export interface ElectionLimits {
  /** For this long no replica takes over from a leader that is silent. */
  readonly leaseSeconds: number;
  /** For this long a leader goes on without having renewed; less than leaseSeconds. */
  readonly renewSeconds: number;
  /** Between two renewals. */
  readonly retrySeconds: number;
  /** Between two looks of one that does not lead: short, so that it follows soon on a leader that has released. */
  readonly followSeconds: number;
}

const LIMITS: ElectionLimits = { leaseSeconds: 15, renewSeconds: 10, retrySeconds: 2, followSeconds: 1 };

export interface Elector {
  isLeader(): boolean;
  /** As last seen; undefined before anything was. */
  holder(): string | undefined;
  /** Ends the term, waits for `onStopped`, and lets the next one in. */
  stop(): Promise<void>;
}

/** Starts at once. After a lost term it is a candidate again. */
export function startElector(options: ElectorOptions): Elector {
  const { client, clock, random, lease, identity, onStarted, onStopped, onHolder, onProblem } = options;
  const limits = { ...LIMITS, ...options.limits };
  if (limits.renewSeconds >= limits.leaseSeconds)
    throw new Error('a leader must stop before others take over');
  const candidacy = { client, clock, lease, identity, leaseSeconds: limits.leaseSeconds };
  const stopped = new AbortController();
  let knowledge: Knowledge | undefined;
  let holder: string | undefined;
  let term: { readonly ending: AbortController; renewed: Moment } | undefined;
  /** The Lease may be ours without our leading. */
  let unsure = false;

  const milliseconds = (seconds: number) => seconds * 1000;
  /** A machine that was suspended shows in one clock, one that was set back in the other: the stricter counts. */
  const left = ({ monotonic, now }: Moment): number =>
    milliseconds(limits.renewSeconds) - Math.max(clock.monotonic() - monotonic, clock.now() - now);

  const tryOnce = async (holding: boolean, within: number, signal: AbortSignal): Promise<Attempt> => {
    const result = await attempt(candidacy, knowledge, holding, { timeoutMilliseconds: within, signal });
    knowledge = result.knowledge;
    unsure = result.kind === 'held' || (result.kind === 'problem' && (result.unsure || unsure));
    if (result.kind === 'problem' && result.error.kind !== 'Aborted') onProblem?.(result.error);
    const seen = result.kind === 'problem' ? holder : result.knowledge.observation.record.holder;
    if (seen !== undefined && seen !== holder) {
      holder = seen;
      onHolder?.(seen);
    }
    return result;
  };

  const candidate = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const result = await tryOnce(false, milliseconds(limits.renewSeconds), stopped.signal);
      if (stopped.signal.aborted) return;
      if (result.kind === 'held') {
        // An answer that took too long is worth nothing any more; the Lease is still ours to renew.
        if (left(result.sent) > 0) await lead(result.knowledge.observation.record.transitions, result.sent);
        continue;
      }
      const pause = milliseconds(limits.followSeconds) * (1 + random() / 5);
      // Not a moment later than it may be taken.
      const free =
        result.kind === 'other' ? validUntil(result.knowledge.observation) - clock.monotonic() : pause;
      await sleep(clock, Math.max(Math.min(pause, free + random() * 50), 1), stopped.signal);
    }
  };

  const lead = async (epoch: number, renewed: Moment): Promise<void> => {
    const mine = { ending: new AbortController(), renewed };
    const { signal } = mine.ending;
    let reason: EndReason = 'stopped';
    const end = (why: EndReason): void => {
      if (!signal.aborted) reason = why;
      mine.ending.abort();
    };
    const onStop = () => end('stopped');
    stopped.signal.addEventListener('abort', onStop);
    term = mine;
    const isCurrent = (): boolean => {
      // For good: a clock that was set on and back must not let a term end and go on.
      if (!signal.aborted && left(mine.renewed) <= 0) end('expired');
      return !signal.aborted;
    };
    onStarted({ epoch, signal, isCurrent });
    while (!signal.aborted) {
      const cancelDeadline = clock.after(left(mine.renewed), () => end('expired'));
      const sent = await renew(epoch, signal);
      cancelDeadline();
      if (sent === undefined) end('taken');
      else mine.renewed = sent;
    }
    stopped.signal.removeEventListener('abort', onStop);
    term = undefined;
    await onStopped(reason);
  };

  /** When the next good renewal was sent; undefined where another leads by now, or when the signal aborts. */
  const renew = async (epoch: number, signal: AbortSignal): Promise<Moment | undefined> => {
    while (!signal.aborted) {
      await sleep(clock, milliseconds(limits.retrySeconds), signal);
      // An attempt that hangs leaves time for another.
      const result = await tryOnce(true, milliseconds(limits.renewSeconds) / 2, signal);
      if (result.kind === 'other') return undefined;
      if (result.kind !== 'held') continue;
      // Where the count has moved, another's term lay between: this is not the one that began.
      if (result.knowledge.observation.record.transitions !== epoch) return undefined;
      if (left(result.sent) > 0) return result.sent;
    }
    return undefined;
  };

  /** Releases the Lease only if we still hold it: another holder keeps it. */
  const release = async (): Promise<void> => {
    const within = { timeoutMilliseconds: milliseconds(limits.retrySeconds) };
    const seen = await client.get(KUBERNETES_RESOURCES.Lease, lease, within);
    if (seen.kind === 'failed') return;
    const record = readLease(seen.value);
    if (record.holder !== identity) return;
    const metadata = { ...lease, resourceVersion: seen.value.metadata.resourceVersion };
    await client.replace(
      KUBERNETES_RESOURCES.Lease,
      { metadata, spec: releasedSpec(record, clock.now()) },
      within,
    );
  };

  const running = candidate().then(() => (unsure ? release() : undefined));

  return {
    isLeader: () => term !== undefined && !term.ending.signal.aborted && left(term.renewed) > 0,
    holder: () => holder,
    stop() {
      stopped.abort();
      return running;
    },
  };
}
