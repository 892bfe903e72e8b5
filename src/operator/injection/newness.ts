/** For how long the workload of a new pod may still be without its binding: the two may come from one file. */

import type { Clock } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import { objectAt, objectsAt } from '../../base/members.ts';
import { keepNewest } from '../../base/newest.ts';
import { filledTextAt } from '../../cluster/read.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { workloadOf } from '../../targets/owners.ts';
import { RESOURCES } from '../resources.ts';
import type { OwnerReference, PodCandidate } from './candidate.ts';

export interface Newness {
  /** On the monotonic clock; over already where the workload is older. */
  readonly until: number;
  /** False where the workload's age is unknown: it counts as new when it is seen for the first time. */
  readonly isDated: boolean;
}

export interface NewnessParts {
  readonly client: Pick<KubernetesClient, 'list'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** How many owners of pods are remembered at most; the oldest are forgotten first. */
  readonly most?: number;
}

export type NewnessOf = (candidate: PodCandidate, owner: OwnerReference) => Promise<Newness>;

/** Milliseconds from its creation in which a workload is new. */
const NEW = 1500;
/** Times in metadata are cut off to whole seconds. */
const CUT = 1000;
const READ_LIMIT = 500;
const MOST = 10_000;

/**
 * Asked once for each owner, so that a workload costs one read, however many pods it makes. The age is known from two
 * times that the API server wrote, the clock here may differ; from then on it is measured here.
 */
export function createNewness({ client, clock, most = MOST }: NewnessParts): NewnessOf {
  const known = new Map<string, Promise<Newness>>();

  const find = async (candidate: PodCandidate): Promise<Newness> => {
    const seen = clock.monotonic();
    const age = await ageOf(candidate, client);
    return { until: seen + NEW - (age ?? 0), isDated: age !== undefined };
  };

  return (candidate, { uid }) => {
    const before = known.get(uid);
    if (before !== undefined) return before;
    const found = find(candidate);
    known.set(uid, found);
    keepNewest(known, most);
    return found;
  };
}

/** Milliseconds that it has at the least. Undefined where it cannot be read: a Job's, or that of a kind of others. */
async function ageOf(
  { pod, written }: PodCandidate,
  client: Pick<KubernetesClient, 'list'>,
): Promise<number | undefined> {
  const workload = workloadOf(pod);
  const kind = DATED.find((one) => one === workload?.kind);
  if (workload === undefined || kind === undefined) return undefined;
  const { namespace } = pod.metadata;
  const answer = await client.list(
    RESOURCES[kind],
    { namespace, fieldSelector: `metadata.name=${workload.name}` },
    { timeoutMilliseconds: READ_LIMIT },
  );
  const [object] = answer.kind === 'ok' ? answer.value.items : [];
  const age = object && writtenAt(written) - createdAt(object);
  return age === undefined || Number.isNaN(age) ? undefined : Math.max(0, age - CUT);
}

const DATED = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

const createdAt = ({ metadata }: KubernetesObject): number => Date.parse(metadata.creationTimestamp ?? '');

/** When the API server got it: it notes down who has just written the fields. NaN where that is missing. */
function writtenAt({ metadata }: JsonObject): number {
  const times = objectsAt(objectAt(metadata).managedFields).map(({ time }) =>
    Date.parse(filledTextAt(time) ?? ''),
  );
  return times.length === 0 ? Number.NaN : Math.max(...times);
}
