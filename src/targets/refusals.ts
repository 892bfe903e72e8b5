/**
 * Workloads whose pods the API server refuses. A Deployment says so in its conditions. Of the others it is known from
 * Events, which say when a pod was refused, and not when that ended: it has when their pods are there, or one more is.
 */

import type { ObjectChange, PodMaker, Workload } from '../cluster/objects.ts';
import { selectorMatches } from '../resources/selectors.ts';
import { bindingsOf, type Groups } from './groups.ts';
import type { PodSelection } from './resolve.ts';

/** What was said of a pod that could not be made. */
export interface PodRefusalChange {
  readonly kind: 'PodRefusal';
  readonly of: { readonly kind: PodMaker['kind']; readonly id: string; readonly uid: string };
  /** In the words of the API server; undefined once that is over. */
  readonly message: string | undefined;
  /** As it was looked at, of a kind that is not followed. */
  readonly workload?: PodMaker;
}

export interface WorkloadRefusal {
  readonly workload: PodMaker;
  /** The words of the API server, or of a webhook. */
  readonly message: string;
}

export interface Refusals {
  /** Returns the bindings that would guard pods of a workload whose refusal has changed. */
  take(change: { readonly kind: 'RouteApi' } | ObjectChange | PodRefusalChange): Iterable<string>;
  /** In no particular order. */
  chosenBy(namespace: string, selections: readonly PodSelection[]): readonly WorkloadRefusal[];
}

/** Characters: others decide what they say. */
const LONGEST = 1000;

interface Heard {
  readonly message: string;
  /** Pods that were there since: the least of all counts, for a count may be older than the Event. */
  readonly least: number;
}

interface Row {
  readonly workload: PodMaker;
  readonly heard: Heard | undefined;
}

const NONE: readonly string[] = [];

const isFollowed = ({ kind }: PodMaker): boolean =>
  kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet';

/** Undefined once all pods are there, or one more than before. */
function stillHeard(heard: Heard | undefined, { isShort, present }: PodMaker): Heard | undefined {
  if (heard === undefined || !isShort || present > heard.least) return undefined;
  return { ...heard, least: Math.min(heard.least, present) };
}

export function createRefusals({ choosing }: Pick<Groups, 'choosing'>): Refusals {
  /** One for each workload that there is. */
  const rows = new Map<string, Row>();
  const byNamespace = new Map<string, Map<string, WorkloadRefusal>>();

  const targeting = ({ metadata, templateLabels }: PodMaker): readonly string[] =>
    choosing(metadata.namespace, templateLabels).flatMap(bindingsOf);

  const tell = (key: string, { metadata }: PodMaker, now: WorkloadRefusal | undefined): readonly string[] => {
    const refusals = byNamespace.get(metadata.namespace) ?? new Map<string, WorkloadRefusal>();
    const before = refusals.get(key);
    if (now === undefined) refusals.delete(key);
    else refusals.set(key, now);
    if (refusals.size === 0) byNamespace.delete(metadata.namespace);
    else byNamespace.set(metadata.namespace, refusals);
    if (before?.message === now?.message) return NONE;
    return [before, now].flatMap((refusal) => (refusal === undefined ? [] : targeting(refusal.workload)));
  };

  const put = (key: string, row: Row): readonly string[] => {
    const { workload, heard } = row;
    rows.set(key, row);
    const message = workload.refusal ?? (workload.isShort ? heard?.message : undefined);
    return tell(
      key,
      workload,
      message === undefined ? undefined : { workload, message: message.slice(0, LONGEST) },
    );
  };

  const remove = (key: string): readonly string[] => {
    const before = rows.get(key);
    rows.delete(key);
    return before === undefined ? NONE : tell(key, before.workload, undefined);
  };

  const takeWorkload = (key: string, workload: Workload | undefined): readonly string[] => {
    if (workload === undefined) return remove(key);
    const before = rows.get(key);
    const isSame = before?.workload.metadata.uid === workload.metadata.uid;
    return put(key, { workload, heard: isSame ? stillHeard(before.heard, workload) : undefined });
  };

  const hear = ({ of, message, workload }: PodRefusalChange): readonly string[] => {
    const key = `${of.kind} ${of.id}`;
    const known = workload ?? rows.get(key)?.workload;
    if (known === undefined) return NONE;
    // Nothing else says that one is gone which is not followed.
    if (message === undefined && !isFollowed(known)) return remove(key);
    if (known.metadata.uid !== of.uid) return NONE;
    return put(key, {
      workload: known,
      heard: message === undefined ? undefined : { message, least: known.present },
    });
  };

  return {
    take(change) {
      switch (change.kind) {
        case 'Deployment':
        case 'StatefulSet':
        case 'DaemonSet':
          return takeWorkload(`${change.kind} ${change.id}`, change.object);
        case 'PodRefusal':
          return hear(change);
        default:
          return NONE;
      }
    },
    chosenBy: (namespace, selections) =>
      [...(byNamespace.get(namespace)?.values() ?? [])].filter(({ workload }) =>
        selections.some(
          ({ selector }) => selector !== undefined && selectorMatches(selector, workload.templateLabels),
        ),
      ),
  };
}
