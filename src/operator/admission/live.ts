/** What admission asks the API server itself, through the client. */

import { parseId } from '../../base/object-id.ts';
import { readConfigMap, readSecret } from '../../cluster/ours.ts';
import { createSharing } from '../../cluster/sharing.ts';
import { readNamespace } from '../../cluster/workloads.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { Outcome } from '../../kubernetes/errors.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { Resource } from '../../kubernetes/resource.ts';
import { RESOURCES } from '../resources.ts';
import type { Live, ViewAnswer } from './view.ts';

/** The API server waits 5 s for a review, of which these are the only part that can take long. */
const TIMEOUT_MS = 1_000;

export function createLive(client: Pick<KubernetesClient, 'get'>): Live {
  const get = async (resource: Resource, name: string, namespace?: string) => {
    const place = namespace === undefined ? { name } : { namespace, name };
    return client.get(resource, place, { timeoutMilliseconds: TIMEOUT_MS });
  };
  return {
    secret: async (namespace, name) =>
      answerOf(await get(RESOURCES.Secret, name, namespace), (object) => readSecret(object, createSharing())),
    configMap: async (namespace, name) =>
      answerOf(await get(RESOURCES.ConfigMap, name, namespace), (object) =>
        readConfigMap(object, createSharing()),
      ),
    async hasBinding(id) {
      const { namespace, name } = parseId(id);
      return isThere(await get(RESOURCES.ApiBinding, name, namespace));
    },
    async isTerminating(name) {
      const outcome = await get(RESOURCES.Namespace, name);
      if (outcome.kind === 'ok') return readNamespace(outcome.value, createSharing())?.terminating;
      return isThere(outcome) === false ? true : undefined;
    },
  };
}

/** One that cannot be read is as good as not there. */
function answerOf<T>(
  outcome: Outcome<KubernetesObject>,
  read: (object: KubernetesObject) => T | undefined,
): ViewAnswer<T> {
  if (outcome.kind === 'ok') {
    const object = read(outcome.value);
    return object === undefined ? { kind: 'absent' } : { kind: 'found', object };
  }
  switch (outcome.error.kind) {
    case 'NotFound':
      return { kind: 'absent' };
    case 'Forbidden':
      return { kind: 'forbidden' };
    default:
      return { kind: 'unknown' };
  }
}

function isThere(outcome: Outcome<KubernetesObject>): boolean | undefined {
  if (outcome.kind === 'ok') return true;
  return outcome.error.kind === 'NotFound' ? false : undefined;
}
