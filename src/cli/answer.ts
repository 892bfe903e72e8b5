/** A decision and the steps to it, as text for people and as JSON for programs. */

import { STATUS_CODES } from 'node:http';
import { oneLine } from '../base/text.ts';
import type { Decision, HeaderPair, UpstreamChanges } from '../decision/decision.ts';
import { REASONS } from '../decision/reasons.ts';
import type { Judged, TracedStep } from './traced-judgement.ts';

const ALLOWED_STATUS = 200;

/** What the caller would see: of an allowed request, what ext_authz says to Envoy. */
export function statusOf(decision: Decision): number {
  return decision.outcome === 'denied' ? decision.status : ALLOWED_STATUS;
}

/** Undefined members are null, so that each is always there. */
export function renderAnswerJson({ decision, steps }: Judged): string {
  const { outcome, reason, binding, rule, source, user } = decision;
  const told = {
    outcome,
    reason,
    status: statusOf(decision),
    detail: decision.outcome === 'allowed' ? null : decision.detail,
    binding: binding ?? null,
    rule: rule ?? null,
    source: source ?? null,
    user: user ?? null,
    steps,
    ...(decision.outcome === 'denied'
      ? { headers: Object.fromEntries(decision.headers), body: decision.body }
      : { set: Object.fromEntries(decision.upstream.set), remove: decision.upstream.remove }),
  };
  return `${JSON.stringify(told, null, 2)}\n`;
}

/** A line a step, then the answer as Envoy would give it. */
export function renderAnswerText({ decision, steps }: Judged): string {
  return [...steps.map(stepLine), '', ...answerLines(decision), ''].join('\n');
}

/** Wider than any step's name. */
const STEP_WIDTH = 14;

function stepLine({ step, finding }: TracedStep): string {
  return step.padEnd(STEP_WIDTH) + oneLine(finding);
}

function answerLines(decision: Decision): readonly string[] {
  switch (decision.outcome) {
    case 'allowed':
      return ['200 OK: the request goes on to the API', ...changeLines(decision.upstream)];
    case 'audit_denied': {
      const { status } = REASONS[decision.reason];
      return [
        `200 OK: the request goes on to the API, for the mode is Audit; Enforce would answer ${status} ${decision.reason}`,
        ...changeLines(decision.upstream),
      ];
    }
    case 'denied':
      return [
        `${decision.status} ${STATUS_CODES[decision.status] ?? ''}`,
        ...decision.headers.map(headerLine),
        '',
        oneLine(decision.body),
        // Envoy's HTTP client of authorization services takes every 5xx for a failure of the service.
        ...(decision.status === 503
          ? ['', '(over HTTP, Envoy replaces this by a 503 of its own, reason authorization_unavailable)']
          : []),
      ];
  }
}

function changeLines({ set, remove }: UpstreamChanges): readonly string[] {
  return [
    ...set.map((pair) => `set     ${headerLine(pair)}`),
    ...remove.map((name) => `remove  ${oneLine(name)}`),
  ];
}

function headerLine([name, value]: HeaderPair): string {
  return oneLine(`${name}: ${value}`);
}
