/** Warnings about the method HEAD in rules that list GET alone: HEAD is judged as GET unless a rule lists it. */

import { isDeepStrictEqual } from 'node:util';
import type { RulePolicy } from '../policy/policy.ts';
import type { Issue } from './issues.ts';
import { type Comparisons, meet } from './reachability.ts';

type CheckedRule = Omit<RulePolicy, 'sources'>;

/** An earlier rule that lists HEAD takes it in any case; `later` are the rules after this one. */
export function headIssues(
  rule: CheckedRule,
  later: readonly CheckedRule[],
  field: string,
  comparisons: Comparisons,
): readonly Issue[] {
  const { methods, mcp } = rule.match;
  // MCP has neither.
  if (mcp !== undefined || !methods.includes('GET') || methods.includes('HEAD')) return [];
  const others = later.filter((other) => other.match.mcp === undefined && meet(rule, other, comparisons));
  const listing = others.find((other) => other.match.methods.includes('HEAD'));
  if (listing !== undefined) {
    return [
      issue(
        field,
        `HEAD of the paths that it shares with the later rule ${listing.name} is judged by that one, which lists HEAD`,
        'list HEAD beside GET to judge both here',
      ),
    ];
  }
  const open = others.find((other) => other.match.methods.length === 0);
  // Who refuses the rest seldom thinks of HEAD, which tells no more than GET does.
  if (open === undefined || open.authentication === 'Deny') return [];
  if (isDeepStrictEqual(asks(open), asks(rule))) return [];
  return [
    issue(
      field,
      `HEAD is judged as GET by this rule, not by the later rule ${open.name}`,
      'list HEAD beside GET to say so, or add a rule for HEAD',
    ),
  ];
}

/** What a rule makes of a request that it takes. */
const asks = ({ authentication, require }: CheckedRule) => ({ authentication, require });

const issue = (field: string, message: string, remedy: string): Issue => ({
  reason: 'HeadUnlisted',
  field: `${field}.match.methods`,
  message,
  remedy,
});
