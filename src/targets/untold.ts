/**
 * Problems of bindings at a gateway that does not say which route it has matched. They are over once it does: then each
 * request is judged by the binding of its own route.
 */

import type { HostTaker } from './gateways.ts';
import { hostText } from './hosts.ts';
import { type TargetProblem, targetProblem } from './reasons.ts';

const TELL = 'have the gateway say which route matched (Envoy Gateway 1.8 and later: includeRouteMetadata)';

export function sharedWithNamespace(
  host: string,
  { route, isElsewhere }: HostTaker,
  gateway: string,
): TargetProblem {
  const { namespace, name } = route.metadata;
  const which = `${route.kind} ${namespace}/${name}`;
  const why = isElsewhere
    ? `${which} is older, and its namespace guards ${hostText(host)} at another listener of Gateway ${gateway}, which a check does not name`
    : `${which}, which is older or names the host more narrowly, attaches ${hostText(host)} to Gateway ${gateway}, too`;
  const remedy = `${TELL}, give each namespace hosts of its own, or guard the pods instead of the gateway`;
  return targetProblem('HostShared', why, remedy);
}

export function sharedWithBinding(host: string, older: string, gateway: string): TargetProblem {
  const why = `ApiBinding ${older}, which is older, guards a route that attaches ${hostText(host)} to Gateway ${gateway}, too`;
  return targetProblem(
    'HostShared',
    why,
    `${TELL}, give each route hosts of its own, or guard both by one binding`,
  );
}

export function sectionUntold(host: string, binding: string, gateway: string): TargetProblem {
  const why = `Gateway ${gateway} has not said so far which rule of a route matched, and refuses ${hostText(host)} without that, for ApiBinding ${binding} guards a single rule there (sectionName)`;
  return targetProblem('SectionUntold', why, `${TELL}, and send a request; or target the whole route`);
}
