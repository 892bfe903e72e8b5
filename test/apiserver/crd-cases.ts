/** The cases for every CEL rule of the CRDs, for a real API server and for the offline reader. */

import { BINDING_CASES } from './binding-cases.ts';
import type { Kind, RuleCase } from './cases.ts';
import { SOURCE_CASES } from './source-cases.ts';

export const RULE_CASES: Readonly<Record<Kind, readonly RuleCase[]>> = {
  AuthenticationSource: SOURCE_CASES,
  ApiBinding: BINDING_CASES,
};
