/** Resources that a pod has as a whole (`spec.resources`): raised by what the sidecars ask, so that the app keeps its own. */

import { isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from '../base/json.ts';
import { objectAt, objectsAt } from '../base/members.ts';
import { POD_RESOURCES_ANNOTATION } from './layout.ts';
import { textAt } from './members.ts';
import { quantityOf, quantityText } from './quantities.ts';
import type { SidecarResources } from './resources.ts';

type Quantities = Omit<SidecarResources, 'envoyMemory'>;

const KINDS = ['cpu', 'memory'] as const;

/**
 * Kubernetes refuses a pod that has less than its containers request together, or than one of them may use. What is not
 * written stays unwritten, but where Kubernetes would take it from the containers, of which the sidecars are now some.
 */
export function raisedResources(spec: JsonObject, sidecars: SidecarResources): JsonValue | undefined {
  const { resources } = spec;
  if (!isJsonObject(resources)) return resources;
  return KINDS.reduce((result, kind) => {
    const limit = objectAt(result.limits)[kind];
    const request = objectAt(result.requests)[kind] ?? (isAsked(spec, kind) ? undefined : limit);
    const raised = withQuantity(result, 'requests', kind, request, requestOf(sidecars, kind));
    return withQuantity(raised, 'limits', kind, limit, limitOf(sidecars, kind));
  }, resources);
}

/** The mark of a copy that has lost it: without what its sidecars ask. */
export function loweredMark({ resources }: JsonObject, sidecars: Quantities): JsonObject {
  if (!isJsonObject(resources)) return {};
  const lowered = KINDS.reduce((result, kind) => {
    const { requests, limits } = result;
    const less = withQuantity(result, 'requests', kind, objectAt(requests)[kind], -requestOf(sidecars, kind));
    return withQuantity(less, 'limits', kind, objectAt(limits)[kind], -limitOf(sidecars, kind));
  }, resources);
  return resourcesMark({ resources: lowered });
}

/** Capture has ended before the others start. */
const requestOf = ({ capture, validator, envoy }: Quantities, kind: string): number =>
  Math.max(
    amount(capture, 'requests', kind),
    amount(validator, 'requests', kind) + amount(envoy, 'requests', kind),
  );

const limitOf = ({ capture, validator, envoy }: Quantities, kind: string): number =>
  Math.max(
    amount(capture, 'limits', kind),
    amount(validator, 'limits', kind) + amount(envoy, 'limits', kind),
  );

const amount = (resources: JsonObject, bound: string, kind: string): number =>
  quantityOf(textAt(objectAt(resources[bound])[kind])) ?? 0;

/** Whether a container asks for some: a limit without a request is one. */
const isAsked = (spec: JsonObject, kind: string): boolean =>
  [...objectsAt(spec.containers), ...objectsAt(spec.initContainers)].some(({ resources }) =>
    ['requests', 'limits'].some((bound) => Object.hasOwn(objectAt(objectAt(resources)[bound]), kind)),
  );

/** What is no quantity stays, for the API server to refuse. */
function withQuantity(
  resources: JsonObject,
  bound: string,
  kind: 'cpu' | 'memory',
  written: JsonValue | undefined,
  more: number,
): JsonObject {
  const value =
    typeof written === 'number' || typeof written === 'string' ? quantityOf(`${written}`) : undefined;
  if (value === undefined) return resources;
  return {
    ...resources,
    [bound]: { ...objectAt(resources[bound]), [kind]: quantityText(kind, Math.max(0, value + more)) },
  };
}

/** The annotation that says what was there before. */
export const resourcesMark = ({ resources }: JsonObject): JsonObject =>
  isJsonObject(resources) ? { [POD_RESOURCES_ANNOTATION]: JSON.stringify(resources) } : {};

/** As they were before. Those of a pod without the annotation are its own. */
export function withResourcesBack(spec: JsonObject, { annotations }: JsonObject): JsonObject {
  const before = parseJsonObject(textAt(objectAt(annotations)[POD_RESOURCES_ANNOTATION]));
  if (before === undefined || !isJsonObject(spec.resources)) return spec;
  const { requests: _, limits: __, ...others } = spec.resources;
  return { ...spec, resources: { ...others, ...quantitiesOf(before) } };
}

/** Others can change the annotation: nothing is taken from it that is deeper than what is written there. */
const quantitiesOf = (resources: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(resources).flatMap(([bound, quantities]) => {
      if (!isJsonObject(quantities) || !['requests', 'limits'].includes(bound)) return [];
      const all = Object.entries(quantities);
      const plain = all.filter(([, value]) => typeof value === 'string' || typeof value === 'number');
      return [[bound, Object.fromEntries(plain)]];
    }),
  );
