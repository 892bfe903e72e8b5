/** Puts together what judges checks: the authorizer, the queues before and behind it, Trials, and the record. */

import { availableParallelism } from 'node:os';
import type { Clock } from '../base/clock.ts';
import type { Enforcer } from '../decision/enforcer.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createAuthorizer } from './authorizer.ts';
import { BUDGET_LIMITS, createBudgets } from './budgets.ts';
import type { Ask, RecordDecision } from './check.ts';
import { createCheckQueue } from './check-queue.ts';
import { createDenialLog } from './denial-log.ts';
import type { Feed } from './feed.ts';
import type { Hearing } from './hearing.ts';
import { createLateness } from './lateness.ts';
import { createRecord, createTrialRecord, type Witnesses } from './record.ts';
import type { TokenCache } from './token-cache.ts';
import { createTrials } from './trials.ts';
import { createUnspeltLog } from './unspelt-log.ts';
import { createVerificationQueue, queueLimits } from './verification-queue.ts';

export interface JudgingParts extends Witnesses {
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly cache: TokenCache;
  readonly hearing: Hearing;
  /** The policy in force; undefined = none received yet. */
  readonly enforcer: () => Enforcer | undefined;
  readonly refreshKeys: Feed['refreshKeys'];
  /** Called for a bug. */
  readonly onError: (error: unknown) => void;
}

export interface Judging {
  readonly ask: Ask;
  readonly record: RecordDecision;
}

export function createJudging(parts: JudgingParts): Judging {
  const { log, clock, metrics, hearing, enforcer } = parts;
  const { monotonic } = clock;
  const lateness = createLateness();
  const isLate = () => lateness.isLate(monotonic());
  const queue = createVerificationQueue(queueLimits(availableParallelism()), {
    verify: (job) => job.checkSignatureAsync(),
    ...{ monotonic, isLate },
  });
  const onUnspelt = createUnspeltLog(log, clock);
  const authorize = createAuthorizer({ ...parts, queue, onUnspelt });
  const record = createRecord(metrics, createDenialLog({ log, clock }), parts);
  const trials = createTrials({
    ...{ ...parts, queue, onUnspelt, isLate },
    record: createTrialRecord(metrics, parts),
    budgets: createBudgets(BUDGET_LIMITS, monotonic),
    soon: setImmediate,
  });
  const ask = createCheckQueue({
    ...{ enforcer, record, trials, lateness, metrics, monotonic, threadTime },
    isExplaining: parts.live.isExplaining,
    authorize: (request, client, told) => {
      hearing.note(request);
      return authorize(request, client, told);
    },
    budgets: createBudgets(BUDGET_LIMITS, monotonic),
    soon: setImmediate,
  });
  return { ask, record };
}

/** Milliseconds that this thread has computed, without the pauses in which the system ran something else. */
function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
