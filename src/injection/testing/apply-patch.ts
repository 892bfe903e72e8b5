/** Applies a JSON patch as RFC 6902 says, so that tests need not trust what made it. */

import { isJsonObject, type JsonValue } from '../../base/json.ts';
import { listAt } from '../../base/members.ts';
import type { PatchOperation } from '../patch.ts';

export function applyPatch(value: JsonValue, operations: readonly PatchOperation[]): JsonValue {
  return operations.reduce((result, operation) => {
    const parts = operation.path.split('/').slice(1);
    return applyAt(
      result,
      parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')),
      operation,
    );
  }, value);
}

function applyAt(value: JsonValue, [part, ...rest]: readonly string[], operation: PatchOperation): JsonValue {
  if (part === undefined) {
    if (operation.op !== 'replace') throw new Error('only a member or an item can come and go');
    return operation.value;
  }
  if (Array.isArray(value)) return applyToList(listAt(value), Number(part), rest, operation);
  if (!isJsonObject(value)) throw new Error(`there is nothing at ${operation.path}`);
  const members = new Map(Object.entries(value));
  const old = members.get(part);
  if (rest.length > 0) members.set(part, applyAt(present(old, operation), rest, operation));
  else if (operation.op === 'add') members.set(part, operation.value);
  else if (operation.op === 'replace') members.set(part, applyAt(present(old, operation), [], operation));
  else if (!members.delete(part)) throw new Error(`there is nothing at ${operation.path}`);
  return Object.fromEntries(members);
}

function applyToList(
  list: readonly JsonValue[],
  index: number,
  rest: readonly string[],
  operation: PatchOperation,
): JsonValue {
  const isAdded = rest.length === 0 && operation.op === 'add';
  if (!Number.isInteger(index) || index < 0 || index > list.length - (isAdded ? 0 : 1)) {
    throw new Error(`there is no ${operation.path}`);
  }
  if (isAdded) return list.toSpliced(index, 0, operation.value);
  if (rest.length === 0 && operation.op === 'remove') return list.toSpliced(index, 1);
  return list.with(index, applyAt(present(list[index], operation), rest, operation));
}

function present(value: JsonValue | undefined, { path }: PatchOperation): JsonValue {
  if (value === undefined) throw new Error(`there is nothing at ${path}`);
  return value;
}
