/** Checks that are judged as they come, by whatever a test answers. */

import type { Decision } from '../../decision/decision.ts';
import type { AnswerCheck, Ask } from '../check.ts';

export function atOnce(answer: AnswerCheck): Ask {
  return (arrival) => {
    const reply = (decision: Decision) => arrival.reply(decision);
    const fail = (error: unknown) => arrival.fail(error);
    try {
      const decision = answer(arrival.read(), 0);
      if (decision instanceof Promise) decision.then(reply).catch(fail);
      else reply(decision);
    } catch (error) {
      fail(error);
    }
  };
}
