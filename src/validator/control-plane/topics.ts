/** What is wrong with the control plane, told once a topic until it answers well again, not once an attempt. */

import type { Log } from '../../telemetry/log.ts';

export interface Topics {
  tell(topic: string, message: string): void;
  /** All is well. */
  clear(): void;
}

/** More topics than there are causes would be somebody's play. */
const MAX_TOPICS = 100;

export function createTopics(log: Log): Topics {
  const told = new Set<string>();
  return {
    tell: (topic, message) => {
      if (told.has(topic) || told.size >= MAX_TOPICS) return;
      told.add(topic);
      log.warn(message);
    },
    clear: () => {
      if (told.size === 0) return;
      told.clear();
      log.info('the control plane answers again');
    },
  };
}
