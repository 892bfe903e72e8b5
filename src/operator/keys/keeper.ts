/** The leader's key sets: fetched, kept in ConfigMaps, and there again after a restart while a provider is down. */

import type { Clock } from '../../base/clock.ts';
import type { Get } from '../../issuers/http.ts';
import { type FetchResult, type IssuerState, NO_KEYS } from '../../issuers/issuer.ts';
import { createLeftOutLog } from '../../issuers/left-out.ts';
import { createIssuerPool } from '../../issuers/pool.ts';
import { sameKeys } from '../../issuers/same-keys.ts';
import type { FetchPlan } from '../../keys/plan.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesError, Outcome } from '../../kubernetes/errors.ts';
import { listAll } from '../../kubernetes/list-all.ts';
import { createQueue, type WorkResult } from '../../kubernetes/queue.ts';
import type { LocatedKeys } from '../../planning/source-table.ts';
import { RESOURCES } from '../resources.ts';
import { isFor, KEYS_LABEL, keysName, readKeys, type StoredKeys, writeKeys } from './stored.ts';

export interface KeyKeeperParts {
  readonly client: Pick<KubernetesClient, 'list' | 'apply' | 'delete'>;
  readonly get: Get;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** The control plane's own. */
  readonly namespace: string;
  /** Asked right before each write. */
  readonly mayWrite: () => boolean;
  readonly onKeys: (uid: string, keys: LocatedKeys | undefined) => void;
  /** The source's status may be another. */
  readonly onState: (source: string) => void;
  readonly onFetch: (source: string, result: FetchResult) => void;
  /** Keys of a set cannot be used, or are others than before; none: 0. */
  readonly onLeftOut: (source: string, count: number, keys: string) => void;
  readonly onProblem: (error: KubernetesError) => void;
  readonly onBug: (error: unknown) => void;
}

export interface KeyKeeper {
  /** Reads what was kept. Before it, nothing is fetched: reconcile does nothing. */
  load(signal: AbortSignal): Promise<Outcome<undefined>>;
  /** These are the plans of all sources that there are. */
  reconcile(plans: readonly FetchPlan[]): void;
  state(uid: string): IssuerState | undefined;
  refreshUnknownKey(uid: string): Promise<void> | undefined;
  /** For good; over when no write is under way. */
  stop(): Promise<void>;
}

const PAGE = 250;
const CONCURRENCY = 4;
/** A fetch that has changed nothing is written down so seldom that it never matters. */
const FRESHNESS_SHARE = 4;

export function createKeyKeeper(parts: KeyKeeperParts): KeyKeeper {
  const { client, clock, random, namespace, mayWrite, onKeys, onState, onFetch, onProblem, onBug } = parts;
  /** What stands in the ConfigMaps, by the source's UID. */
  const kept = new Map<string, StoredKeys>();
  let plans = new Map<string, FetchPlan>();
  let phase: 'new' | 'loaded' | 'stopped' = 'new';

  const leftOut = createLeftOutLog(parts.onLeftOut);
  const pool = createIssuerPool({
    get: parts.get,
    clock,
    random,
    initial: (plan) => {
      const stored = kept.get(plan.uid);
      return stored !== undefined && isFor(stored, plan) ? stored.state : NO_KEYS;
    },
    onFetch: ({ source }, result) => onFetch(source, result),
    onChange: (plan, state) => {
      tell(plan, state);
      onState(plan.source);
      leftOut.note(plan, state.leftOut);
      if (isWorthWriting(plan, state)) queue.add(plan.uid);
    },
  });

  const tell = ({ uid, location }: FetchPlan, { keys, checkedAt }: IssuerState): void =>
    onKeys(uid, keys === undefined || checkedAt === undefined ? undefined : { keys, checkedAt, location });

  const isWorthWriting = (plan: FetchPlan, { keys, checkedAt }: IssuerState): boolean => {
    const before = kept.get(plan.uid);
    if (keys === undefined || checkedAt === undefined) return false;
    if (before === undefined || !isFor(before, plan)) return true;
    const sinceWritten = checkedAt - (before.state.checkedAt ?? 0);
    return !sameKeys(before.state.keys ?? [], keys) || sinceWritten >= plan.maxStale / FRESHNESS_SHARE;
  };

  const write = async (uid: string): Promise<WorkResult> => {
    if (!mayWrite()) return { kind: 'done' };
    const plan = plans.get(uid);
    const state = pool.state(uid);
    if (plan === undefined) return remove(uid);
    const data = state && writeKeys(plan, state);
    if (data === undefined) return { kind: 'done' };
    const metadata = {
      name: keysName(uid),
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'portcullis', [KEYS_LABEL]: 'true' },
    };
    const answer = await client.apply(RESOURCES.ConfigMap, { metadata, data });
    if (answer.kind === 'failed') return failed(answer.error);
    const stored = readKeys(uid, data);
    if (stored !== undefined) kept.set(uid, stored);
    return { kind: 'done' };
  };

  const remove = async (uid: string): Promise<WorkResult> => {
    if (!kept.has(uid)) return { kind: 'done' };
    const answer = await client.delete(RESOURCES.ConfigMap, { name: keysName(uid), namespace });
    if (answer.kind === 'failed' && answer.error.kind !== 'NotFound') return failed(answer.error);
    kept.delete(uid);
    return { kind: 'done' };
  };

  const failed = (error: KubernetesError): WorkResult => {
    onProblem(error);
    return { kind: 'retry', afterMilliseconds: (error.retryAfter ?? 0) * 1000 };
  };

  const queue = createQueue<string>({
    work: write,
    concurrency: CONCURRENCY,
    clock,
    random,
    onBug: (_, error) => onBug(error),
  });

  return {
    async load(signal) {
      const selection = { namespace, labelSelector: `${KEYS_LABEL}=true` };
      const answer = await listAll(
        (page) => client.list(RESOURCES.ConfigMap, { ...selection, ...page }, { signal }),
        PAGE,
        (object) => object,
      );
      if (answer.kind === 'failed') return answer;
      for (const { metadata, data } of answer.value.items) {
        const uid = metadata.name.slice(keysName('').length);
        const stored = readKeys(uid, data);
        // What cannot be read is as good as old: known only so that it can be removed, or written anew.
        kept.set(uid, stored ?? { uid, location: null, state: NO_KEYS });
      }
      if (phase === 'new') phase = 'loaded';
      return { kind: 'ok', value: undefined };
    },
    reconcile(wanted) {
      // Who fetched before would take what is kept for nothing, and lose it while a provider is down.
      if (phase !== 'loaded') return;
      const before = plans;
      plans = new Map(wanted.map((plan) => [plan.uid, plan]));
      pool.reconcile(wanted);
      leftOut.keepOnly(new Set(plans.keys()));
      for (const plan of wanted) {
        if (before.get(plan.uid) === plan) continue;
        const state = pool.state(plan.uid);
        if (state !== undefined) tell(plan, state);
        onState(plan.source);
      }
      for (const uid of new Set([...before.keys(), ...kept.keys()])) {
        if (plans.has(uid)) continue;
        onKeys(uid, undefined);
        if (kept.has(uid)) queue.add(uid);
      }
    },
    state: pool.state,
    refreshUnknownKey: pool.refreshUnknownKey,
    async stop() {
      phase = 'stopped';
      pool.stop();
      await queue.stop();
    },
  };
}
