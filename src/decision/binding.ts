/** A binding prepared for judging: its patterns, expressions and names compiled once. */

import { type CompileAllowance, newAllowance, workDone } from '../matching/allowance.ts';
import { type ClaimReader, claimReader } from '../matching/claims.ts';
import { compileExpression, type Expression } from '../matching/expressions.ts';
import { compilePath, type PathPattern } from '../matching/paths.ts';
import type {
  BindingPolicy,
  ExpressionPolicy,
  Judgement,
  RulePolicy,
  ValueRequirement,
} from '../policy/policy.ts';
import { asksForAnything } from '../policy/requirements.ts';

export type RulesJudgement = Extract<Judgement, { kind: 'rules' }>;

export type PreparedBinding = InvalidBinding | RuledBinding;

export interface InvalidBinding extends Compiled {
  readonly kind: 'invalid';
  readonly policy: BindingPolicy;
  readonly problem: string;
}

/** What compiling has come to, in instructions. */
interface Compiled {
  readonly work: number;
  /** What the regular expressions take up. */
  readonly taken: number;
}

export interface RuledBinding extends Compiled {
  readonly kind: 'rules';
  readonly policy: BindingPolicy;
  readonly judgement: RulesJudgement;
  readonly rules: readonly PreparedRule[];
  /** False where no rule looks at the path: then its readings cannot differ. */
  readonly readsPath: boolean;
  /** True where a pattern tells cases or trailing slashes apart even for a plain path. */
  readonly patternsVary: boolean;
  readonly forwardedClaims: readonly { readonly read: ClaimReader; readonly header: string }[];
}

export interface PreparedRule {
  readonly policy: RulePolicy;
  readonly patterns: readonly PathPattern[];
  readonly claims: readonly { readonly read: ClaimReader; readonly requirement: ValueRequirement }[];
  readonly expressions: readonly PreparedExpression[];
  /** True where anything is required, so that nobody anonymous can pass. */
  readonly requires: boolean;
}

export interface PreparedExpression {
  readonly expression: Expression;
  readonly message: string;
}

const prepared = new WeakMap<BindingPolicy, PreparedBinding>();

/** Memoised by the immutable policy object, so that an update costs only what it changed. */
export function prepareBinding(policy: BindingPolicy): PreparedBinding {
  let binding = prepared.get(policy);
  if (binding === undefined) {
    binding = prepare(policy);
    prepared.set(policy, binding);
  }
  return binding;
}

export const isPrepared = (policy: BindingPolicy): boolean => prepared.has(policy);

/** Carries a problem out of the preparation; never leaves this file. */
class NotPrepared extends Error {}

function prepare(policy: BindingPolicy): PreparedBinding {
  const { judgement } = policy;
  if (judgement.kind === 'invalid') {
    return { kind: 'invalid', policy, problem: judgement.problem, work: 0, taken: 0 };
  }
  const allowance = newAllowance();
  try {
    const rules = judgement.rules.map((rule) => prepareRule(rule, allowance));
    const patterns = rules.flatMap((rule) => rule.patterns);
    return {
      kind: 'rules',
      policy,
      judgement,
      rules,
      work: workDone(allowance),
      taken: allowance.taken,
      readsPath:
        patterns.length > 0 || rules.some((rule) => rule.expressions.some((e) => e.expression.readsPath)),
      patternsVary: patterns.some((pattern) => pattern.varies),
      forwardedClaims: policy.forward.claims.map(({ claim, header }) => ({
        read: claimReader(claim),
        header,
      })),
    };
  } catch (error) {
    if (!(error instanceof NotPrepared)) throw error;
    return { kind: 'invalid', policy, problem: error.message, work: workDone(allowance), taken: 0 };
  }
}

function prepareRule(policy: RulePolicy, allowance: CompileAllowance): PreparedRule {
  const { match, require } = policy;
  const claims = require.claims.map((requirement) => ({ read: claimReader(requirement.claim), requirement }));
  return {
    policy,
    patterns: match.paths.map((path) => {
      const compiled = compilePath(path, allowance);
      if (compiled.kind === 'refused') throw new NotPrepared(compiled.problem);
      return compiled.pattern;
    }),
    claims,
    expressions: require.expressions.map((expression) => prepareExpression(expression, allowance)),
    requires: asksForAnything(require),
  };
}

function prepareExpression(
  { expression, message }: ExpressionPolicy,
  allowance: CompileAllowance,
): PreparedExpression {
  const compiled = compileExpression(expression, 'request', allowance);
  if (compiled.kind === 'refused') throw new NotPrepared(compiled.problem);
  return { expression: compiled.expression, message };
}
