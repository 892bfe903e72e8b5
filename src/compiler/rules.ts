/** The rules of an ApiBinding, resolved and checked: paths, hosts and expressions are compiled once to see that they can be. */

import { type CompileAllowance, isSpent, newAllowance, workDone } from '../matching/allowance.ts';
import { compileExpression } from '../matching/expressions.ts';
import { normalizeHostPattern } from '../matching/hosts.ts';
import { compilePath } from '../matching/paths.ts';
import type { Requirements, RulePolicy, ValueRequirement } from '../policy/policy.ts';
import { asksForAnything } from '../policy/requirements.ts';
import { DEFAULT_EXPRESSION_MESSAGE } from '../resources/effective.ts';
import type { ApiBindingRule, ApiBindingRuleRequire } from '../resources/types.gen.ts';
import { headIssues } from './head.ts';
import { type Issue, tooLarge } from './issues.ts';
import { coveringRule, takesAll } from './reachability.ts';

/** A rule before its sources are resolved: `sources` are names from spec.sources. */
export interface UnresolvedRule {
  readonly policy: Omit<RulePolicy, 'sources'>;
  readonly sources: readonly string[];
}

export interface CheckedRules {
  readonly rules: readonly UnresolvedRule[];
  /** What their regular expressions take up, in instructions. */
  readonly taken: number;
  /** What it took to check them, in instructions. */
  readonly work: number;
  readonly issues: readonly Issue[];
}

export function checkRules(rules: readonly ApiBindingRule[]): CheckedRules {
  const issues: Issue[] = [];
  const allowance = newAllowance();
  const resolved = rules.map((rule, i): UnresolvedRule => {
    const field = `spec.rules[${i}]`;
    const hosts = readHosts(rule.match?.hosts ?? [], `${field}.match.hosts`, issues);
    issues.push(...pathIssues(rule, field, allowance), ...expressionIssues(rule, field, allowance));
    return {
      policy: {
        name: rule.name ?? `rules[${i}]`,
        match: { paths: rule.match?.paths ?? [], methods: rule.match?.methods ?? [], hosts },
        authentication: rule.authentication ?? 'Required',
        require: requirements(rule.require ?? {}),
      },
      sources: rule.sources ?? [],
    };
  });
  return {
    rules: resolved,
    taken: allowance.taken,
    work: workDone(allowance),
    issues: [...issues, ...warnings(resolved.map(({ policy }) => policy))],
  };
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

function pathIssues(rule: ApiBindingRule, field: string, allowance: CompileAllowance): readonly Issue[] {
  return (rule.match?.paths ?? []).flatMap((match, i) => {
    const wasSpent = isSpent(allowance);
    const compiled = compilePath(match, allowance);
    if (compiled.kind === 'compiled') return [];
    if (compiled.tooLarge === true) {
      return wasSpent ? [] : [tooLarge(`${field}.match.paths[${i}].value`, compiled.problem)];
    }
    return [
      {
        reason: 'InvalidPath',
        field: `${field}.match.paths[${i}].value`,
        message: compiled.problem,
        remedy: 'correct the value, or choose another type',
      } as const,
    ];
  });
}

function expressionIssues(
  rule: ApiBindingRule,
  field: string,
  allowance: CompileAllowance,
): readonly Issue[] {
  return (rule.require?.expressions ?? []).flatMap(({ expression }, i) => {
    const wasSpent = isSpent(allowance);
    const compiled = compileExpression(expression, 'request', allowance);
    if (compiled.kind === 'compiled') return [];
    if (compiled.tooLarge === true) {
      return wasSpent ? [] : [tooLarge(`${field}.require.expressions[${i}].expression`, compiled.problem)];
    }
    return [
      {
        reason: 'InvalidExpression',
        field: `${field}.require.expressions[${i}].expression`,
        message: compiled.problem,
        remedy: 'correct the expression',
      } as const,
    ];
  });
}

function requirements({ roles, scopes, claims, clients, expressions }: ApiBindingRuleRequire): Requirements {
  return {
    roles: values(roles),
    scopes: values(scopes),
    claims: (claims ?? []).map((requirement) => ({ claim: requirement.claim, ...values(requirement) })),
    clients: { anyOf: clients?.anyOf ?? [], noneOf: clients?.noneOf ?? [] },
    expressions: (expressions ?? []).map(({ expression, message }) => ({
      expression,
      message: message || DEFAULT_EXPRESSION_MESSAGE,
    })),
  };
}

function values(
  requirement: { readonly [K in keyof ValueRequirement]?: ValueRequirement[K] } = {},
): ValueRequirement {
  const { anyOf = [], allOf = [], noneOf = [] } = requirement;
  return { anyOf, allOf, noneOf };
}

type CheckedRule = UnresolvedRule['policy'];

function warnings(rules: readonly CheckedRule[]): readonly Issue[] {
  return rules.flatMap((rule, i) => {
    const field = `spec.rules[${i}]`;
    const covering = coveringRule(rules.slice(0, i), rule);
    if (covering !== undefined) return [unreachable(field, covering)];
    const issues: Issue[] = [];
    if (rule.authentication === 'None' && takesAll(rule)) issues.push(open(field));
    issues.push(...headIssues(rule, rules.slice(i + 1), field));
    if (rule.authentication === 'Deny' && asksForAnything(rule.require)) issues.push(ignored(field));
    return issues;
  });
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
