/** Reads and writes the two Secrets, by compare-and-swap: of two writers one finds that it has come too late. */

import type { JsonObject } from '../../base/json.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { failed, type Outcome, ok } from '../../kubernetes/errors.ts';
import type { KubernetesObject, ObjectName } from '../../kubernetes/object.ts';
import { RESOURCES } from '../resources.ts';
import { readSecretData, type SecretData, writeSecretData } from './authority.ts';
import { OURS } from './names.ts';

export interface Writing {
  readonly client: Pick<KubernetesClient, 'get' | 'create' | 'replace' | 'apply' | 'patch' | 'delete'>;
  /** Asked right before each write: whether this replica still leads. */
  readonly mayWrite: () => boolean;
}

export interface CertificateSecret {
  readonly name: ObjectName;
  /** Undefined where there is none. */
  readonly object: KubernetesObject | undefined;
  readonly data: SecretData;
}

export async function getSecret(
  client: Pick<KubernetesClient, 'get'>,
  name: ObjectName,
): Promise<Outcome<CertificateSecret>> {
  const answer = await client.get(RESOURCES.Secret, name);
  if (answer.kind === 'ok') {
    return ok({ name, object: answer.value, data: readSecretData(answer.value.data) });
  }
  return answer.error.kind === 'NotFound' ? ok({ name, object: undefined, data: {} }) : answer;
}

/**
 * Fails with Conflict where the Secret is not any more as it was seen: then it has to be read again. Labels and
 * annotations of others stay, for a chart may have made it.
 */
export async function putSecret(
  { client, mayWrite }: Writing,
  { name, object }: CertificateSecret,
  type: string,
  data: SecretData,
): Promise<Outcome<unknown>> {
  if (!mayWrite()) return notLeading(`write secrets ${name.name}`);
  const content = writeSecretData(data);
  if (object === undefined) return late(await client.create(RESOURCES.Secret, draftOf(name, type, content)));
  const { uid, resourceVersion } = object.metadata;
  if (object.metadata.deletionTimestamp !== undefined) {
    return failed('Conflict', `replace secrets ${name.name}: it is being deleted`);
  }
  // Neither can be changed, and one type refuses what another takes.
  if (object.immutable !== true && (object.type === type || object.type === 'Opaque')) {
    return await client.replace(RESOURCES.Secret, {
      ...object,
      metadata: { ...object.metadata },
      data: content,
    });
  }
  const gone = await client.delete(RESOURCES.Secret, name, { uid, resourceVersion });
  if (gone.kind === 'failed') return gone;
  return late(await client.create(RESOURCES.Secret, draftOf(name, type, content)));
}

export function notLeading(what: string) {
  return failed('Aborted', `${what}: this replica does not lead`);
}

function draftOf({ name, namespace }: ObjectName, type: string, data: JsonObject) {
  return { metadata: { name, ...(namespace !== undefined && { namespace }), labels: OURS }, type, data };
}

/** Another client has made it meanwhile. */
function late<T>(answer: Outcome<T>): Outcome<T> {
  if (answer.kind === 'ok' || answer.error.kind !== 'AlreadyExists') return answer;
  return failed('Conflict', answer.error.message);
}
