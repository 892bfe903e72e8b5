/** Checks that are judged as they come, by whatever a test answers. */

import type { Answer, Ask } from '../check.ts';

export function atOnce(answer: Answer): Ask {
  return ({ read, reply, fail }) => {
    try {
      const decision = answer(read(), 0);
      if (decision instanceof Promise) decision.then(reply).catch(fail);
      else reply(decision);
    } catch (error) {
      fail(error);
    }
  };
}
