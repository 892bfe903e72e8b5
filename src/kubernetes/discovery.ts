/** Whether the API server has a kind: those of others may be installed, or not, or later. */

import { isJsonObject, type JsonValue } from '../base/json.ts';
import type { CallOptions, KubernetesClient } from './client.ts';
import { failed, type Outcome, ok } from './errors.ts';
import { groupPath, type Resource } from './resource.ts';

export async function isServed(
  client: Pick<KubernetesClient, 'read'>,
  resource: Resource,
  options?: CallOptions,
): Promise<Outcome<boolean>> {
  const path = groupPath(resource);
  const answer = await client.read(path, options);
  if (answer.kind === 'failed') return answer.error.kind === 'NotFound' ? ok(false) : answer;
  const { resources } = isJsonObject(answer.value) ? answer.value : {};
  if (!Array.isArray(resources)) {
    return failed('Unexpected', `get ${path}: the answer lists no resources; is this an API server?`);
  }
  const list: readonly JsonValue[] = resources;
  return ok(list.some((entry) => isJsonObject(entry) && entry.name === resource.plural));
}
