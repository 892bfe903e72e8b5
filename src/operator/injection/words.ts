/** How admission words what becomes of a pod: for people, who read it in Events and from kubectl. */

import { type InjectionRefusal, refusalsText } from '../../injection/refusals.ts';
import type { Exposure } from '../../targets/exposed.ts';
import type { Guard } from '../../targets/guards.ts';
import type { PodCandidate } from './candidate.ts';
import type { PodGuards } from './guards.ts';

/** `Pod shop/orders-* is refused: ApiBinding shop/orders targets it, and it …; remedy (Reason)`. */
export function refusalText(
  { title, label, pod }: PodCandidate,
  guards: PodGuards,
  refusals: readonly InjectionRefusal[],
): string {
  const why = reasonToGuard(label, guards) ?? (pod.sidecars.validator ? 'it comes with sidecars' : undefined);
  return `${title} is refused: ${why === undefined ? '' : `${why}, and `}${refusalsText(refusals)}`;
}

function reasonToGuard(
  label: string | undefined,
  { certain, possible, exposed }: PodGuards,
): string | undefined {
  const [first] = certain;
  if (first !== undefined && exposed === undefined) return `ApiBinding ${first.binding} targets it`;
  if (label === 'true') return 'its label portcullis.dev/inject asks for a guard';
  if (exposed !== undefined) return `${mustGuard(exposed)} ${UNLESS_NOT_MEANT}`;
  const [early] = possible;
  return early && `${mayTarget(early)} ${UNLESS_NOT_MEANT}`;
}

const UNLESS_NOT_MEANT = '(label it portcullis.dev/inject: "false" if it is not meant)';

const mustGuard = ({ services }: Exposure): string =>
  `its namespace requires a guard for what Service ${services.join(', ')} leads to`;

const mayTarget = ({ binding, problem }: Guard): string =>
  `ApiBinding ${binding} may target it, as ${problem?.message ?? 'its targets are not known'}`;

/** If that was not intended, the pod refuses every request. */
export function possibleText(
  { title }: PodCandidate,
  { certain, possible, exposed }: PodGuards,
): readonly string[] {
  const [early] = possible;
  if (certain.length > 0) return [];
  if (exposed !== undefined) {
    return [`${title} refuses every request until an ApiBinding targets it: ${mustGuard(exposed)}`];
  }
  if (early === undefined) return [];
  return [
    `${title} refuses every request for now: ${mayTarget(early)}; ${early.problem?.remedy ?? ''} (TargetNotFound)`,
  ];
}

export const untrustedText = ({ title }: PodCandidate, namespace: string): string =>
  `${title} may take two minutes until it is ready: the control plane has not published ConfigMap ${namespace}/portcullis-ca yet`;
