/**
 * Workloads whose selector Kubernetes fills in from the labels of their pod template. The label that injection puts there
 * says a version: with it in the selector the workload would know its own pods no more after an upgrade.
 */

import { INJECTED_LABEL } from '../injection/layout.ts';
import type { JsonObject } from '../matching/json.ts';
import { objectAt } from '../matching/members.ts';

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

/**
 * The same with its selector written out, as it would be without sidecars.
 *
 * @param named with the kind that its List says, where it has none of its own.
 */
export function withOwnSelector(object: JsonObject, { apiVersion, kind }: JsonObject): JsonObject {
  const key = `${apiVersion}/${kind}`;
  const form = Object.hasOwn(FILLED_IN, key) ? FILLED_IN[key] : undefined;
  const spec = objectAt(object.spec);
  if (form === undefined || Object.keys(objectAt(spec.selector)).length > 0) return object;
  const { [INJECTED_LABEL]: ours, ...labels } = objectAt(objectAt(objectAt(spec.template).metadata).labels);
  if (ours === undefined || Object.keys(labels).length === 0) return object;
  return { ...object, spec: { ...spec, selector: form === 'plain' ? labels : { matchLabels: labels } } };
}
