/** An injector over a namespace `shop`, and what its decisions say. */

import type { JsonObject } from '../../base/json.ts';
import { objectAt, objectsAt } from '../../base/members.ts';
import { applyPatch } from '../../injection/testing/apply-patch.ts';
import { SETTINGS } from '../../injection/testing/pods.ts';
import type { AdmissionDecision } from '../admission/decision.ts';
import { createInjector, type Told } from '../injection/injector.ts';
import { bound, chooser, shop } from './injection.ts';

export const ORDERS = { app: 'orders' };
export const GUARDED = [chooser('shop/orders'), bound('shop/orders')];
/** Of a pod that cannot be guarded. */
export const HOST = { hostNetwork: true };

export function injectorWorld(
  objects: Parameters<typeof shop>[0] = GUARDED,
  isTrusting = true,
  labels?: Parameters<typeof shop>[1],
) {
  const told: Told[] = [];
  const place = shop(objects, labels);
  const injector = createInjector({
    reading: place.reading,
    trust: async () => isTrusting,
    settings: SETTINGS,
    newHookKey: () => 'k'.repeat(22),
    tell: (one) => told.push(one),
  });
  return { ...place, injector, told, results: () => told.map(({ result, reason }) => [result, reason]) };
}

export const messageOf = (decision: AdmissionDecision): string =>
  decision.kind === 'refused' ? decision.message : 'allowed';
export const warningsOf = (decision: AdmissionDecision): readonly string[] => decision.warnings;

/** The object with the decision's patch applied; throws for a refusal. */
export function patched(object: JsonObject, decision: AdmissionDecision): JsonObject {
  if (decision.kind === 'refused') throw new Error(decision.message);
  return objectAt(applyPatch(object, decision.patch ?? []));
}

export const sidecars = (pod: JsonObject) =>
  objectsAt(objectAt(pod.spec).initContainers).map(({ name }) => name);
