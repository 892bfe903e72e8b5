/** Whether two JSON values mean the same, and a short name for what one means. Pure. */

import { createHash } from 'node:crypto';
import { isJsonObject, type JsonValue } from '../matching/json.ts';

/** The order of members does not matter; an absent one is the same as none. */
export function canonical(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isJsonObject(value)) return JSON.stringify(value ?? null);
  const members = Object.keys(value)
    .filter((name) => value[name] !== undefined)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join()}}`;
}

export function fingerprint(value: JsonValue | undefined): string {
  return createHash('sha256').update(canonical(value)).digest('base64url');
}
