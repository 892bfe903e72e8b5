/** What a requirement of a rule looks at, and the form of each. */

import type { RequestInput } from '../cel/expression.ts';
import type { Check } from '../sources/check.ts';
import type { Identity } from '../sources/verification.ts';
import type { PreparedRule } from './binding.ts';
import type { Refusal } from './refusal.ts';
import type { RoutedReading } from './route.ts';

/** Everything of the expressions' input but what depends on the reading of the path. */
export type InputFor = (reading: RoutedReading) => RequestInput;

export interface RequirementInput {
  readonly rule: PreparedRule;
  readonly identity: Identity;
  readonly readings: readonly RoutedReading[];
  readonly inputFor: InputFor;
  /** Unix seconds. An identity that was verified before is judged by the time of this request. */
  readonly now: number;
  /** Seconds by which the clock of the identity's source may differ. */
  readonly clockSkew: number;
}

export type Requirement = Check<RequirementInput, Refusal>;
