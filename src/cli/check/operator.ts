/** Whether the operator runs, one of its replicas leads, and validators find it. */

import { listAt, objectAt, objectsAt } from '../../base/members.ts';
import type { Outcome } from '../../kubernetes/errors.ts';
import { readLease } from '../../kubernetes/lease.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { count } from '../../status/texts.ts';
import { VERSION_LABEL } from './crds.ts';
import { bad, type CheckLine, doubtful, unseen, well } from './line.ts';

export const OPERATOR = 'portcullis-operator';

/** What its command line says. */
export interface OperatorSettings {
  readonly version: string | undefined;
  readonly image: string | undefined;
  readonly envoyImage: string | undefined;
  readonly webhookConfiguration: string;
}

export function readOperatorSettings(deployment: Outcome<KubernetesObject>): OperatorSettings {
  const { template } = objectAt(deployment.kind === 'ok' ? deployment.value.spec : undefined);
  const { metadata, spec } = objectAt(template);
  const args = objectsAt(objectAt(spec).containers).flatMap((container) => listAt(container.args));
  const flag = (name: string): string | undefined => {
    const found = args.find((arg) => typeof arg === 'string' && arg.startsWith(`--${name}=`));
    return typeof found === 'string' ? found.slice(name.length + 3) : undefined;
  };
  const version = objectAt(objectAt(metadata).labels)[VERSION_LABEL];
  return {
    version: typeof version === 'string' ? version : undefined,
    image: flag('image'),
    envoyImage: flag('envoy-image'),
    webhookConfiguration: flag('webhook-configuration') ?? 'portcullis',
  };
}

export function checkOperator(deployment: Outcome<KubernetesObject>, home: string): CheckLine {
  const what = 'Operator';
  if (deployment.kind === 'failed') {
    if (deployment.error.kind !== 'NotFound')
      return unseen(what, `get deployment ${OPERATOR}`, home, deployment.error);
    return bad(
      what,
      `there is no Deployment ${home}/${OPERATOR}`,
      'install the chart, or name the namespace of the control plane by -n',
    );
  }
  const { replicas = 1 } = objectAt(deployment.value.spec);
  const { readyReplicas = 0, updatedReplicas = 0 } = objectAt(deployment.value.status);
  const { version } = readOperatorSettings(deployment);
  const state = `${readyReplicas} of ${replicas} replicas ready${version === undefined ? '' : `, version ${version}`}`;
  if (Number(readyReplicas) === 0) {
    return bad(
      what,
      state,
      `see kubectl -n ${home} describe pods -l app.kubernetes.io/component=operator, and its log`,
    );
  }
  if (Number(readyReplicas) < Number(replicas) || Number(updatedReplicas) < Number(replicas)) {
    return doubtful(what, state, `see kubectl -n ${home} rollout status deployment/${OPERATOR}`);
  }
  return well(what, state);
}

/** Seconds by which clocks may differ unnoticed. */
const TOLERATED = 5;

/** @param now Unix seconds. */
export function checkLeader(
  lease: Outcome<KubernetesObject>,
  home: string,
  now: number,
): readonly CheckLine[] {
  const what = 'Leader';
  if (lease.kind === 'failed') {
    if (lease.error.kind !== 'NotFound')
      return [unseen(what, `get the lease ${OPERATOR}`, home, lease.error)];
    return [
      bad(what, 'no replica has ever led', `see the log of kubectl -n ${home} logs deployment/${OPERATOR}`),
    ];
  }
  const { holder, durationSeconds, renewTime } = readLease(lease.value);
  const age = renewTime === undefined ? Number.POSITIVE_INFINITY : now - Date.parse(renewTime) / 1000;
  if (holder === '' || age > durationSeconds + TOLERATED) {
    const since = Number.isFinite(age) ? ` for ${count(Math.round(age), 'second')}` : '';
    return [
      bad(
        what,
        `no replica has led${since}: policies, keys and status stand still`,
        `see the log of kubectl -n ${home} logs deployment/${OPERATOR}`,
      ),
    ];
  }
  const clock =
    age < -TOLERATED
      ? [
          doubtful(
            'Clocks',
            `the leader's clock is ${Math.round(-age)} s before yours`,
            'see which of the two is wrong: tokens are judged by the clocks of the nodes',
          ),
        ]
      : [];
  return [well(what, holder), ...clock];
}

export function checkPolicyService(slice: Outcome<KubernetesObject>, home: string): CheckLine {
  const what = 'Policy Service';
  if (slice.kind === 'failed') {
    if (slice.error.kind !== 'NotFound')
      return unseen(what, 'get the endpointslice portcullis-policy', home, slice.error);
    return bad(what, 'leads nowhere: validators find no leader', 'see the lines Operator and Leader');
  }
  const addresses = objectsAt(slice.value.endpoints).flatMap(({ addresses: some }) => listAt(some));
  if (addresses.length === 0)
    return bad(what, 'leads nowhere: validators find no leader', 'see the lines Operator and Leader');
  return well(what, `leads to ${addresses.map(String).join(', ')}`);
}
