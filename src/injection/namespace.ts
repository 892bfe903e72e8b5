/** What the label of a namespace says: whether its new pods get sidecars, and which of them. */

import type { Labels } from '../resources/selectors.ts';
import { INJECTION_LABEL } from './layout.ts';

/**
 * `enabled`: pods that an ApiBinding targets. `required`: also those that no binding targets yet, if a Service leads
 * HTTP requests to them. `disabled` is every other value, and none.
 */
export type NamespaceInjection = 'disabled' | 'enabled' | 'required';

/** The values with which the API server asks about pods. */
export const INJECTING = ['enabled', 'required'] as const satisfies readonly NamespaceInjection[];

export function namespaceInjection(labels: Labels): NamespaceInjection {
  return INJECTING.find((value) => value === labels[INJECTION_LABEL]) ?? 'disabled';
}

export const isInjecting = (labels: Labels): boolean => namespaceInjection(labels) !== 'disabled';
