/** What a document that cannot be read still says of the hosts that it means: enough to refuse them. */

import type { Node } from 'yaml';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';

/**
 * An ApiBinding's name, hosts and forwarded headers, wherever the mistake has left them; undefined where there is no
 * sign of one. Nothing of it is to be trusted but as a reason to refuse.
 */
export function salvageBinding(contents: Node): JsonObject | undefined {
  const value = guess(contents);
  const found = new Map<string, JsonValue[]>();
  collect(value, found, 0);
  if (!(found.get('kind') ?? []).some(meansBinding)) return undefined;
  return {
    kind: 'ApiBinding',
    metadata: found.get('metadata')?.[0] ?? {},
    spec: {
      hosts: (found.get('hosts') ?? []).flatMap((hosts) => (Array.isArray(hosts) ? hosts : [])),
      forward: found.get('forward')?.[0] ?? {},
    },
  };
}

/** True for the kind's name as people misspell it. */
export function meansBinding(kind: JsonValue | undefined): boolean {
  return typeof kind === 'string' && /^api-?bindings?$/i.test(kind);
}

const MAX_DEPTH = 64;

/** The library repairs what it can; what it makes of aliases and odd keys may also be an exception. */
function guess(contents: Node): JsonValue {
  try {
    return contents.toJSON();
  } catch {
    return null;
  }
}

function collect(value: JsonValue, found: Map<string, JsonValue[]>, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      const before = found.get(name);
      if (before === undefined) found.set(name, [member]);
      else before.push(member);
    }
  }
  for (const member of Object.values(value)) collect(member, found, depth + 1);
}
