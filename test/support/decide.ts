/** One request, one policy, one decision: both halves of the judgement as their tests call them. */

import { finishSteps } from '../../src/base/steps.ts';
import { begin, type Pending } from '../../src/decision/begin.ts';
import { type CheckRequest, type Decision, isPassing } from '../../src/decision/decision.ts';
import { type Enforcer, prepareEnforcer } from '../../src/decision/enforcer.ts';
import { finish } from '../../src/decision/finish.ts';
import type { Trace } from '../../src/decision/trace.ts';
import type { BindingPolicy, RulePolicy } from '../../src/policy/policy.ts';
import type { JwtPolicy } from '../../src/sources/jwt/policy.ts';
import type { Conclusion } from '../../src/sources/kind.ts';
import { bindingPolicy, policyUpdate } from './policy.ts';
import { CLAIMS, NOW, withClaims } from './verification.ts';

export type RequestChanges = Partial<CheckRequest> & { readonly token?: string };

/** `GET https://api.example/orders`, with a bearer token if one is given. */
export function request({ token, headers = {}, ...changes }: RequestChanges = {}): CheckRequest {
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    method: 'GET',
    host: 'api.example',
    pathAndQuery: '/orders',
    port: undefined,
    headers: { ...bearer, ...headers },
    ...changes,
  };
}

export function decide(enforcer: Enforcer | undefined, asked: CheckRequest, trace?: Trace): Decision {
  const begun = begin(enforcer, asked, trace);
  if (begun.kind === 'decided') return begun.decision;
  const { pending } = begun;
  return finish(pending, verifyNow(pending), NOW, trace);
}

/** What becomes of the credential of a request. */
export function verifyNow({ verifier, credential }: Pending): Conclusion {
  const inspection = verifier.inspect(credential, NOW);
  if (inspection.kind === 'refused') return inspection.refusal;
  const { job } = inspection;
  const conclusion = job.conclude(job.checkSignature());
  if (conclusion instanceof Promise) throw new Error('the verdict was not given at once');
  return conclusion;
}

export const enforce = (...bindings: readonly BindingPolicy[]): Enforcer =>
  finishSteps(prepareEnforcer(policyUpdate(bindings)));

/** A policy with Trials, which have mode Audit there. */
export function enforceWithTrials(
  bindings: readonly BindingPolicy[],
  trials: readonly BindingPolicy[],
  sources?: readonly JwtPolicy[],
): Enforcer {
  const update = policyUpdate(bindings, sources);
  const tried = trials.map((trial): BindingPolicy => ({ ...trial, mode: 'Audit' }));
  return finishSteps(prepareEnforcer({ ...update, policy: { ...update.policy, trials: tried } }));
}

/** What the rules of a binding at its defaults say to a request. */
export const judge = (rules: readonly RulePolicy[], asked: RequestChanges = {}): Decision =>
  decide(enforce(bindingPolicy({ rules })), request(asked));

/** The reason, as `denied role_mismatch` or `allowed anonymous`. */
export const verdict = (decision: Decision): string => `${decision.outcome} ${decision.reason}`;

/** A good token of a user named joe, with these claims changed. */
export const joe = (changes: object = {}): string => withClaims({ ...CLAIMS, ...changes });

/** A header of a denial, or one that an allowed request is given. */
export function headerOf(decision: Decision, name: string): string | undefined {
  const pairs = isPassing(decision) ? decision.upstream.set : decision.headers;
  return pairs.find(([key]) => key === name)?.[1];
}
