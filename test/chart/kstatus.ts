/**
 * kstatus, which Flux and Helm wait by, for objects of kinds that it does not know:
 * https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/base/json.ts';

export type Kstatus = 'Terminating' | 'InProgress' | 'Failed' | 'Current';

export function kstatus({ metadata, status }: JsonObject): Kstatus {
  const { deletionTimestamp, generation } = isJsonObject(metadata) ? metadata : {};
  const { observedGeneration, conditions } = isJsonObject(status) ? status : {};
  if (deletionTimestamp !== undefined) return 'Terminating';
  if (observedGeneration !== undefined && observedGeneration !== generation) return 'InProgress';
  const list: readonly JsonValue[] = Array.isArray(conditions) ? conditions : [];
  const is = (type: string): JsonValue | undefined =>
    list.filter(isJsonObject).find((condition) => condition.type === type)?.status;
  if (is('Reconciling') === 'True') return 'InProgress';
  if (is('Stalled') === 'True') return 'Failed';
  const ready = is('Ready');
  return ready === undefined || ready === 'True' ? 'Current' : 'InProgress';
}
