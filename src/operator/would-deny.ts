/**
 * Sums up what validators say that bindings in mode Audit or Trial would have denied, for their status.
 *
 * Each process of a validator counts for itself, from 0, and tells how far it has come. What processes counted that are gone
 * is in the sum as well, and after an election it is in the status that the leader before has written: so each row has a
 * rest, which is what no process accounts for that was heard in this term. A process that is heard for the first time takes
 * out of the rest what it told a leader before. So nothing is counted twice, and the sum never gets less.
 */

import type { Clock } from '../base/clock.ts';
import type { Store } from '../cluster/store.ts';
import type { Policy } from '../policy/policy.ts';
import { countedBindings, type WouldDenyCount, type WouldDenyReport } from '../policy/would-deny.ts';
import { revisionOf } from '../resources/revision.ts';
import type { ApiBindingStatus } from '../resources/types.gen.ts';
import { time } from '../status/texts.ts';
import type { Loop } from './loop.ts';
import type { Caller } from './server/caller.ts';

type Shown = ApiBindingStatus['trial'];

export interface WouldDenyCounts {
  /** @param policy the one in force at the caller. */
  note(caller: Caller, policy: Policy, report: WouldDenyReport): void;
  /** What the status of this binding says now. */
  of(binding: string): Shown;
  stop(): Promise<void>;
}

export interface WouldDenyCountsParts {
  readonly clock: Clock;
  readonly store: Pick<Store, 'get' | 'all'>;
  /** Called before statuses are looked at because of the same changes. */
  readonly subscribe: Loop['subscribe'];
  /** The status of these is to say something else. */
  readonly onShown: (bindings: readonly string[]) => void;
  /**
   * Counts that are kept. Past them the process that has been silent longest is forgotten as if it had ended: it tells itself
   * what is counted of it, so that nobody who tells much takes anything from the sums of others.
   */
  readonly mostKept: number;
}

/** Milliseconds between two numbers that one status shows. */
export const SHOWN_INTERVAL = 60_000;
/** Numbers that change in a second, of all bindings: each is a write to the API server. */
export const SHOWN_PER_SECOND = 10;
const SECOND = 1000;
/** Milliseconds between two looks for pods that are gone. */
const SWEEP_INTERVAL = 60_000;
/** Processes of one pod that are told apart: there is a new one whenever its container has crashed. */
export const MOST_PROCESSES = 8;
/** Counts that are kept, one for each process and binding. */
export const MOST_KEPT = 200_000;

interface Process {
  readonly rows: Set<Row>;
}

interface Row {
  readonly id: string;
  readonly revision: string;
  readonly since: string;
  /** What no process in `heard` accounts for. */
  rest: number;
  readonly heard: Map<Process, number>;
  /** Of `rest` and `heard`. */
  sum: number;
  shown: number;
  /** Milliseconds of the monotonic clock before which it shows nothing else. */
  notBefore: number;
}

export function createWouldDenyCounts({
  clock,
  store,
  subscribe,
  onShown,
  mostKept,
}: WouldDenyCountsParts): WouldDenyCounts {
  /** By binding. */
  const rows = new Map<string, Row>();
  /** By uid. */
  const pods = new Map<string, { readonly pod: string; readonly processes: Map<string, Process> }>();
  /** Those of which something is kept, the one that has been silent longest first. */
  const inOrder = new Set<Process>();
  /** They have another sum than they show. */
  const waiting = new Set<Row>();
  let kept = 0;
  let cancelShow: (() => void) | undefined;
  let cancelSweep = () => {};

  const end = (row: Row): void => {
    rows.delete(row.id);
    waiting.delete(row);
    for (const process of row.heard.keys()) process.rows.delete(row);
    kept -= row.heard.size;
  };

  /** Where its spec is another one than before. */
  const begin = (id: string): void => {
    const revision = countedRevision(store, id);
    const row = rows.get(id);
    if (row?.revision === revision) return;
    if (row !== undefined) end(row);
    if (revision === undefined) return;
    const { wouldDeny, since } = writtenCount(store, id) ?? { wouldDeny: 0, since: time(clock.seconds()) };
    const [rest, sum, shown] = [wouldDeny, wouldDeny, wouldDeny];
    const notBefore = Number.NEGATIVE_INFINITY;
    rows.set(id, { id, revision, since, rest, heard: new Map(), sum, shown, notBefore });
  };

  /** What it has counted stays in the sums. */
  const forget = (process: Process): void => {
    for (const row of process.rows) {
      row.rest += row.heard.get(process) ?? 0;
      row.heard.delete(process);
    }
    kept -= process.rows.size;
    process.rows.clear();
    inOrder.delete(process);
  };

  /** False where nobody but this one has anything. */
  const makeRoom = (process: Process): boolean => {
    for (const silent of inOrder) {
      if (kept < mostKept || silent === process) break;
      forget(silent);
    }
    return kept < mostKept;
  };

  const processOf = ({ pod, uid }: Caller, name: string): Process => {
    const { processes } = pods.get(uid) ?? { processes: new Map<string, Process>() };
    pods.set(uid, { pod, processes });
    const known = processes.get(name);
    if (known !== undefined) return known;
    const [oldest] = processes;
    if (oldest !== undefined && processes.size >= MOST_PROCESSES) {
      forget(oldest[1]);
      processes.delete(oldest[0]);
    }
    const process: Process = { rows: new Set() };
    processes.set(name, process);
    return process;
  };

  const add = (row: Row, process: Process, { count, told }: WouldDenyCount): void => {
    const known = row.heard.get(process);
    if (known === undefined) {
      if (!makeRoom(process)) return;
      kept += 1;
      process.rows.add(row);
      const accounted = Math.min(row.rest, told);
      row.rest -= accounted;
      row.sum -= accounted;
    } else if (count <= known) {
      return;
    }
    row.heard.set(process, count);
    row.sum += count - (known ?? 0);
    if (row.sum !== row.shown) waiting.add(row);
  };

  const showLater = (): void => {
    if (waiting.size > 0) cancelShow ??= clock.after(SECOND, show);
  };

  const show = (): void => {
    cancelShow = undefined;
    const now = clock.monotonic();
    const due = [
      ...waiting
        .values()
        .filter(({ notBefore }) => notBefore <= now)
        .take(SHOWN_PER_SECOND),
    ];
    for (const row of due) {
      waiting.delete(row);
      row.shown = row.sum;
      row.notBefore = now + SHOWN_INTERVAL;
    }
    if (due.length > 0) onShown(due.map(({ id }) => id));
    showLater();
  };

  const sweep = (): void => {
    for (const [uid, { pod, processes }] of pods) {
      if (store.get('Pod', pod)?.metadata.uid === uid) continue;
      for (const process of processes.values()) forget(process);
      pods.delete(uid);
    }
    cancelSweep = clock.after(SWEEP_INTERVAL, sweep);
  };
  cancelSweep = clock.after(SWEEP_INTERVAL, sweep);

  const unsubscribe = subscribe(({ changes }) => {
    for (const change of changes) if (change.kind === 'ApiBinding') begin(change.id);
  });
  for (const id of store.all('ApiBinding').keys()) begin(id);

  return {
    note(caller, policy, { process: name, counts }) {
      const bindings = countedBindings(policy);
      const process = processOf(caller, name);
      inOrder.delete(process);
      inOrder.add(process);
      for (const count of counts) {
        const binding = bindings[count.place];
        const row = binding && rows.get(binding.id);
        // Of a revision that was, nothing is told any more.
        if (row !== undefined && row.revision === binding?.revision) add(row, process, count);
      }
      showLater();
    },
    of(id) {
      const row = rows.get(id);
      if (row !== undefined) return { wouldDeny: Math.min(row.shown, HIGHEST_SUM), since: row.since };
      // One that has yet to be compared with the schema says what it said.
      return store.get('ApiBinding', id)?.kind === 'refused' ? writtenCount(store, id) : undefined;
    },
    async stop() {
      unsubscribe();
      cancelShow?.();
      cancelSweep();
      waiting.clear();
    },
  };
}

/** That all programs can read. Only a validator that lies gets there. */
const HIGHEST_SUM = Number.MAX_SAFE_INTEGER;

/** Undefined where nothing is counted: it has another mode, or is not there. */
function countedRevision(store: WouldDenyCountsParts['store'], id: string): string | undefined {
  const stored = store.get('ApiBinding', id);
  if (stored?.kind !== 'typed') return undefined;
  const { metadata, spec } = stored.object;
  return spec.mode === 'Audit' || spec.mode === 'Trial' ? revisionOf(metadata) : undefined;
}

/** What a leader before has written of this very spec. */
function writtenCount(store: WouldDenyCountsParts['store'], id: string): Shown {
  const stored = store.get('ApiBinding', id);
  return stored?.status?.observedGeneration === stored?.metadata.generation
    ? stored?.status?.trial
    : undefined;
}
