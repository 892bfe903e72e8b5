/** Resolves what one binding targets: its selections of pods, its problems, and the objects that these were read from. */

import type { JsonObject, JsonValue } from '../base/json.ts';
import { objectAt, objectsAt } from '../base/members.ts';
import type { ObjectsByKind, Route, RouteKind, StoredBinding, StoredKind } from '../cluster/objects.ts';
import { filledTextAt } from '../cluster/read.ts';
import { createSharing } from '../cluster/sharing.ts';
import { readSelector } from '../cluster/workloads.ts';
import type { ApiBindingTargetRef, LabelSelector } from '../resources/types.gen.ts';
import { backendPorts, ownPorts, type PortWish, servicePorts, writtenPorts } from './ports.ts';
import { type TargetProblem, targetProblem } from './reasons.ts';
import { findRoute, notFound, type RouteSection, resolveSection } from './resolve-routes.ts';

export interface ObjectLookup {
  get<K extends StoredKind>(kind: K, id: string): ObjectsByKind[K] | undefined;
  /** Whether the cluster has the Gateway API's routes. */
  readonly routeApi: boolean;
}

export interface PodSelection {
  /** Undefined: every pod that has a validator. */
  readonly selector: LabelSelector | undefined;
  readonly ports: PortWish;
  /** For messages: `Service shop/orders`. */
  readonly target: string;
}

export interface Resolution {
  /** The binding has mode Trial: it changes nothing of what another one guards. */
  readonly isTrial: boolean;
  /** All in the binding's own namespace. */
  readonly selections: readonly PodSelection[];
  readonly problems: readonly TargetProblem[];
  /** Kind and id of every object that was asked for, there or not: when one changes, this is made anew. */
  readonly reads: readonly string[];
  /** Those of them that mean pods, there or not. */
  readonly podReads: readonly string[];
  /** Its routes, by which gateways know it. */
  readonly routes: readonly Route[];
  /** Single rules of routes, which gateways alone can tell from the others. */
  readonly sections: readonly RouteSection[];
  /** Names what it targets; bindings that share one guard the same pods, whether there are any or not. */
  readonly targets: readonly string[];
}

export const objectKey = (kind: StoredKind, id: string): string => `${kind} ${id}`;

/** Every Service that was asked for, namespace/name: targeted itself, or by a route. */
export function targetedServices(resolution: Pick<Resolution, 'reads'> | undefined): readonly string[] {
  const prefix = objectKey('Service', '');
  const keys = (resolution?.reads ?? []).filter((key) => key.startsWith(prefix));
  return [...new Set(keys)].map((key) => key.slice(prefix.length));
}

/** Guards nothing outside of the binding's namespace, whatever its targets say. */
export function resolveTargets(binding: StoredBinding, lookup: ObjectLookup): Resolution {
  const { namespace } = binding.metadata;
  const isTrial = modeOf(binding) === 'Trial';
  const into: Collected = {
    isTrial,
    selections: [],
    problems: [],
    reads: [],
    podReads: [],
    routes: [],
    sections: [],
    targets: [],
  };
  const { targetRefs, podSelector, ports } = wantedBy(binding);
  const written = ports === undefined || ports.length === 0 ? undefined : writtenPorts(ports);
  if (podSelector !== undefined) {
    into.targets.push(`Pods ${namespace} ${JSON.stringify(podSelector)}`);
    into.selections.push({
      selector: podSelector,
      ports: written ?? { kind: 'own' },
      target: 'spec.podSelector',
    });
  }
  for (const reference of targetRefs) resolveReference(reference, namespace, written, lookup, into);
  if (podSelector === undefined && targetRefs.length === 0 && !isTrial) {
    // Its targets cannot be read. Wherever requests are judged, it refuses what no other binding takes.
    into.selections.push({ selector: undefined, ports: { kind: 'numbers', ports: [] }, target: namespace });
  }
  // A list that grew has room for a dozen more; these are kept for every binding.
  const { selections, problems, reads, podReads, routes, sections, targets } = into;
  return {
    isTrial,
    selections: [...selections],
    problems: [...problems],
    reads: [...reads],
    podReads: [...podReads],
    routes: [...routes],
    sections: [...sections],
    targets: [...targets],
  };
}

/** As it is written, where the schema does not hold. */
const modeOf = (binding: StoredBinding): JsonValue | undefined =>
  binding.kind === 'typed' ? binding.object.spec.mode : objectAt(binding.written.spec).mode;

interface Collected extends Resolution {
  readonly selections: PodSelection[];
  readonly problems: TargetProblem[];
  readonly reads: string[];
  readonly podReads: string[];
  readonly routes: Route[];
  readonly sections: RouteSection[];
  readonly targets: string[];
}

interface Wanted {
  readonly targetRefs: readonly ApiBindingTargetRef[];
  readonly podSelector: LabelSelector | undefined;
  readonly ports: Parameters<typeof writtenPorts>[0] | undefined;
}

const KINDS = ['Service', 'Deployment', 'StatefulSet', 'DaemonSet', 'HTTPRoute', 'GRPCRoute'] as const;

/** Of a binding that breaks the schema counts what can be read. */
function wantedBy(binding: StoredBinding): Wanted {
  if (binding.kind === 'typed') {
    const { targetRefs = [], podSelector, ports } = binding.object.spec;
    return { targetRefs, podSelector, ports };
  }
  const spec = objectAt(binding.written.spec);
  const targetRefs = objectsAt(spec.targetRefs).flatMap(readReference);
  const selector = readSelector(spec.podSelector, createSharing());
  const isChoosing =
    Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length > 0;
  return { targetRefs, podSelector: isChoosing ? selector : undefined, ports: undefined };
}

function readReference({ kind, name, sectionName }: JsonObject): readonly ApiBindingTargetRef[] {
  const known = KINDS.find((candidate) => candidate === kind);
  const text = filledTextAt(name);
  const section = filledTextAt(sectionName);
  if (known === undefined || text === undefined) return [];
  return [{ kind: known, name: text, ...(section !== undefined && { sectionName: section }) }];
}

function resolveReference(
  { kind, name, sectionName }: ApiBindingTargetRef,
  namespace: string,
  written: PortWish | undefined,
  lookup: ObjectLookup,
  into: Collected,
): void {
  const id = `${namespace}/${name}`;
  const target = `${kind} ${id}`;
  into.reads.push(objectKey(kind, id));
  if (sectionName === undefined) into.podReads.push(objectKey(kind, id));
  into.targets.push(sectionName === undefined ? target : `${target} (${sectionName})`);
  switch (kind) {
    case 'Service':
      resolveService(id, (ports) => written ?? servicePorts(id, ports), lookup, into);
      return;
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet': {
      const workload = lookup.get(kind, id);
      if (workload === undefined) {
        into.problems.push(notFound(target));
        return;
      }
      const ofTemplate = written === undefined ? ownPorts(workload.ports, target) : undefined;
      if (ofTemplate?.kind === 'problem') into.problems.push(ofTemplate.problem);
      into.selections.push({ selector: workload.selector, ports: written ?? { kind: 'own' }, target });
      return;
    }
    case 'HTTPRoute':
    case 'GRPCRoute':
      if (sectionName === undefined) resolveRoute(kind, id, written, lookup, into);
      else resolveSection(kind, id, sectionName, lookup, into);
  }
}

function resolveService(
  id: string,
  wish: (ports: ObjectsByKind['Service']['ports']) => PortWish,
  lookup: ObjectLookup,
  into: Collected,
): void {
  const target = `Service ${id}`;
  const service = lookup.get('Service', id);
  if (service === undefined) {
    into.problems.push(notFound(target));
    return;
  }
  if (service.selector === undefined) {
    const remedy = 'target the workload itself, or use podSelector';
    into.problems.push(targetProblem('TargetHasNoSelector', `${target} chooses no pods`, remedy));
    return;
  }
  const ports = wish(service.ports);
  if (ports.kind === 'unknown') into.problems.push(ports.problem);
  into.selections.push({ selector: { matchLabels: service.selector }, ports, target });
}

function resolveRoute(
  kind: RouteKind,
  id: string,
  written: PortWish | undefined,
  lookup: ObjectLookup,
  into: Collected,
): void {
  const target = `${kind} ${id}`;
  const route = findRoute(kind, id, lookup, into);
  if (route === undefined) return;
  into.routes.push(route);
  const { namespace } = route.metadata;
  const own = route.backends.filter(({ service }) => service.startsWith(`${namespace}/`));
  if (own.length === 0) {
    const message = `${target} sends requests to no Service of the namespace ${namespace}`;
    const remedy = 'add a backendRef to it, or target the workload in its own namespace';
    into.problems.push(targetProblem('RouteHasNoBackend', message, remedy));
  }
  for (const { service, port } of own) {
    into.reads.push(objectKey('Service', service));
    into.podReads.push(objectKey('Service', service));
    resolveService(service, (ports) => written ?? backendPorts(service, ports, port, kind), lookup, into);
  }
}
