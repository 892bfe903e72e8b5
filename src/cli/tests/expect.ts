/** What a test expected, and what came instead. */

import { type HeaderPair, isPassing } from '../../decision/decision.ts';
import { statusOf } from '../../explain/explanation.ts';
import type { Judged } from '../../explain/judgement.ts';
import type { Expectation } from './read.ts';

export interface UnmetExpectation {
  /** Such as `reason`, or `x-auth-user`. */
  readonly what: string;
  readonly expected: string;
  readonly got: string;
}

/** Everything in which the decision, and what a Trial says beside it, is not as expected. */
export function mismatches(
  expect: Expectation,
  { decision, trial }: Pick<Judged, 'decision' | 'trial'>,
): readonly UnmetExpectation[] {
  const found: UnmetExpectation[] = [];
  const compare = (what: string, expected: string | number | undefined, got: string | number = ''): void => {
    if (expected === undefined || expected === got) return;
    found.push({ what, expected: shown(expected), got: shown(got) });
  };
  compare('outcome', expect.outcome, decision.outcome);
  compare('status', expect.status, statusOf(decision));
  compare('reason', expect.reason, decision.reason);
  compare('binding', expect.binding, decision.binding);
  compare('rule', expect.rule, decision.rule);
  compare('source', expect.source, decision.source);
  compare('user', expect.user, decision.user);
  compare('trial', expect.trial, trial?.decision.verdict);
  const compareHeaders = (expected: Expectation['headers'] = {}, got: readonly HeaderPair[]): void => {
    for (const [name, value] of Object.entries(expected)) {
      compare(name, value, got.find(([other]) => other === name.toLowerCase())?.[1]);
    }
  };
  compareHeaders(expect.forwarded, isPassing(decision) ? decision.upstream.set : []);
  compareHeaders(expect.headers, isPassing(decision) ? [] : decision.headers);
  return found;
}

const shown = (value: string | number): string => (value === '' ? 'none' : String(value));
