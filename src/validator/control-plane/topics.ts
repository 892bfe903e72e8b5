/** What is wrong with the control plane, told once a topic, and again now and then while it lasts; not once an attempt. */

import type { Log, LogFields } from '../../telemetry/log.ts';

export interface Topics {
  tell(topic: string, message: string): void;
  /** What was told last; undefined = all is well. */
  last(): string | undefined;
  /** All is well. */
  clear(): void;
}

export interface TopicsParts {
  readonly log: Log;
  /** In milliseconds. */
  readonly elapsed: () => number;
  /** What each line says besides. */
  readonly fields: () => LogFields;
}

/** More topics than there are causes would be somebody's play. */
const MAX_TOPICS = 100;
/** Milliseconds: whoever reads the last lines of a log hours later is to find it, and how long the policy still serves. */
export const TELL_AGAIN = 600_000;
/** Where what to do is said at length. */
const REMEDY = 'docs/troubleshooting.md#the-control-plane-cannot-be-reached';

export function createTopics({ log, elapsed, fields }: TopicsParts): Topics {
  /** When each was told. */
  const told = new Map<string, number>();
  let last: string | undefined;
  return {
    tell: (topic, message) => {
      const before = told.get(topic);
      if (before === undefined ? told.size >= MAX_TOPICS : elapsed() - before < TELL_AGAIN) return;
      told.set(topic, elapsed());
      last = message;
      log.warn(message, { ...fields(), remedy: REMEDY });
    },
    last: () => last,
    clear: () => {
      if (told.size === 0) return;
      told.clear();
      last = undefined;
      log.info('the control plane answers again');
    },
  };
}
