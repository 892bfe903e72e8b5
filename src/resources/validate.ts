/** Takes an object through a schema as the API server would: defaults, structure, CEL rules. */

import type { JsonValue } from '../base/json.ts';
import { withDefaults } from './defaults.ts';
import { type FieldPath, formatField } from './fields.ts';
import { type Finding, type FindingPlace, finding } from './findings.ts';
import { ruleProblems } from './rules.ts';
import type { Schema } from './schema.ts';
import { type SchemaProblem, structuralProblems } from './structure.ts';

/** Of a manifest with thousands of mistakes, the first ones are reported. */
const MAX_FINDINGS = 50;

export type Validated =
  | { readonly kind: 'valid'; readonly value: JsonValue }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] };

/**
 * The value with its defaults, or what is wrong with it. CEL rules are looked at only where the structure
 * holds, for they rely on it.
 */
export function validate(
  schema: Schema,
  value: JsonValue,
  place: Omit<FindingPlace, 'field'>,
  path: FieldPath = [],
): Validated {
  const complete = withDefaults(schema, value);
  const structural = structuralProblems(schema, complete, path);
  const problems = structural.length > 0 ? structural : ruleProblems(schema, complete, path);
  if (problems.length === 0) return { kind: 'valid', value: complete };
  return {
    kind: 'invalid',
    findings: problems.slice(0, MAX_FINDINGS).map((problem) => invalid(problem, place)),
  };
}

function invalid({ path, message, remedy }: SchemaProblem, place: Omit<FindingPlace, 'field'>): Finding {
  const explain = [place.object?.kind.toLowerCase(), ...path.filter((part) => typeof part === 'string')];
  return finding(
    'Invalid',
    { ...place, field: formatField(path) },
    message,
    remedy ?? `\`kubectl explain ${explain.join('.')}\` says more`,
  );
}
