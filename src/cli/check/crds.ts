/** Whether our CRDs are there, served, and of the operator's version. */

import type { JsonValue } from '../../base/json.ts';
import { objectAt, objectsAt } from '../../base/members.ts';
import { conditionHolds } from '../../cluster/read.ts';
import type { Outcome } from '../../kubernetes/errors.ts';
import { bad, type CheckLine, doubtful, unseen, well } from './line.ts';

export const CRDS = ['apibindings.portcullis.dev', 'authenticationsources.portcullis.dev'] as const;
export const VERSION_LABEL = 'app.kubernetes.io/version';
const SERVED = 'v1alpha1';

export interface SeenCrd {
  readonly name: string;
  readonly object: Outcome<JsonValue>;
}

/** @param version the operator's; undefined where it is not known. */
export function checkCrds(crds: readonly SeenCrd[], version: string | undefined): CheckLine {
  const what = 'CRDs';
  for (const { name, object } of crds) {
    if (object.kind === 'failed') {
      if (object.error.kind !== 'NotFound') return unseen(what, `get the CRD ${name}`, '', object.error);
      return bad(
        what,
        `${name} is not there`,
        'install the chart with crds.enabled, or apply crds/ of its version',
      );
    }
    const { spec, status } = objectAt(object.value);
    if (!conditionHolds(objectAt(status).conditions, 'Established')) {
      return bad(what, `${name} is not established`, `see its conditions: kubectl describe crd ${name}`);
    }
    if (!objectsAt(objectAt(spec).versions).some((one) => one.name === SERVED && one.served === true)) {
      return bad(what, `${name} does not serve ${SERVED}`, 'apply crds/ of the version of the chart');
    }
  }
  const versions = crds.map(({ object }) => versionOf(object));
  const other = versions.find((one) => one !== undefined && one !== version);
  if (version !== undefined && other !== undefined) {
    return doubtful(
      what,
      `are of version ${other}, and the operator of ${version}`,
      'apply crds/ of the version of the chart',
    );
  }
  return well(what, `are there${versions[0] === undefined ? '' : `, of version ${versions[0]}`}`);
}

function versionOf(object: Outcome<JsonValue>): string | undefined {
  if (object.kind === 'failed') return undefined;
  const label = objectAt(objectAt(objectAt(object.value).metadata).labels)[VERSION_LABEL];
  return typeof label === 'string' ? label : undefined;
}
