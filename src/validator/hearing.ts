/** What this process has learned of the gateway that asks it, which the control plane is told. */

import type { CheckRequest } from '../decision/decision.ts';

export interface Heard {
  /** It has been asked to judge a request so far. */
  readonly wasAsked: boolean;
  /** Every check of late has said which route matched. Undefined: there was none. */
  readonly tellsRoutes: boolean | undefined;
}

export interface Hearing {
  /** Called with every check. */
  note(request: Pick<CheckRequest, 'route'>): void;
  /** Called now and then, for each poll. */
  heard(): Heard;
}

/** Milliseconds for which a check that names no route counts: a gateway is told anew what to say while it runs. */
export const LATELY = 600_000;

export function createHearing(monotonic: () => number): Hearing {
  let hasTold = false;
  let wasSilent = false;
  /** When `heard` was last called after a check that names no route. */
  let lastSilent = Number.NEGATIVE_INFINITY;
  return {
    note({ route }) {
      if (route === undefined) wasSilent = true;
      else hasTold = true;
    },
    heard() {
      if (wasSilent) lastSilent = monotonic();
      wasSilent = false;
      const wasEverSilent = lastSilent !== Number.NEGATIVE_INFINITY;
      const wasAsked = hasTold || wasEverSilent;
      return {
        wasAsked,
        tellsRoutes: wasAsked ? hasTold && monotonic() - lastSilent > LATELY : undefined,
      };
    },
  };
}
