/** What a case of the CRDs is: an object that one of their rules refuses, beside one that it lets through. */

import type { JsonObject, JsonValue } from '../../src/base/json.ts';

/** For a CEL rule of a CRD, a spec that it refuses and one like it that passes. */
export interface RuleCase {
  /** Where the rule stands in the schema: `spec.rules[].match.hosts[]`. */
  readonly at: string;
  /** A part of its message that no other rule there has. */
  readonly says: string;
  readonly refused: JsonObject;
  readonly accepted: JsonObject;
}

export type Kind = 'AuthenticationSource' | 'ApiBinding';

/** An object of the kind, as a manifest would have it. */
export function manifestOf(kind: Kind, spec: JsonValue): JsonObject {
  return {
    apiVersion: 'portcullis.dev/v1alpha1',
    kind,
    metadata: { name: 'example', namespace: 'default' },
    spec,
  };
}
