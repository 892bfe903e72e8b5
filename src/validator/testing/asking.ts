/** Checks that are judged as they come, by whatever a test answers. */

import type { Decision } from '../../decision/decision.ts';
import type { Ask, CheckCall } from '../check.ts';

/** What a test answers to a check. */
export type AnswerCheck = (check: CheckCall) => Decision | Promise<Decision>;

export function atOnce(answer: AnswerCheck): Ask {
  return (arrival) => {
    const reply = (decision: Decision) => arrival.reply(arrival.sendable(decision));
    const fail = (error: unknown) => arrival.fail(error);
    try {
      const decision = answer(arrival.read());
      if (decision instanceof Promise) decision.then(reply).catch(fail);
      else reply(decision);
    } catch (error) {
      fail(error);
    }
  };
}
