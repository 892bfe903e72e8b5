/** Finds the routes that a binding targets, and single rules of them. */

import type { ObjectsByKind, Route, RouteKind } from '../cluster/objects.ts';
import { type TargetProblem, targetProblem } from './reasons.ts';

/** A rule of a route, by its name. */
export interface RouteSection {
  readonly route: Route;
  readonly section: string;
}

interface RouteLookup {
  get<K extends RouteKind>(kind: K, id: string): ObjectsByKind[K] | undefined;
  /** Whether the cluster has the Gateway API's routes. */
  readonly routeApi: boolean;
}

interface Found {
  readonly problems: TargetProblem[];
  readonly sections: RouteSection[];
}

export function findRoute(
  kind: RouteKind,
  id: string,
  lookup: RouteLookup,
  into: Pick<Found, 'problems'>,
): Route | undefined {
  const target = `${kind} ${id}`;
  if (!lookup.routeApi) {
    const remedy = 'install its CRDs, or target the Service behind the route';
    const message = `${target} is targeted, and the cluster has no Gateway API`;
    into.problems.push(targetProblem('RouteApiMissing', message, remedy));
    return undefined;
  }
  const route = lookup.get(kind, id);
  if (route === undefined) into.problems.push(notFound(target));
  return route;
}

/**
 * Chooses no pods: a pod's own validator cannot tell by which rule a request has come, and would judge those of the
 * others too.
 */
export function resolveSection(
  kind: RouteKind,
  id: string,
  section: string,
  lookup: RouteLookup,
  into: Found,
): void {
  const problems: TargetProblem[] = [];
  const route = findRoute(kind, id, lookup, { problems });
  if (route !== undefined) {
    into.sections.push({ route, section });
    if (!hasRule(route, section)) problems.push(noRule(route, `${kind} ${id}`, section));
  }
  into.problems.push(...problems.map((problem) => ({ ...problem, isOfGateway: true }) as const));
}

export const hasRule = ({ rules }: Route, section: string): boolean =>
  rules.some(({ name }) => name === section);

function noRule({ rules }: Route, target: string, section: string): TargetProblem {
  const sections = rules.flatMap(({ name }) => (name === '' ? [] : name));
  const names = sections.length === 0 ? 'none of them has a name' : `it has ${sections.join(', ')}`;
  const message = `${target} has no rule named ${section}: ${names}`;
  return targetProblem('TargetNotFound', message, 'name the rule in the route, or correct sectionName');
}

export function notFound(target: string): TargetProblem {
  return targetProblem('TargetNotFound', `there is no ${target}`, 'create it, or correct kind and name');
}
