/**
 * Workloads whose selector Kubernetes fills in from the labels of their pod template. The label that injection puts there
 * says a version: with it in the selector the workload would know its own pods no more after an upgrade.
 */

import { type JsonObject, parseJsonObject } from '../base/json.ts';
import { objectAt } from '../base/members.ts';
import { INJECTED_LABEL, SELECTOR_ANNOTATION } from '../injection/layout.ts';
import { sameJson, textAt, withMember } from '../injection/members.ts';

/** `group/kind` → whether the labels stand there as they are, or in `matchLabels`. The versions are those that do so. */
const FILLED_IN: Readonly<Record<string, 'plain' | 'matchLabels'>> = {
  'v1/ReplicationController': 'plain',
  'v1/DeploymentConfig': 'plain',
  'apps.openshift.io/v1/DeploymentConfig': 'plain',
  'extensions/v1beta1/Deployment': 'matchLabels',
  'extensions/v1beta1/ReplicaSet': 'matchLabels',
  'extensions/v1beta1/DaemonSet': 'matchLabels',
  'apps/v1beta1/Deployment': 'matchLabels',
  'apps/v1beta1/StatefulSet': 'matchLabels',
};

function formOf({ apiVersion, kind }: JsonObject): 'plain' | 'matchLabels' | undefined {
  const key = `${apiVersion}/${kind}`;
  return Object.hasOwn(FILLED_IN, key) ? FILLED_IN[key] : undefined;
}

/**
 * The same with its selector written out, as it would be without sidecars.
 *
 * @param named with the kind that its List says, where it has none of its own.
 */
export function withOwnSelector(object: JsonObject, named: JsonObject): JsonObject {
  const form = formOf(named);
  const spec = objectAt(object.spec);
  if (form === undefined || Object.keys(objectAt(spec.selector)).length > 0) return object;
  const { [INJECTED_LABEL]: ours, ...labels } = objectAt(objectAt(objectAt(spec.template).metadata).labels);
  if (ours === undefined || Object.keys(labels).length === 0) return object;
  const metadata = objectAt(object.metadata);
  const before = {
    ...(spec.selector !== undefined && { selector: {} }),
    ...(sameJson(metadata.annotations, {}) && { annotations: {} }),
  };
  const annotations = { ...objectAt(metadata.annotations), [SELECTOR_ANNOTATION]: JSON.stringify(before) };
  return {
    ...object,
    metadata: { ...metadata, annotations },
    spec: { ...spec, selector: selectorOf(form, labels) },
  };
}

const selectorOf = (form: 'plain' | 'matchLabels', labels: JsonObject): JsonObject =>
  form === 'plain' ? labels : { matchLabels: labels };

/** The same with its selector as it was before `withOwnSelector`. A selector that has been changed since stays. */
export function withoutOwnSelector(object: JsonObject, named: JsonObject): JsonObject {
  const metadata = objectAt(object.metadata);
  const marks = objectAt(metadata.annotations);
  const before = parseJsonObject(textAt(marks[SELECTOR_ANNOTATION]));
  const form = formOf(named);
  if (before === undefined || form === undefined) return object;
  const has = (name: string): JsonObject | undefined => (Object.hasOwn(before, name) ? {} : undefined);
  const others = withMember(marks, SELECTOR_ANNOTATION, undefined);
  const annotations = Object.keys(others).length === 0 ? has('annotations') : others;
  const spec = objectAt(object.spec);
  const labels = objectAt(objectAt(objectAt(spec.template).metadata).labels);
  const isOurs = sameJson(spec.selector, selectorOf(form, labels));
  return {
    ...object,
    metadata: withMember(metadata, 'annotations', annotations),
    spec: isOurs ? withMember(spec, 'selector', has('selector')) : spec,
  };
}
