/** A live decision in one line for people. */

import { whatIsAsked } from './asked.ts';
import { decidingStep } from './deciding-step.ts';
import type { DecisionEvent, LeftOutEvent } from './decision-event.ts';
import { EVENTS_PER_SECOND, EXPLAINED_PER_SECOND } from './listeners.ts';
import { shownText, whoIs } from './who.ts';

/** Wider than any outcome, and than the usual reasons. */
const OUTCOME_WIDTH = 13;
const REASON_WIDTH = 18;

/** `18:21:07.311  denied  audience_mismatch  read  client billing-cron  GET orders.example/orders/7  aud "x"; …` */
export function decisionLine(decision: DecisionEvent): string {
  const { time, outcome, reason, rule, detail, tokenSays, expected } = decision;
  const why =
    tokenSays === null ? detail : `the token says ${tokenSays}; expected ${expected ?? 'something else'}`;
  const line = [
    time.slice(11, 23),
    outcome.padEnd(OUTCOME_WIDTH),
    reason.padEnd(REASON_WIDTH),
    rule ?? '-',
    whoIs(decision),
    whatIsAsked(decision),
    ...(why === null ? [] : [why]),
  ].join('  ');
  return shownText(line);
}

/** Wider than any step's name. */
const STEP_WIDTH = 14;

/** The steps to it, a line each, the one that decided marked; none where they were not asked for. */
export function stepLines({ steps = [], reason }: DecisionEvent): readonly string[] {
  const deciding = decidingStep({ steps, reason });
  return steps.map(({ step, finding }, i) =>
    shownText(`  ${i === deciding ? '>' : ' '} ${step.padEnd(STEP_WIDTH)}${finding}`),
  );
}

export function leftOutLine({ overRate, slowReader }: LeftOutEvent, isExplained: boolean): string {
  const rate = isExplained ? EXPLAINED_PER_SECOND : EVENTS_PER_SECOND;
  const parts = [
    ...(overRate > 0 ? [`${overRate} above ${rate} a second`] : []),
    ...(slowReader > 0 ? [`${slowReader} because they were not read in time`] : []),
  ];
  return `left out: ${parts.join(', ')}`;
}
