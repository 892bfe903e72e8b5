/**
 * Workloads whose pods the API server refuses. A Deployment says so in its conditions. StatefulSets and DaemonSets have
 * none: of them is known what our own webhook has refused, for as long as pods are missing.
 */

import { selectorMatches } from '../../resources/selectors.ts';
import type { ObjectChange, Workload, WorkloadKind } from '../cluster/objects.ts';
import { bindingsOf, type Groups } from './groups.ts';
import type { Selection } from './resolve.ts';

/** What the webhook has said of a pod that this workload wanted; undefined when it has let one in. */
export interface PodRefusalChange {
  readonly kind: 'PodRefusal';
  readonly of: { readonly kind: WorkloadKind; readonly id: string; readonly uid: string };
  readonly message: string | undefined;
}

export interface Refusal {
  readonly workload: Workload;
  /** The words of the API server, or of the webhook. */
  readonly message: string;
}

export interface Refusals {
  /** The answer is the bindings that would guard pods of whichever workload is said another thing of. */
  take(change: { readonly kind: 'RouteApi' } | ObjectChange | PodRefusalChange): Iterable<string>;
  /** In no particular order. */
  chosenBy(namespace: string, selections: readonly Selection[]): readonly Refusal[];
}

/** Characters: others decide what they say. */
const LONGEST = 1000;

interface Row {
  readonly workload: Workload;
  readonly heard: string | undefined;
}

const NONE: readonly string[] = [];

export function createRefusals({ choosing }: Pick<Groups, 'choosing'>): Refusals {
  /** One for each workload that there is. */
  const rows = new Map<string, Row>();
  const byNamespace = new Map<string, Map<string, Refusal>>();

  const targeting = ({ metadata, templateLabels }: Workload): readonly string[] =>
    choosing(metadata.namespace, templateLabels).flatMap(bindingsOf);

  const tell = (key: string, { metadata }: Workload, now: Refusal | undefined): readonly string[] => {
    const refusals = byNamespace.get(metadata.namespace) ?? new Map<string, Refusal>();
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
    const message = workload.refusal ?? (workload.isShort ? heard : undefined);
    return tell(
      key,
      workload,
      message === undefined ? undefined : { workload, message: message.slice(0, LONGEST) },
    );
  };

  const takeWorkload = (key: string, workload: Workload | undefined): readonly string[] => {
    const before = rows.get(key);
    if (workload !== undefined) {
      const isSame = before?.workload.metadata.uid === workload.metadata.uid;
      // Once all pods are there, what was heard of is over.
      return put(key, { workload, heard: isSame && workload.isShort ? before.heard : undefined });
    }
    rows.delete(key);
    return before === undefined ? NONE : tell(key, before.workload, undefined);
  };

  const hear = ({ of, message }: PodRefusalChange): readonly string[] => {
    const key = `${of.kind} ${of.id}`;
    const row = rows.get(key);
    if (row === undefined || row.workload.metadata.uid !== of.uid) return NONE;
    return put(key, { workload: row.workload, heard: message });
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
