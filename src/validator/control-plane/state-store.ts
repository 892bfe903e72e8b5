/** Keeps the last good policy on disk. A failure of the disk is logged, and changes nothing else. */

import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { errorCode } from '../../base/error-code.ts';
import type { Log } from '../../telemetry/log.ts';
import type { Disk } from './disk.ts';
import type { HeldPolicy } from './held.ts';
import { type PolicyOrigin, parseStored, type Stored, serializeStored } from './stored.ts';

export interface StateStoreParts {
  readonly folder: string;
  readonly origin: PolicyOrigin;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
}

export interface StateStore {
  /** Never rejects. */
  load(): Promise<Stored | undefined>;
  /** Writes a new policy at once; where only times changed, at most once a minute. */
  save(held: HeldPolicy, confirmedAt: number): void;
}

/** Milliseconds. */
export const TIMES_INTERVAL = 60_000;

export function createStateStore({ folder, origin, disk, clock, log }: StateStoreParts): StateStore {
  const file = join(folder, 'policy.json');
  let saved: { readonly policy: HeldPolicy['policy']; readonly at: number } | undefined;
  let next: (() => string) | undefined;
  let writing = false;
  let warned = false;

  const write = async (): Promise<void> => {
    writing = true;
    // Of several saves during a write only the last one is written.
    for (let text = next; text !== undefined; text = next) {
      next = undefined;
      try {
        await disk.replace(file, text());
        warned = false;
      } catch (error) {
        if (!warned)
          log.warn(
            `the policy cannot be kept in ${file} (${errorCode(error) ?? 'unknown error'}): ${CONSEQUENCE}`,
          );
        warned = true;
      }
    }
    writing = false;
  };

  return {
    load: async () => {
      let text: string | undefined;
      try {
        text = await disk.read(file);
      } catch (error) {
        log.warn(
          `the policy on disk is passed over: ${file} cannot be read (${errorCode(error) ?? 'unknown error'})`,
        );
      }
      if (text === undefined) return undefined;
      const parsed = parseStored(text, origin);
      if (parsed.kind === 'stored') return parsed;
      log.warn(`the policy on disk is passed over: ${file} ${parsed.problem}`);
      return undefined;
    },
    save: (held, confirmedAt) => {
      const now = clock.monotonic();
      if (saved?.policy === held.policy && now - saved.at < TIMES_INTERVAL) return;
      saved = { policy: held.policy, at: now };
      next = () => serializeStored(held, confirmedAt, origin);
      if (!writing) void write();
    },
  };
}

const CONSEQUENCE = 'after a restart nothing is in force until the control plane answers';
