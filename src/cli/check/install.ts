/** Before the install: whether who installs may, and nothing is in the way. */

import type { JsonObject } from '../../base/json.ts';
import { objectAt } from '../../base/members.ts';
import type { Outcome } from '../../kubernetes/errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { few } from '../../status/texts.ts';
import { bad, type CheckLine, doubtful, unseen, well } from './line.ts';

export interface Permission {
  readonly group: string;
  readonly resource: string;
  /** Undefined: of the whole cluster. */
  readonly namespace?: string;
}

/** What `helm install` makes, without which the chart is not whole. */
export const permissionsToInstall = (home: string): readonly Permission[] => [
  { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' },
  { group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
  { group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings' },
  { group: 'admissionregistration.k8s.io', resource: 'validatingwebhookconfigurations' },
  { group: 'admissionregistration.k8s.io', resource: 'mutatingwebhookconfigurations' },
  { group: 'apps', resource: 'deployments', namespace: home },
  { group: '', resource: 'secrets', namespace: home },
  { group: '', resource: 'services', namespace: home },
];

export function checkPermissions(
  asked: readonly { readonly permission: Permission; readonly answer: Outcome<JsonObject> }[],
): CheckLine {
  const what = 'Your rights';
  const failed = asked.find(({ answer }) => answer.kind === 'failed');
  if (failed?.answer.kind === 'failed')
    return unseen(what, 'create selfsubjectaccessreviews', '', failed.answer.error);
  const denied = asked.filter(
    ({ answer }) => answer.kind === 'ok' && objectAt(answer.value.status).allowed !== true,
  );
  if (denied.length > 0) {
    const names = few(
      denied.map(({ permission: { resource, namespace } }) =>
        namespace === undefined ? resource : `${resource} in namespace ${namespace}`,
      ),
    );
    return bad(
      what,
      `you may not create ${names}`,
      'have somebody install the chart who may; or have a cluster administrator install render=ClusterScoped, and install render=NamespaceScoped yourself',
    );
  }
  return well(what, 'you may create what the chart brings');
}

export function checkNothingThere(deployment: Outcome<KubernetesObject>, home: string): CheckLine {
  const what = 'Operator';
  if (deployment.kind === 'ok') {
    return doubtful(
      what,
      `there is one in namespace ${home} already`,
      'upgrade it (helm upgrade), and check it without --pre',
    );
  }
  if (deployment.error.kind === 'NotFound') return well(what, `none in namespace ${home} so far`);
  return unseen(what, 'get deployment portcullis-operator', home, deployment.error);
}

export function checkRoutes(hasRoutes: Outcome<boolean>): CheckLine {
  const what = 'Gateway API';
  if (hasRoutes.kind === 'failed')
    return unseen(what, 'see whether there are httproutes', '', hasRoutes.error);
  return well(
    what,
    hasRoutes.value
      ? 'is installed: routes can be targeted'
      : 'is not installed: bindings target Services and workloads',
  );
}
