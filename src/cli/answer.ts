/** A decision and the steps to it, as text for people and as JSON for programs. */

import { STATUS_CODES } from 'node:http';
import { oneLine, shownJson } from '../base/text.ts';
import type { Decision, HeaderPair, UpstreamChanges } from '../decision/decision.ts';
import { REASONS } from '../decision/reasons.ts';
import { explanationOf } from '../explain/explanation.ts';
import type { Judged, TracedStep } from '../explain/judgement.ts';

export const renderAnswerJson = (judged: Judged): string => `${shownJson(explanationOf(judged))}\n`;

/** A line a step, then the answer as Envoy would give it; then the steps of a Trial, where there is one. */
export function renderAnswerText({ decision, steps, trial }: Judged): string {
  const tried = trial === undefined ? [] : ['', 'Beside it, a Trial:', ...trial.steps.map(stepLine)];
  return [...steps.map(stepLine), '', ...answerLines(decision), ...tried, ''].join('\n');
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
    case 'served':
      return [
        `${decision.status} ${STATUS_CODES[decision.status] ?? ''}: the validator itself answers, and the API sees nothing of it`,
        ...decision.headers.map(headerLine),
        ...(decision.body === '' ? [] : ['', oneLine(decision.body)]),
      ];
    case 'denied':
      return [
        `${decision.status} ${STATUS_CODES[decision.status] ?? ''}`,
        ...decision.headers.map(headerLine),
        ...(decision.body === '' ? [] : ['', oneLine(decision.body)]),
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
