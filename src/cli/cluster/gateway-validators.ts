/** Which pods are the validators of which Gateway, by the command line that the chart gives them, and by where they are. */

import { listAt, objectAt, objectsAt } from '../../base/members.ts';
import { namespaceOf } from '../../base/object-id.ts';
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

/**
 * Undefined for any other pod: also for one that says so of a Gateway elsewhere, to which no operator would give a policy.
 *
 * @param homes the namespaces of control planes.
 */
export function readGatewayValidator(
  { metadata, spec, status }: KubernetesObject,
  homes: ReadonlySet<string>,
): GatewayValidator | undefined {
  const { phase } = objectAt(status);
  if (phase === 'Succeeded' || phase === 'Failed') return undefined;
  const container = objectsAt(objectAt(spec).containers).find(({ name }) => name === VALIDATOR_CONTAINER);
  const flag = listAt(container?.args).find((arg) => typeof arg === 'string' && arg.startsWith(GATEWAY_FLAG));
  if (typeof flag !== 'string') return undefined;
  const { namespace = '', name } = metadata;
  const gateway = flag.slice(GATEWAY_FLAG.length);
  const isBeside = namespace === namespaceOf(gateway);
  return isBeside || homes.has(namespace) ? { pod: `${namespace}/${name}`, gateway } : undefined;
}

export function podsByGateway(validators: readonly GatewayValidator[]): SetsByKey {
  const found: SetsByKey = new Map();
  for (const { pod, gateway } of validators) add(found, gateway, pod);
  return found;
}
