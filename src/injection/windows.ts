/** Whether a pod runs on Windows, as far as the pod itself says so. */

import type { JsonObject, JsonValue } from '../base/json.ts';
import { listAt, objectAt, objectsAt } from '../base/members.ts';
import { textAt } from './members.ts';

const SYSTEM_LABELS = ['kubernetes.io/os', 'beta.kubernetes.io/os'];
/** Only nodes of Windows have it. */
const BUILD_LABEL = 'node.kubernetes.io/windows-build';
/**
 * The API server writes the node selector of a RuntimeClass into the pod before it asks webhooks; in a manifest only its
 * name is known, such as `windows-2022` or `runhcs-wcow-process`.
 */
const RUNTIME_CLASS = /(?:^|[-.])(?:windows|wcow)(?:[-.0-9]|$)/;

export function isWindows(spec: JsonObject): boolean {
  const containers = [...objectsAt(spec.containers), ...objectsAt(spec.initContainers)];
  return (
    objectAt(spec.os).name === 'windows' ||
    Object.entries(objectAt(spec.nodeSelector)).some(([key, value]) => isWindowsLabel(key, value)) ||
    mustRunOnWindows(spec.affinity) ||
    [spec, ...containers].some(hasWindowsOptions) ||
    RUNTIME_CLASS.test(textAt(spec.runtimeClassName))
  );
}

const isWindowsLabel = (key: string, value: JsonValue): boolean =>
  key === BUILD_LABEL || (SYSTEM_LABELS.includes(key) && value === 'windows');

const hasWindowsOptions = ({ securityContext }: JsonObject): boolean =>
  Object.keys(objectAt(objectAt(securityContext).windowsOptions)).length > 0;

/**
 * Of several terms one is enough for a node, of a term's expressions it has to meet each. A term that is empty fits no
 * node, and a preference decides nothing.
 */
function mustRunOnWindows(affinity: JsonValue | undefined): boolean {
  const { requiredDuringSchedulingIgnoredDuringExecution: required } = objectAt(
    objectAt(affinity).nodeAffinity,
  );
  const terms = objectsAt(objectAt(required).nodeSelectorTerms).filter(
    ({ matchExpressions, matchFields }) => listAt(matchExpressions).length + listAt(matchFields).length > 0,
  );
  return (
    terms.length > 0 && terms.every(({ matchExpressions }) => objectsAt(matchExpressions).some(meansWindows))
  );
}

/** Kubernetes has nodes of Linux and of Windows. */
function meansWindows({ key, operator, values }: JsonObject): boolean {
  const all = listAt(values);
  if (key === BUILD_LABEL) return operator === 'In' || operator === 'Exists';
  if (!SYSTEM_LABELS.includes(textAt(key))) return false;
  if (operator === 'NotIn') return all.includes('linux') && !all.includes('windows');
  return operator === 'In' && all.length > 0 && all.every((value) => value === 'windows');
}
