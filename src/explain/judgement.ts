/** Judges one request, and records each step: both halves of the decision, and the check of the token between them. */

import { internalError } from '../decision/answers.ts';
import { begin, type Pending } from '../decision/begin.ts';
import type { PreparedBinding, RulesJudgement } from '../decision/binding.ts';
import type { CheckRequest, Decision } from '../decision/decision.ts';
import { describeReadings, describeRequirements } from '../decision/describe.ts';
import { bindingOfRequest, type Enforcer, trialOfRequest } from '../decision/enforcer.ts';
import { finish } from '../decision/finish.ts';
import { whyNoLogin } from '../decision/login.ts';
import { callOf } from '../decision/mcp-call.ts';
import { describeBody } from '../decision/own-body.ts';
import { REASONS, type Reason } from '../decision/reasons.ts';
import { splitPath } from '../decision/request.ts';
import type { TraceStep } from '../decision/trace.ts';
import { compareTrial, type TrialDecision } from '../decision/trial-decision.ts';
import { normalizeHost } from '../matching/hosts.ts';
import type { CredentialPolicy } from '../policy/policy.ts';
import { describeBug } from '../process/bug.ts';
import type { Conclusion, Verifier } from '../sources/kind.ts';
import type { Verification } from '../sources/verification.ts';

export interface TracedStep {
  readonly step: TraceStep;
  readonly finding: string;
}

export interface Judged {
  readonly decision: Decision;
  readonly steps: readonly TracedStep[];
  /** What a binding in mode Trial says of the request, beside the one that decides. */
  readonly trial: JudgedTrial | undefined;
}

export interface JudgedTrial {
  readonly decision: TrialDecision;
  readonly steps: readonly TracedStep[];
}

/** What a source's keys turned out to be, and the policy with them; undefined for keys that are not fetched. */
export type RefreshKeys = (
  sourceId: string,
) => Promise<{ readonly finding: string; readonly enforcer: Enforcer } | undefined>;

/** `at` in Unix seconds. Never rejects: a bug is a refusal, as it is in the validator. */
export async function judgeWithTrace(
  enforcer: Enforcer | undefined,
  request: CheckRequest,
  at: number,
  refreshKeys: RefreshKeys,
): Promise<Judged> {
  const decided = await judge(enforcer, request, { at, refreshKeys, choose: bindingOfRequest });
  const { decision } = decided;
  const steps = [...decided.steps, answerStep(answerFinding(decision))];
  const id = enforcer && trialOfRequest(enforcer, request)?.policy.id;
  // One that stands alone has decided by itself.
  if (id === undefined || id === decision.binding) return { decision, steps, trial: undefined };
  const tried = await judge(enforcer, request, { at, refreshKeys, choose: trialOfRequest });
  const compared = compareTrial(id, tried.decision, decision);
  const trial = { decision: compared, steps: [...tried.steps, answerStep(trialFinding(compared))] };
  return { decision, steps, trial };
}

export const answerStep = (finding: string): TracedStep => ({ step: 'answer', finding });

interface Means {
  readonly at: number;
  readonly refreshKeys: RefreshKeys;
  /** Which binding judges: the one that decides, or the Trial. */
  readonly choose: typeof bindingOfRequest;
}

async function judge(
  enforcer: Enforcer | undefined,
  request: CheckRequest,
  means: Means,
): Promise<Pick<Judged, 'decision' | 'steps'>> {
  const steps: TracedStep[] = [];
  const tell = (step: TraceStep, finding: string) => void steps.push({ step, finding });
  try {
    const binding = enforcer && means.choose(enforcer, request);
    const begun = begin(enforcer, request, tell, binding);
    if (begun.kind === 'verify') {
      const { binding: judging } = begun.pending;
      const decision = await judgeToken(begun.pending, means, tell);
      tellAnswer(judging, request, decision, tell);
      return { decision, steps };
    }
    tellEarly(binding, request, begun.decision, tell);
    return { decision: begun.decision, steps };
  } catch (error) {
    tell('answer', `unexpected error, please report this as a bug: ${JSON.stringify(describeBug(error))}`);
    return { decision: internalError(request), steps };
  }
}

export type Tell = (step: TraceStep, finding: string) => void;

async function judgeToken(begun: Pending, means: Means, tell: Tell) {
  const { at } = means;
  const pending = await withKeys(begun, means, tell);
  const verification = await verify(pending.verifier, pending.credential, at);
  return tellToken({ pending, verification, now: at }, at, tell);
}

/** What the second half of a decision is made from. */
export interface VerifiedToken {
  readonly pending: Pending;
  readonly verification: Verification;
  /** Unix seconds, when it is made. */
  readonly now: number;
}

/** @param at Unix seconds, when the token was looked at. */
export function tellToken({ pending, verification, now }: VerifiedToken, at: number, tell: Tell): Decision {
  // A token that nobody had time for has not been looked at.
  if (verification.kind !== 'overloaded') {
    const { verifier, credential } = pending;
    for (const finding of verifier.describe(credential, at, verification)) tell('token', finding);
  }
  const late: TracedStep[] = [];
  const decision = finish(pending, verification, now, (step, finding) => void late.push({ step, finding }));
  for (const { step, finding } of late) {
    if (step === 'require') tellRequirements(pending, verification, now, tell);
    tell(step, finding);
  }
  return decision;
}

/** The signature is tried on the thread pool: requests that a validator judges meanwhile must not wait for it. */
async function verify(verifier: Verifier, credential: string, at: number): Promise<Conclusion> {
  const inspection = verifier.inspect(credential, at);
  if (inspection.kind === 'refused') return inspection.refusal;
  const { job } = inspection;
  return job.conclude(await job.checkSignatureAsync());
}

/** Keys are fetched only where the judgement comes as far as to need them. */
async function withKeys(pending: Pending, { at, refreshKeys, choose }: Means, tell: Tell): Promise<Pending> {
  const inspection = pending.verifier.inspect(pending.credential, at);
  if (inspection.kind !== 'refused' || inspection.refusal.reason !== 'keys_unavailable') return pending;
  const { source } = inspection.refusal;
  const refreshed = source === undefined ? undefined : await refreshKeys(source);
  if (refreshed === undefined) return pending;
  tell('token', refreshed.finding);
  const { enforcer } = refreshed;
  const again = begin(enforcer, pending.request, undefined, choose(enforcer, pending.request));
  return again.kind === 'verify' ? again.pending : pending;
}

function tellRequirements(pending: Pending, verification: Verification, at: number, tell: Tell) {
  if (verification.kind !== 'verified') return;
  for (const finding of describeRequirements(pending, verification.identity, at)) {
    tell('require', finding);
  }
}

/** What is to be told of a decision that needed no token. */
export function tellEarly(
  binding: PreparedBinding | undefined,
  request: CheckRequest,
  decision: Decision,
  tell: Tell,
): void {
  if (decision.reason === 'path_ambiguous') tellReadings(binding, request, tell);
  tellAnswer(binding, request, decision, tell);
}

/** What a binding has of its own for the answer: where it sends browsers, and the body. */
export function tellAnswer(
  binding: PreparedBinding | undefined,
  request: CheckRequest,
  decision: Decision,
  tell: Tell,
): void {
  if (binding?.kind !== 'rules') return;
  const { login, bodies, judgement, policy } = binding;
  if (decision.reason === 'authenticated' && policy.forward.token === 'Remove' && isMcpResource(judgement)) {
    tell('answer', WITHOUT_TOKEN);
  }
  if (!isRefusal(decision.reason)) return;
  const { reason } = decision;
  if (login !== undefined) {
    const problems = whyNoLogin(login, judgement.credentials, request, reason);
    tell(
      'answer',
      problems.length === 0
        ? `A browser opens a page, and a login helps: ${decision.outcome === 'audit_denied' ? 'Enforce would send it' : 'it is sent'} to the login page`
        : `Not sent to the login page: ${problems.join('; ')}`,
    );
    if (problems.length === 0) return;
  }
  if (bodies.length > 0) tell('answer', describeBody(bodies, REASONS[reason].status, request));
}

/** Of any other API the author has written Remove. */
const isMcpResource = ({ mcp, resource }: RulesJudgement): boolean =>
  mcp !== undefined && resource !== undefined;

const WITHOUT_TOKEN =
  'The API does not get the token: forward.token is Remove, the default of an MCP server that is a resource; Keep hands it on';

function tellReadings(binding: PreparedBinding | undefined, request: CheckRequest, tell: Tell) {
  const named = normalizeHost(request.host);
  const target = splitPath(request.pathAndQuery);
  if (named.kind === 'malformed' || target === undefined) return;
  if (binding?.kind !== 'rules') return;
  const asking = { method: request.method, host: named.host, call: callOf(binding, request) };
  for (const finding of describeReadings(binding, asking, target.path)) {
    tell('path', finding);
  }
}

export function answerFinding(decision: Decision): string {
  switch (decision.outcome) {
    case 'allowed':
      return `allowed: ${decision.reason}`;
    case 'served':
      return `served: ${decision.status} ${decision.reason}`;
    case 'denied':
      return `denied: ${decision.status} ${decision.reason}`;
    case 'audit_denied':
      return `audit_denied: passes in mode Audit; Enforce would answer ${REASONS[decision.reason].status} ${decision.reason}`;
  }
}

export function trialFinding({ verdict, outcome, reason }: TrialDecision): string {
  return `${verdict}: ${outcome}: ${isRefusal(reason) ? `${REASONS[reason].status} ${reason}` : reason}`;
}

const isRefusal = (reason: Decision['reason']): reason is Reason => Object.hasOwn(REASONS, reason);

const USUAL_PLACE: CredentialPolicy = { in: 'Header', name: 'authorization', scheme: 'Bearer' };

/** The first place in which the binding for this request looks for a token. */
export function tokenPlace(enforcer: Enforcer | undefined, { host, port }: CheckRequest): CredentialPolicy {
  const named = normalizeHost(host);
  const binding = named.kind === 'malformed' ? undefined : enforcer?.bindingFor(named.host, port);
  return (binding?.kind === 'rules' ? binding.judgement.credentials[0] : undefined) ?? USUAL_PLACE;
}
