/** What a Trial would have decided, compared with the decision that was in force. */

import type { McpCall } from '../matching/mcp-match.ts';
import type { Mismatch } from '../sources/mismatch.ts';
import { type Decision, isPassing } from './decision.ts';

/**
 * `would_deny`: the request passed, and the Trial would refuse it. `would_allow`: it did not reach the API, and would.
 * `other_reason`: neither, and the answer would be another one.
 */
export const TRIAL_VERDICTS = ['same', 'would_deny', 'would_allow', 'other_reason'] as const;

export type TrialVerdict = (typeof TRIAL_VERDICTS)[number];

export interface TrialDecision {
  /** namespace/name of the Trial. */
  readonly binding: string;
  /** As mode Enforce would have it. */
  readonly outcome: 'allowed' | 'denied' | 'served';
  readonly reason: Decision['reason'];
  /** Of a denial, for people. */
  readonly detail: string | undefined;
  readonly rule: string | undefined;
  readonly source: string | undefined;
  readonly user: string | undefined;
  readonly client: string | undefined;
  readonly mismatch: Mismatch | undefined;
  /** What it asks of an MCP server, by the Trial's own `mcp`. */
  readonly call?: McpCall;
  readonly verdict: TrialVerdict;
}

/**
 * What counts is what became of the request: mode Audit let it pass, whatever it would have denied. What the validator
 * itself answered was neither refused, nor did it reach the API.
 */
export function compareTrial(binding: string, tried: Decision, inForce: Decision): TrialDecision {
  const outcome = tried.outcome === 'audit_denied' ? 'denied' : tried.outcome;
  const { reason, rule, source, user, client, call } = tried;
  const refused = tried.outcome === 'allowed' || tried.outcome === 'served' ? undefined : tried;
  return {
    binding,
    outcome,
    reason,
    detail: refused?.detail,
    rule,
    source,
    user,
    client,
    mismatch: refused?.mismatch,
    ...(call !== undefined && { call }),
    verdict: verdictOf(outcome, reason, inForce),
  };
}

function verdictOf(
  outcome: TrialDecision['outcome'],
  reason: Decision['reason'],
  inForce: Decision,
): TrialVerdict {
  const isServed = inForce.outcome === 'served';
  const passed = isPassing(inForce);
  if ((passed || isServed) && outcome === 'denied') return 'would_deny';
  if (!passed && outcome === 'allowed') return 'would_allow';
  return reason === inForce.reason ? 'same' : 'other_reason';
}
