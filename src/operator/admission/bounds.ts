/** How large an object may be that is judged: counted before anything else looks at it. */

import { type AdmissionDecision, refuse } from './decision.ts';
import type { AdmissionRequest } from './review.ts';

type Judge = (request: AdmissionRequest) => Promise<AdmissionDecision>;

/** Texts, numbers, lists, objects and so on, in all of its levels. */
export const MOST_VALUES = 20_000;
const MOST_LEVELS = 64;

/** What is deleted is not looked at: so a large object that is there can always go. */
export function bounded(judge: Judge): Judge {
  return async (request) => {
    const { operation, object, oldObject } = request;
    if (operation === 'DELETE' || operation === 'CONNECT') return judge(request);
    const problem = [object, oldObject].map(sizeProblem).find((one) => one !== undefined);
    return problem === undefined ? judge(request) : refuse('Invalid', problem);
  };
}

function sizeProblem(object: AdmissionRequest['object']): string | undefined {
  let level: readonly unknown[] = [object];
  let values = 0;
  for (let levels = 0; level.length > 0; levels++) {
    if (levels > MOST_LEVELS) return `the object has more than ${MOST_LEVELS} levels; make it flatter`;
    values += level.length;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      for (const member of Object.values(value)) {
        next.push(member);
        if (values + next.length > MOST_VALUES) {
          return `the object has more than ${MOST_VALUES} values; take some away, or divide it`;
        }
      }
    }
    level = next;
  }
  return undefined;
}
