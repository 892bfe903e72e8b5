/** For tests: claims made to hurt, and what an expression over them comes to, and costs. */

import type { JsonObject, JsonValue } from '../../base/json.ts';
import { EVALUATION_LIMITS, Evaluation } from '../evaluation.ts';
import { compileProgram, evaluateProgram } from '../expression.ts';
import { Fault, type Value } from '../values.ts';
import { variablesOf } from '../variables.ts';
import { INPUT } from './world.ts';

const LONG = 'a'.repeat(EVALUATION_LIMITS.string);
const MANY = Array.from({ length: EVALUATION_LIMITS.elements }, (_, i) => `r${i}`);

const nested = (depth: number): JsonValue => (depth === 0 ? 1 : [nested(depth - 1)]);

export const HOSTILE: JsonObject = {
  long: LONG,
  twin: 'a'.repeat(EVALUATION_LIMITS.string),
  longer: `${LONG}a`,
  wide: '\u{1f600}'.repeat(EVALUATION_LIMITS.string / 4),
  wider: '\u{1f600}'.repeat(EVALUATION_LIMITS.string / 4 + 1),
  middle: `${'a'.repeat(2000)}b${'a'.repeat(2000)}`,
  half: 'a'.repeat(4096),
  spaces: `x${' '.repeat(EVALUATION_LIMITS.string - 2)}x`,
  digits: `${'9'.repeat(8000)}x`,
  surrogates: '\ud800\udc00\udfff\ud800',
  list: MANY,
  longList: [...MANY, 'x'],
  ints: MANY.map((_, i) => i),
  strings: MANY.map((role) => LONG.slice(0, 4000) + role),
  map: Object.fromEntries(MANY.map((role) => [role, role])),
  deep: nested(5000),
  twinDeep: nested(5000),
  key: 'secret-value',
};

export interface Measured {
  /** The value, or the error's problem. */
  readonly result: Value;
  readonly evaluation: Evaluation;
}

/** What it came to, and what that cost. */
export function measure(text: string, claims: JsonObject = HOSTILE): Measured {
  const compiled = compileProgram(text, variablesOf('request'));
  if (compiled.kind === 'refused') throw new Error(compiled.problem);
  const evaluation = new Evaluation();
  const result = evaluateProgram(compiled.node, { ...INPUT, claims, roles: MANY, scopes: MANY }, evaluation);
  return { result: result instanceof Fault ? result.problem : result, evaluation };
}

export const OVER_STEPS = `it needs more than ${EVALUATION_LIMITS.steps} steps`;
export const OVER_BYTES = `it handles more than ${EVALUATION_LIMITS.bytes} bytes`;
