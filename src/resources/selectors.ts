/** Kubernetes label selectors, with their meaning for absent labels. */

import type { LabelSelector, LabelSelectorMatchExpression } from './types.gen.ts';

export type Labels = Readonly<Record<string, string>>;

/** Every member must match. An empty selector matches everything; that it is not wanted, the schema says. */
export function selectorMatches(selector: LabelSelector, labels: Labels | undefined): boolean {
  const map = new Map(Object.entries(labels ?? {}));
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => map.get(key) === value) &&
    (selector.matchExpressions ?? []).every((condition) => conditionHolds(condition, map.get(condition.key)))
  );
}

/** An object without the label satisfies NotIn, as in Kubernetes. */
function conditionHolds(condition: LabelSelectorMatchExpression, value: string | undefined): boolean {
  const listed = value !== undefined && (condition.values ?? []).includes(value);
  switch (condition.operator) {
    case 'In':
      return listed;
    case 'NotIn':
      return !listed;
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return unknownOperator(condition.operator);
  }
}

/** An operator of a later version chooses nothing. */
function unknownOperator(_: never): boolean {
  return false;
}
