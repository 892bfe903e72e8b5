/** Bounds what an endpoint may take of the thread that judges requests, and of memory, whoever asks it and how often. */

import type { ServerResponse } from 'node:http';
import { type Endpoint, type Page, sendPage, textPage } from '../../process/pages.ts';

export interface EndpointLimits {
  /** Answers that are made, or not read yet. */
  readonly atOnce: number;
  readonly perSecond: number;
}

/** Milliseconds. */
const SECOND = 1000;
/** Milliseconds in which a reader has to read something. */
const PATIENCE = 30_000;

/** Answers 503 past the limits. `monotonic` in milliseconds. */
export function limitedEndpoint(
  { atOnce, perSecond }: EndpointLimits,
  monotonic: () => number,
  { method, answer }: Endpoint,
): Endpoint {
  let underWay = 0;
  let start = Number.NEGATIVE_INFINITY;
  let begun = 0;
  const isTooMuch = (): boolean => {
    const now = monotonic();
    if (now - start >= SECOND) {
      start = now;
      begun = 0;
    }
    return underWay >= atOnce || begun >= perSecond;
  };
  return {
    method,
    answer(request, response, query) {
      if (isTooMuch()) {
        refuseUnread(response, textPage(503, 'this is asked too often just now: try again in a moment'));
        return;
      }
      underWay += 1;
      begun += 1;
      response.once('close', () => {
        underWay -= 1;
      });
      response.setTimeout(PATIENCE, () => response.destroy());
      answer(request, response, query);
    },
  };
}

/** What is left of the request's body is not read. */
export function refuseUnread(response: ServerResponse, page: Page): void {
  response.setHeader('connection', 'close');
  sendPage(response, page);
}
