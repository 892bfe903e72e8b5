/** Which pods are the validators of which Gateway, by the command line that the chart gives them. */

import { listAt, objectAt, objectsAt } from '../../base/members.ts';
import { add, type SetsByKey } from '../../base/sets-by-key.ts';
import { VALIDATOR_CONTAINER } from '../../injection/layout.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';

/** As the chart labels them. */
export const VALIDATORS_SELECTOR =
  'app.kubernetes.io/name=portcullis,app.kubernetes.io/part-of=portcullis,app.kubernetes.io/component!=operator';

export interface GatewayValidator {
  /** Of the pod, namespace/name. */
  readonly pod: string;
  /** namespace/name. */
  readonly gateway: string;
}

const GATEWAY_FLAG = '--gateway=';

export function readGatewayValidator({
  metadata,
  spec,
  status,
}: KubernetesObject): GatewayValidator | undefined {
  const { phase } = objectAt(status);
  if (phase === 'Succeeded' || phase === 'Failed') return undefined;
  const container = objectsAt(objectAt(spec).containers).find(({ name }) => name === VALIDATOR_CONTAINER);
  const flag = listAt(container?.args).find((arg) => typeof arg === 'string' && arg.startsWith(GATEWAY_FLAG));
  if (typeof flag !== 'string') return undefined;
  return { pod: `${metadata.namespace ?? ''}/${metadata.name}`, gateway: flag.slice(GATEWAY_FLAG.length) };
}

export function podsByGateway(validators: readonly GatewayValidator[]): SetsByKey {
  const found: SetsByKey = new Map();
  for (const { pod, gateway } of validators) add(found, gateway, pod);
  return found;
}
