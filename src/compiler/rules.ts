/** The rules of an ApiBinding, resolved and checked: whether paths, hosts and expressions can be compiled. */

import type { Steps } from '../base/steps.ts';
import { checkExpression, type Scope } from '../cel/expression.ts';
import { normalizeHostPattern } from '../matching/hosts.ts';
import { checkPath } from '../matching/paths.ts';
import type {
  AuthenticationRequirement,
  McpPolicy,
  Requirements,
  RulePolicy,
  ValueRequirement,
} from '../policy/policy.ts';
import { asksForAnything } from '../policy/requirements.ts';
import type { McpMatch } from '../policy/rule-match.ts';
import { type CompileAllowance, counted, isSpent, newAllowance } from '../regex/allowance.ts';
import { DEFAULT_EXPRESSION_MESSAGE, durationSeconds } from '../resources/effective.ts';
import type {
  ApiBindingRule,
  ApiBindingRuleMatchMcp,
  ApiBindingRuleRequire,
  ApiBindingRuleRequireAuthentication,
} from '../resources/types.gen.ts';
import { headIssues } from './head-method.ts';
import { type Issue, invalidExpression, tooLargeIssue } from './issues.ts';
import { mcpIssues } from './mcp-issues.ts';
import { coveringRule, newComparisons, takesAll } from './reachability.ts';
import { scopeIssues } from './scope-issues.ts';

/** A rule before its sources are resolved: `sources` are names from spec.sources. */
export interface UnresolvedRule {
  readonly policy: Omit<RulePolicy, 'sources'>;
  readonly sources: readonly string[];
}

export interface CheckedRules {
  readonly rules: readonly UnresolvedRule[];
  /** What they and their regular expressions take up, in instructions. */
  readonly taken: number;
  readonly issues: readonly Issue[];
}

/** @param mcp undefined where the binding's API speaks no MCP. */
export function* checkRules(
  rules: readonly ApiBindingRule[],
  mcp: Pick<McpPolicy, 'other'> | undefined,
): Steps<CheckedRules> {
  const issues: Issue[] = [];
  const allowance = newAllowance();
  const resolved: UnresolvedRule[] = [];
  for (const [i, rule] of rules.entries()) {
    const field = `spec.rules[${i}]`;
    const hosts = readHosts(rule.match?.hosts ?? [], `${field}.match.hosts`, issues);
    issues.push(...(yield* pathIssues(rule, field, allowance)));
    issues.push(...(yield* expressionIssues(rule, field, mcp === undefined ? 'request' : 'mcp', allowance)));
    resolved.push({
      policy: {
        name: rule.name ?? `rules[${i}]`,
        match: {
          paths: rule.match?.paths ?? NONE,
          methods: rule.match?.methods ?? NONE,
          hosts,
          ...(rule.match?.mcp !== undefined && { mcp: mcpMatch(rule.match.mcp) }),
        },
        authentication: rule.authentication ?? 'Required',
        require: requirements(rule.require ?? {}),
      },
      sources: rule.sources ?? NONE,
    });
  }
  issues.push(
    ...(yield* warnings(
      resolved.map(({ policy }) => policy),
      mcp?.other ?? 'Deny',
    )),
  );
  // A list that grew has room for a dozen more; these are kept for every binding.
  return { rules: [...resolved], taken: allowance.taken, issues };
}

/**
 * Normalises host patterns. One that is none becomes an issue, and stays as it is: it matches no request, while
 * a list without it might be empty, and mean any host.
 */
export function readHosts(patterns: readonly string[], field: string, issues: Issue[]): readonly string[] {
  return patterns.map((pattern, i) => {
    const host = normalizeHostPattern(pattern);
    if (host !== undefined) return host;
    issues.push({
      reason: 'Invalid',
      field: `${field}[${i}]`,
      message: 'it is neither a host name nor *.suffix',
      remedy: 'write a name such as api.example.com or *.example.com, without scheme, port or path',
    });
    return pattern;
  });
}

function* pathIssues(
  rule: ApiBindingRule,
  ruleField: string,
  allowance: CompileAllowance,
): Steps<readonly Issue[]> {
  const issues: Issue[] = [];
  for (const [i, match] of (rule.match?.paths ?? []).entries()) {
    const wasSpent = isSpent(allowance);
    const refusal = yield* counted(allowance, () => checkPath(match, allowance));
    if (refusal === undefined || (refusal.tooLarge === true && wasSpent)) continue;
    const field = `${ruleField}.match.paths[${i}].value`;
    const message = refusal.problem;
    const remedy = 'correct the value, or choose another type';
    issues.push(
      refusal.tooLarge === true
        ? tooLargeIssue(field, message)
        : { reason: 'InvalidPath', field, message, remedy },
    );
  }
  return issues;
}

function* expressionIssues(
  rule: ApiBindingRule,
  ruleField: string,
  scope: Scope,
  allowance: CompileAllowance,
): Steps<readonly Issue[]> {
  const issues: Issue[] = [];
  for (const [i, { expression }] of (rule.require?.expressions ?? []).entries()) {
    const wasSpent = isSpent(allowance);
    const refusal = yield* counted(allowance, () => checkExpression(expression, scope, allowance));
    if (refusal === undefined || (refusal.tooLarge === true && wasSpent)) continue;
    const field = `${ruleField}.require.expressions[${i}].expression`;
    issues.push(invalidExpression(refusal, field, 'correct the expression'));
  }
  return issues;
}

// There are as many rules as people like, and most say little: what they leave out is one object for all.
const NONE: readonly never[] = [];
const ANY_VALUES: ValueRequirement = { anyOf: NONE, allOf: NONE, noneOf: NONE };
const ANY_CLIENT: Requirements['clients'] = { anyOf: NONE, noneOf: NONE };

function requirements({
  roles,
  scopes,
  claims,
  clients,
  authentication,
  expressions,
}: ApiBindingRuleRequire): Requirements {
  return {
    roles: values(roles),
    scopes: values(scopes),
    claims: claims?.map((requirement) => ({ claim: requirement.claim, ...values(requirement) })) ?? NONE,
    clients:
      clients === undefined ? ANY_CLIENT : { anyOf: clients.anyOf ?? NONE, noneOf: clients.noneOf ?? NONE },
    ...(authentication !== undefined && { authentication: login(authentication) }),
    expressions:
      expressions?.map(({ expression, message, scopes = NONE }) => ({
        expression,
        message: message || DEFAULT_EXPRESSION_MESSAGE,
        ...(scopes.length > 0 && { scopes }),
      })) ?? NONE,
  };
}

const mcpMatch = ({ methods = NONE, names = NONE }: ApiBindingRuleMatchMcp): McpMatch => ({ methods, names });

const login = ({ acr = NONE, maxAge }: ApiBindingRuleRequireAuthentication): AuthenticationRequirement => ({
  acr,
  ...(maxAge !== undefined && { maxAge: durationSeconds(maxAge) }),
});

function values(
  requirement?: {
    readonly [K in keyof ValueRequirement]?: ValueRequirement[K];
  },
): ValueRequirement {
  if (requirement === undefined) return ANY_VALUES;
  const { anyOf = NONE, allOf = NONE, noneOf = NONE } = requirement;
  return { anyOf, allOf, noneOf };
}

type CheckedRule = UnresolvedRule['policy'];

/** How many take as long as to compile one instruction. */
const COMPARISONS = 60;

/** Of an object that is too large to be compared in all of its parts, some are left out. */
function* warnings(rules: readonly CheckedRule[], other: McpPolicy['other']): Steps<readonly Issue[]> {
  const issues: Issue[] = [];
  const comparisons = newComparisons();
  for (const [i, rule] of rules.entries()) {
    const field = `spec.rules[${i}]`;
    const { left } = comparisons;
    const covering = coveringRule(rules.slice(0, i), rule, comparisons);
    if (covering !== undefined) {
      issues.push(unreachable(field, covering));
    } else {
      if (rule.authentication === 'None' && takesAll(rule)) issues.push(open(field));
      issues.push(...headIssues(rule, rules.slice(i + 1), field, comparisons));
      issues.push(...mcpIssues(rule, rules.slice(i + 1), other, field, comparisons));
      if (rule.authentication !== 'Deny') issues.push(...scopeIssues(rule.require.scopes, field));
      if (rule.authentication === 'Deny' && asksForAnything(rule.require)) issues.push(ignored(field));
    }
    yield Math.ceil((left - comparisons.left) / COMPARISONS);
  }
  return issues;
}

const unreachable = (field: string, covering: CheckedRule): Issue => ({
  reason: 'RuleUnreachable',
  field,
  message: `it never decides: the earlier rule ${covering.name} takes every request that it matches`,
  remedy: 'move it up, or remove it',
});

const open = (field: string): Issue => ({
  reason: 'RuleOpen',
  field: `${field}.authentication`,
  message:
    'every request that no earlier rule takes is let in without a token, also to what the app gains later',
  remedy: 'name the open paths, and let what remains be Required',
});

const ignored = (field: string): Issue => ({
  reason: 'RequirementIgnored',
  field: `${field}.require`,
  message: 'authentication: Deny refuses everybody, whatever is required',
  remedy: 'remove require, or write authentication: Required to let in those who meet it',
});
