/** A binding prepared for judging: its patterns, expressions and names compiled once. */

import { remember, type Steps } from '../base/steps.ts';
import { compileExpression, type Expression, type Scope } from '../cel/expression.ts';
import { type ClaimReader, claimReader } from '../matching/claims.ts';
import { compilePath, type PathPattern } from '../matching/paths.ts';
import { answersSize } from '../policy/answers.ts';
import type { BindingPolicy, Judgement, RulePolicy, ValueRequirement } from '../policy/policy.ts';
import { asksForAnything } from '../policy/requirements.ts';
import type { ResourcePolicy } from '../policy/resource.ts';
import { type CompileAllowance, counted, newAllowance } from '../regex/allowance.ts';
import { type PreparedLogin, prepareLogin } from './login.ts';
import { type PreparedBody, prepareBody } from './own-body.ts';

type MetadataPolicy = NonNullable<ResourcePolicy['metadata']>;

export type RulesJudgement = Extract<Judgement, { kind: 'rules' }>;

export type PreparedBinding = InvalidBinding | RuledBinding;

export interface InvalidBinding extends Compiled {
  readonly kind: 'invalid';
  readonly policy: BindingPolicy;
  readonly problem: string;
}

interface Compiled {
  /** The size of its expressions, regular expressions and bodies, in instructions. */
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
  /** What it serves of its API as a resource; undefined = nothing. */
  readonly metadata: MetadataPolicy | undefined;
  /** Where browsers log in; undefined = they are refused as others are. */
  readonly login: PreparedLogin | undefined;
  /** Bodies of its own. The first whose statuses fit. */
  readonly bodies: readonly PreparedBody[];
  readonly forwardedClaims: readonly { readonly read: ClaimReader; readonly header: string }[];
}

export interface PreparedRule {
  readonly policy: RulePolicy;
  readonly patterns: readonly PathPattern[];
  readonly claims: readonly { readonly read: ClaimReader; readonly requirement: ValueRequirement }[];
  readonly expressions: readonly PreparedExpression[];
  /** True where the rule requires anything, so that no anonymous request can pass. */
  readonly requires: boolean;
}

export interface PreparedExpression {
  readonly expression: Expression;
  readonly message: string;
  /** What a token would need for it to be true, should it need some. */
  readonly scopes: readonly string[];
}

/** Remembered by the immutable policy object, so that an update costs only what it changed. */
export const prepareBinding = remember(prepare).inSteps;

/** Preparing the rest of a binding takes as long as compiling so many instructions. */
const PART = 8;
/** So many characters of claims' names take as long as one instruction. */
const NAME_CHARACTERS = 32;

/** Carries a problem out of the preparation; never leaves this file. */
class NotPrepared extends Error {}

function* prepare(policy: BindingPolicy): Steps<PreparedBinding> {
  const { judgement } = policy;
  if (judgement.kind === 'invalid') {
    return { kind: 'invalid', policy, problem: judgement.problem, taken: 0 };
  }
  yield PART;
  const allowance = newAllowance();
  try {
    const rules: PreparedRule[] = [];
    const scope = judgement.mcp === undefined ? 'request' : 'mcp';
    for (const rule of judgement.rules) rules.push(yield* prepareRule(rule, scope, allowance));
    const patterns = rules.flatMap((rule) => rule.patterns);
    const { answers } = judgement;
    return {
      kind: 'rules',
      policy,
      judgement,
      rules,
      taken: allowance.taken + answersSize(answers),
      readsPath:
        patterns.length > 0 || rules.some((rule) => rule.expressions.some((e) => e.expression.readsPath)),
      patternsVary: patterns.some((pattern) => pattern.varies),
      metadata: judgement.resource?.metadata,
      login: answers?.login && prepareLogin(answers.login),
      bodies: (answers?.bodies ?? []).map(prepareBody),
      forwardedClaims: policy.forward.claims.map(({ claim, header }) => ({
        read: claimReader(claim),
        header,
      })),
    };
  } catch (error) {
    if (!(error instanceof NotPrepared)) throw error;
    return { kind: 'invalid', policy, problem: error.message, taken: 0 };
  }
}

function* prepareRule(policy: RulePolicy, scope: Scope, allowance: CompileAllowance): Steps<PreparedRule> {
  const { match, require } = policy;
  const patterns: PathPattern[] = [];
  for (const path of match.paths) {
    const compiled = yield* counted(allowance, () => compilePath(path, allowance));
    if (compiled.kind === 'refused') throw new NotPrepared(compiled.problem);
    patterns.push(compiled.pattern);
  }
  const expressions: PreparedExpression[] = [];
  for (const { expression, message, scopes = [] } of require.expressions) {
    const compiled = yield* counted(allowance, () => compileExpression(expression, scope, allowance));
    if (compiled.kind === 'refused') throw new NotPrepared(compiled.problem);
    expressions.push({ expression: compiled.expression, message, scopes });
  }
  const claims = require.claims.map((requirement) => ({ read: claimReader(requirement.claim), requirement }));
  yield require.claims.reduce((sum, { claim }) => sum + claim.length, 0) / NAME_CHARACTERS;
  return { policy, patterns, claims, expressions, requires: asksForAnything(require) };
}
