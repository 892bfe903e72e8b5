/** Logs what is wrong with the control plane: once for each topic, and again every ten minutes while it lasts. */

import { formatDuration } from '../../base/durations.ts';
import type { Log, LogFields } from '../../telemetry/log.ts';

export interface Topics {
  report(topic: string, message: string): void;
  /** The message that was logged last; undefined = all is well. */
  last(): string | undefined;
  /** Called when all is well again. */
  clear(): void;
}

export interface TopicsParts {
  readonly log: Log;
  /** In milliseconds. */
  readonly monotonic: () => number;
  /** Further fields of each line. */
  readonly fields: () => LogFields;
}

/** More topics than there are causes: it bounds what a server can make us log. */
const MAX_TOPICS = 100;
/** Milliseconds, so that the last lines of a log name the problem, and how long the policy still serves. */
export const REPORT_AGAIN = 600_000;
/** The page that says what to do. */
const REMEDY = 'docs/troubleshooting.md#the-control-plane-cannot-be-reached';

export function createTopics({ log, monotonic, fields }: TopicsParts): Topics {
  /** By topic: when it was logged. */
  const logged = new Map<string, number>();
  let last: string | undefined;
  return {
    report: (topic, message) => {
      const before = logged.get(topic);
      if (before === undefined ? logged.size >= MAX_TOPICS : monotonic() - before < REPORT_AGAIN) return;
      logged.set(topic, monotonic());
      last = message;
      log.warn(message, { ...fields(), remedy: REMEDY });
    },
    last: () => last,
    clear: () => {
      if (logged.size === 0) return;
      logged.clear();
      last = undefined;
      log.info('the control plane answers again');
    },
  };
}

const REFUSES = 'every request gets policy_missing until the control plane answers';

/**
 * Says for the log how old the policy in force is, and how long it still serves.
 *
 * @param age seconds since the control plane confirmed it; undefined = there is none.
 * @param maxStale seconds for which it serves.
 */
export function describePolicyAge(age: number | undefined, maxStale: number): string {
  if (age === undefined) return `none: ${REFUSES}`;
  const confirmed = `confirmed ${formatDuration(Math.floor(age))} ago`;
  return age > maxStale
    ? `${confirmed}, which is too long ago: ${REFUSES}`
    : `${confirmed}; it is used for another ${formatDuration(Math.floor(maxStale - age))}`;
}
