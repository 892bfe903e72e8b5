/** Asks many validators for one answer: for so long, and in a namespace where one may not, only once. */

import type { ObjectId } from '../../base/object-id.ts';
import { failed, ok } from '../../kubernetes/errors.ts';
import type { PodHttp } from '../../kubernetes/pod-http.ts';

/** Milliseconds for all of them: a page waits for it. */
const LONGEST_LOOK = 15_000;

const LATE = `no whole answer within ${LONGEST_LOOK / 1000} s, in which others were waited for as well`;

/** For one look: what was learned in it is forgotten with it. */
export function boundedAsking(
  ask: (pod: ObjectId) => PodHttp,
  over: AbortSignal = AbortSignal.timeout(LONGEST_LOOK),
): (pod: ObjectId) => PodHttp {
  const forbidden = new Set<string>();
  return (pod) => async (request) => {
    const refusal = failed(
      'Forbidden',
      `you have no right to port-forward in namespace ${pod.namespace}: ask for create and get of pods/portforward`,
    );
    if (forbidden.has(pod.namespace)) return refusal;
    if (over.aborted) return failed('Timeout', LATE);
    const signal = request.signal === undefined ? over : AbortSignal.any([request.signal, over]);
    const answer = await ask(pod)({ ...request, signal });
    if (answer.kind === 'ok') return ok({ ...answer.value, body: untilOver(answer.value.body, over) });
    if (over.aborted) return failed('Timeout', LATE);
    if (answer.error.kind !== 'Forbidden') return answer;
    forbidden.add(pod.namespace);
    return refusal;
  };
}

/** What breaks because the time is over says so. */
async function* untilOver(
  body: AsyncIterable<Uint8Array>,
  over: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body;
  } catch (error) {
    throw over.aborted ? new Error(LATE, { cause: error }) : error;
  }
}
