/** A live decision in one line for people. */

import type { DecisionEvent, LeftOutEvent } from './decision-event.ts';
import { shownText, whoIs } from './who.ts';

/** Wider than any outcome, and than the usual reasons. */
const OUTCOME_WIDTH = 13;
const REASON_WIDTH = 18;

/** `18:21:07.311  denied  audience_mismatch  read  client billing-cron  GET orders.example/orders/7  aud "x"; …` */
export function decisionLine(decision: DecisionEvent): string {
  const { time, outcome, reason, rule, method, host, path, detail, tokenSays, expected } = decision;
  const why =
    tokenSays === null ? detail : `the token says ${tokenSays}; expected ${expected ?? 'something else'}`;
  const line = [
    time.slice(11, 23),
    outcome.padEnd(OUTCOME_WIDTH),
    reason.padEnd(REASON_WIDTH),
    rule ?? '-',
    whoIs(decision),
    `${method} ${host}${path}`,
    ...(why === null ? [] : [why]),
  ].join('  ');
  return shownText(line);
}

export function leftOutLine({ overRate, slowReader }: LeftOutEvent): string {
  const parts = [
    ...(overRate > 0 ? [`${overRate} above 200 a second`] : []),
    ...(slowReader > 0 ? [`${slowReader} because they were not read in time`] : []),
  ];
  return `left out: ${parts.join(', ')}`;
}
