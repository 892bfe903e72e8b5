/** Reports of unknown kids, as they come over HTTP: a short body, and only so many of a pod at a time. */

import type { IncomingMessage } from 'node:http';
import { readBody } from './body.ts';
import type { Caller } from './caller.ts';
import { type Refreshed, type RefreshParts, refresh } from './refresh.ts';
import { pollRefusal } from './refusal.ts';

export interface Reports {
  /** Undefined: the caller has gone away. */
  answer(
    caller: Caller,
    request: IncomingMessage,
    parts: () => Pick<RefreshParts, 'entry' | 'acknowledged'>,
  ): Promise<Refreshed | undefined>;
}

const MAX_BODY_BYTES = 1024;
/** A validator reports each of its sources once at a time. */
const MAX_PER_POD = 32;

export function createReports(
  common: Pick<RefreshParts, 'refreshKeys' | 'refreshCooldown' | 'clock'>,
): Reports {
  const underWay = new Map<string, number>();

  const answer: Reports['answer'] = async (_, request, parts) => {
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body.kind === 'cut') return undefined;
    if (body.kind === 'tooLong') return pollRefusal(413, `at most ${MAX_BODY_BYTES} bytes`);
    return refresh(body.text, { ...common, ...parts() });
  };

  return {
    async answer(caller, request, parts) {
      const { uid } = caller;
      const others = underWay.get(uid) ?? 0;
      if (others >= MAX_PER_POD) return pollRefusal(429, 'too many reports at once');
      underWay.set(uid, others + 1);
      try {
        return await answer(caller, request, parts);
      } finally {
        const left = (underWay.get(uid) ?? 1) - 1;
        if (left > 0) underWay.set(uid, left);
        else underWay.delete(uid);
      }
    },
  };
}
