/** What the status of a binding in mode Trial says: it guards nothing, and must never make an API look guarded. */

import type { Policies } from '../planning/policies.ts';
import type { ApiBindingSpec } from '../resources/types.gen.ts';
import type { ConditionNow } from './conditions.ts';
import type { PodFacts } from './pod-facts.ts';
import { few } from './texts.ts';

interface Tried {
  /** namespace/name. */
  readonly id: string;
  readonly mode: ApiBindingSpec['mode'];
  /** As the function below says it. */
  readonly standsAlone: boolean;
}

/** The reason of Guarded where a Trial is judged as it should be. */
export const TRIED = 'Trial';

/** Whether it is a Trial, and no binding that decides has a target or a pod of it. */
export function standsAlone(
  id: string,
  targets: Pick<Policies['targets'], 'sharing' | 'resolution' | 'podsOf' | 'guards'>,
): boolean {
  if (targets.resolution(id)?.isTrial !== true) return false;
  return !(
    [...targets.sharing(id)].some((other) => targets.resolution(other)?.isTrial === false) ||
    // Pods of a class have one list of guards.
    [...new Set([...targets.podsOf(id)].map((pod) => targets.guards(pod)))].some((guards) =>
      guards.some(({ isTrial }) => isTrial !== true),
    )
  );
}

/** @param found what Guarded would be of a binding that decides. What keeps a Trial from being judged goes before. */
export function guardedOrTried(
  { id, mode, standsAlone: isAlone }: Tried,
  found: ConditionNow<'Guarded'>,
): ConditionNow<'Guarded'> {
  if (mode !== 'Trial' || found.status === 'False') return found;
  const others = isAlone
    ? 'No other binding has its targets: every request passes.'
    : 'Whether its targets are guarded, the bindings say that decide there.';
  const message = `ApiBinding ${id} guards nothing, for it has mode Trial. ${others}`;
  return { type: 'Guarded', status: 'False', reason: TRIED, message };
}

export const triedMessage = ({
  id,
  standsAlone: isAlone,
  pods,
}: Tried & { readonly pods: readonly Pick<PodFacts, 'untried'>[] }): string =>
  isAlone
    ? `ApiBinding ${id} has mode Trial, and no other binding has its targets, so that it is as in mode Audit: what it would deny is counted and logged, and let through.`
    : `ApiBinding ${id} has mode Trial: it answers no request, and what it would decide is counted.${untriedNote(pods)}`;

function untriedNote(pods: readonly Pick<PodFacts, 'untried'>[]): string {
  const ports = [...new Set(pods.flatMap(({ untried }) => untried))].sort((a, b) => a - b);
  if (ports.length === 0) return '';
  const [what, there] = ports.length === 1 ? ['port', 'it'] : ['ports', 'them'];
  return ` At ${what} ${few(ports.map(String))} of its pods it is not judged: no other binding guards ${there}, so that requests meet no validator there.`;
}
