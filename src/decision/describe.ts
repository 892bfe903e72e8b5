/** Explains why a rule takes a request or not, and to which rules the readings of its path lead. */

import { pathReadings } from '../matching/readings.ts';
import { newEffort } from '../regex/machine.ts';
import { explainChecks } from '../sources/check.ts';
import type { Identity } from '../sources/verification.ts';
import type { Pending } from './begin.ts';
import type { RuledBinding } from './binding.ts';
import { candidatesFor, type RouteInput } from './candidates.ts';
import { requirementInput } from './finish.ts';
import { REQUIREMENTS } from './require.ts';
import { firstRule, MAX_PATH_LENGTH, otherWays } from './route.ts';

/** The findings up to the requirement that does not hold, or all of them. */
export function describeRequirements(pending: Pending, identity: Identity, now: number): readonly string[] {
  const { rule } = pending;
  if (rule === undefined) return [];
  return explainChecks(REQUIREMENTS, requirementInput(pending, rule, identity, now)).findings;
}

/** Returns, for each rule that a reading of a path leads to, the first such reading; empty where readings cannot be made. */
export function describeReadings(
  { rules, judgement, patternsVary }: RuledBinding,
  asking: RouteInput,
  path: string,
): readonly string[] {
  if (path.length > MAX_PATH_LENGTH) return [];
  const found = pathReadings(path, judgement.pathMatching, patternsVary);
  if (found.kind !== 'readings') return [];
  const first = new Map<string, string>();
  const candidates = candidatesFor(rules, asking);
  const effort = newEffort();
  for (const reading of found.readings) {
    const { rule } = firstRule(candidates, reading, effort);
    const others = otherWays(candidates, { reading, rule }, judgement.pathMatching, effort);
    if (effort.left < 0) return [];
    for (const one of [{ path: reading.path, rule }, ...others]) {
      const name = one.rule === undefined ? 'no rule' : `rule ${one.rule.policy.name}`;
      if (!first.has(name)) first.set(name, one.path);
    }
  }
  return [...first].map(([rule, reading]) => `${reading} leads to ${rule}`);
}
