/** How the sidecars of a running pod differ from those that injection makes: in what no version makes, or in what another one may. */

import type { JsonObject } from '../base/json.ts';
import { objectAt } from '../base/members.ts';
import type { Difference } from './differences.ts';
import { INJECTED_LABEL, MOUNT_PATHS, VALIDATOR_CONTAINER } from './layout.ts';
import { named } from './members.ts';
import { runningObstacles } from './obstacles.ts';
import { annotationsOfOwn } from './own-annotations.ts';
import { hasSidecars, presentControlPlane } from './present.ts';
import { presentCapture, sidecarDifferences } from './present-differences.ts';
import type { InjectionSettings } from './request.ts';

export interface SidecarChanges {
  /** No version makes this: others decide what runs there, and it is no guard, whatever it is called. */
  readonly forged: readonly Difference[];
  /**
   * Another version may make this, or this one for another address of the control plane. So may anybody else, where no
   * webhook has looked at the pod.
   */
  readonly older: readonly Difference[];
}

const NONE: SidecarChanges = { forged: [], older: [] };

/** @param pod as it is stored. Its images are not compared. */
export function sidecarChanges(pod: JsonObject, settings: InjectionSettings): SidecarChanges {
  const spec = objectAt(pod.spec);
  if (!hasSidecars(spec)) return NONE;
  const controlPlane = presentControlPlane(spec) ?? settings.controlPlane;
  const found = [
    ...sidecarDifferences(pod, { ...settings, controlPlane }, true),
    ...annotationsOfOwn(pod).map((name) => ({ where: 'annotation', field: name })),
  ];
  const address: readonly Difference[] =
    controlPlane === settings.controlPlane
      ? []
      : [{ where: `container ${VALIDATOR_CONTAINER}`, field: `args --control-plane=${controlPlane}` }];
  // No version lets a pod start with these.
  const obstacles = runningObstacles(pod, presentCapture(spec));
  if (!isOfOtherVersion(pod, settings)) return { forged: [...found, ...obstacles], older: address };
  const { forged = [], older = [] } = Object.groupBy(found, (one) =>
    mayBeOfVersion(one, spec) ? 'older' : 'forged',
  );
  return { forged: [...forged, ...obstacles], older: [...older, ...address] };
}

/** Every version writes its label: what has none was not made by another one. */
function isOfOtherVersion(pod: JsonObject, { version }: InjectionSettings): boolean {
  const label = objectAt(objectAt(pod.metadata).labels)[INJECTED_LABEL];
  return label !== undefined && label !== version;
}

const OWN_VARIABLE = /^env PORTCULLIS_[A-Z_]+$/;
const OWN_MOUNTS: ReadonlySet<string> = new Set(
  Object.values(MOUNT_PATHS).map((path) => `volumeMount ${path}`),
);
const HANDLERS = /^(?:lifecycle|(?:startup|readiness|liveness)Probe)$/;
const SECURITY =
  /^securityContext\.(?:runAs(?:User|Group|NonRoot)|capabilities|allowPrivilegeEscalation|readOnlyRootFilesystem|(?:seccomp|appArmor)Profile|seLinuxOptions)$/;
const OTHERS: readonly string[] = [
  ...['args', 'env', 'ports', 'restartPolicy', 'emptyDir', 'projected', 'configMap'],
  ...['missing', 'not expected', 'in another order'],
];

/**
 * What one version may have otherwise than another is listed; all else brings programs, files or rights of others. A
 * version that is to have more needs it here.
 */
function mayBeOfVersion({ where, field }: Difference, spec: JsonObject): boolean {
  if (where === 'annotation') return false;
  if (HANDLERS.test(field)) return !runsProgram(spec, where, field);
  return OTHERS.includes(field) || SECURITY.test(field) || OWN_VARIABLE.test(field) || OWN_MOUNTS.has(field);
}

/** Every version has the kubelet call its pages by HTTP or TCP. */
function runsProgram({ initContainers }: JsonObject, where: string, field: string): boolean {
  const handler = objectAt(named(initContainers, where.replace('container ', ''))?.[field]);
  return [handler, ...Object.values(handler)].some((one) => Object.hasOwn(objectAt(one), 'exec'));
}
