/** Logs calls to the API server that fail again and again: each kind once a minute, with what to do. */

import type { KubernetesError } from '../../kubernetes/errors.ts';
import type { QuietLog } from '../server/quiet.ts';
import { callRemedy } from './remedies.ts';

/** `what` completes "Could not …". `remedy` is given where it is another one than that of any call. */
export type ProblemLog = (what: string, remedy?: string) => (error: KubernetesError) => void;

/** `server` is the address of the API server. */
export const createProblemLog =
  (log: QuietLog, server: string): ProblemLog =>
  (what, remedy) =>
  (error) => {
    if (error.kind === 'Aborted') return;
    const isAway = error.kind === 'Unreachable' || error.kind === 'Timeout';
    log(`Could not ${what}`, {
      problem: error.message,
      remedy: remedy ?? callRemedy(error),
      ...(isAway && { server }),
    });
  };
