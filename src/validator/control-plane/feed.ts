/** The feed that follows the control plane. The last policy stays in force while it is unreachable, for at most maxStale. */

import { type Clock, sleep } from '../../base/clock.ts';
import type { Rejection } from '../../policy/exchange.ts';
import type { PolicyUpdate } from '../../policy/policy.ts';
import { describeBug } from '../../process/bug.ts';
import type { Log, LogFields } from '../../telemetry/log.ts';
import type { Feed } from '../feed.ts';
import type { Heard } from '../hearing.ts';
import type { WouldDenyNews } from '../would-deny.ts';
import { createConfirmation } from './confirmation.ts';
import { type HeldPolicy, hold, recheckKeys } from './held.ts';
import { createKeyRefresh } from './key-refresh.ts';
import { type Poll, startPoll } from './poll.ts';
import { type ControlPlaneAnswer, POD_UNKNOWN, type SentReport } from './poll-answer.ts';
import { nextDelay, pollRetryDelay, wasHeld } from './poll-delay.ts';
import type { StateStore } from './state-store.ts';
import { createTopics, describePolicyAge } from './topics.ts';
import type { ControlPlaneTransport } from './transport.ts';

export interface ControlPlaneFeedOptions {
  /** namespace/name; undefined = what is meant for this pod. */
  readonly gateway: string | undefined;
  /** A policy that was confirmed longer ago is not enforced any more. In seconds. */
  readonly maxStale: number;
}

export interface ControlPlaneFeedParts {
  readonly transport: ControlPlaneTransport;
  readonly heard: () => Heard;
  readonly wouldDeny: WouldDenyNews;
  readonly store: StateStore;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 to 1. */
  readonly random: () => number;
}

export function createControlPlaneFeed(
  { gateway, maxStale }: ControlPlaneFeedOptions,
  { transport, heard, wouldDeny, store, clock, log, random }: ControlPlaneFeedParts,
): Feed {
  let onUpdate: (update: PolicyUpdate | undefined) => void | Promise<void> = () => {};
  let held: HeldPolicy | undefined;
  let inForce = false;
  let rejected: Rejection | undefined;
  let failures = 0;
  let stopped = false;
  let poll: Poll | undefined;
  let polls = 0;
  const waiting = new Set<{
    readonly version: string;
    readonly since: number;
    readonly resolve: () => void;
  }>();
  /** Ends the wait between two polls. */
  let wake = new AbortController();
  const confirmation = createConfirmation(clock, maxStale, () => {
    log.error(
      `the policy is not enforced any more: the control plane has not confirmed it for ${maxStale} s (--policy-max-stale)`,
    );
    inForce = false;
    void onUpdate(undefined);
  });
  const policyAge = () => (held === undefined ? undefined : confirmation.age());
  const topics = createTopics({
    log,
    monotonic: clock.monotonic,
    fields: () => ({ policy: describePolicyAge(policyAge(), maxStale) }),
  });

  const refresh = createKeyRefresh({
    transport,
    clock,
    delivered: (version) => {
      if (held?.policy.version === version || stopped) return Promise.resolve();
      // An answer that is arriving may have been written before the keys were fetched.
      const since = poll === undefined || poll.interrupt() ? polls : polls + 1;
      wake.abort();
      return new Promise((resolve) => waiting.add({ version, since, resolve }));
    },
    onProblem: (topic, message) => topics.report(topic, message),
  });

  /** Resolves the waiters whose version is in force, or whose poll is over without it. */
  const release = (): void => {
    for (const waiter of waiting) {
      const isOver =
        stopped || failures > 0 || held?.policy.version === waiter.version || polls > waiter.since;
      if (isOver && waiting.delete(waiter)) waiter.resolve();
    }
  };

  /**
   * Puts a policy in force. Returns false where the validator cannot prepare it, which is a bug: the policy before stays
   * in force. Returns false also when the feed was stopped meanwhile.
   */
  const putInForce = async (next: HeldPolicy): Promise<boolean> => {
    try {
      await onUpdate(next);
    } catch (error) {
      if (stopped) return false;
      const { version } = next.policy;
      reject({ version, reason: 'the validator failed to prepare it' }, describeBug(error));
      return false;
    }
    if (stopped) return false;
    held = next;
    inForce = true;
    rejected = undefined;
    return true;
  };

  const reject = (rejection: Rejection, fields?: LogFields): void => {
    const { version, reason } = rejection;
    if (rejected?.version !== version || rejected.reason !== reason) {
      log.error(`the policy ${version} cannot be applied: ${reason}; what was in force before stays`, fields);
    }
    rejected = rejection;
  };

  const confirm = (): true => {
    confirmation.confirm();
    if (held !== undefined) store.save(held, clock.seconds());
    return true;
  };

  /** Returns whether all is well. */
  const take = async (answer: ControlPlaneAnswer): Promise<boolean> => {
    switch (answer.kind) {
      case 'policy':
        return (await putInForce(hold(answer, held, clock.seconds()))) && confirm();
      case 'confirmed': {
        rejected = undefined;
        const next = held === undefined ? undefined : recheckKeys(held, answer.keysChecked, clock.seconds());
        // It may have run out while the question was held.
        return (next === undefined || (next === held && inForce) || (await putInForce(next))) && confirm();
      }
      case 'unconfirmed':
        return true;
      case 'rejected':
        reject(answer.rejection);
        return false;
      case 'problem':
        topics.report(answer.topic, answer.message);
        return false;
    }
  };

  /** Asks once; returns how many milliseconds to wait before the next time. */
  const ask = async (): Promise<number> => {
    const asked: SentReport = {
      version: inForce && held?.lacksSecrets === false ? held.policy.version : undefined,
      rejected,
    };
    const start = clock.monotonic();
    poll = startPoll(asked, { transport, clock, gateway, heard, wouldDeny });
    const answer = await poll.answer;
    poll = undefined;
    if (stopped || answer.kind === 'interrupted') return 0;
    wouldDeny.answered(answer.kind !== 'problem');
    const took = clock.monotonic() - start;
    const isGood = await take(answer);
    if (stopped) return 0;
    polls += 1;
    // A server that has held the question answers as soon as it has something for us.
    const isPatient = answer.kind === 'problem' && answer.topic === POD_UNKNOWN && wasHeld(took);
    failures = isGood || isPatient ? 0 : failures + 1;
    release();
    if (isPatient) return 0;
    if (answer.kind === 'problem') {
      // Another connection may lead to another replica.
      transport.renew();
      return pollRetryDelay(failures, random(), answer.retryAfter);
    }
    if (!isGood || answer.kind === 'rejected') return pollRetryDelay(failures, random());
    topics.clear();
    const quiet = answer.kind !== 'policy' || answer.policy.version === asked.version;
    return nextDelay({ closes: answer.closes, quiet, took }, random());
  };

  const follow = async (): Promise<void> => {
    while (!stopped) {
      let delay: number;
      try {
        delay = await ask();
      } catch (error) {
        log.error('the control plane cannot be followed, please report this as a bug', describeBug(error));
        failures += 1;
        delay = pollRetryDelay(failures, random());
      }
      if (stopped || delay <= 0) continue;
      wake = new AbortController();
      await sleep(clock, delay, wake.signal);
    }
  };

  const takeStored = async (): Promise<void> => {
    const stored = await store.load();
    if (stored === undefined || stopped) return;
    held = stored.held;
    confirmation.confirm(stored.confirmedAt);
    if (!confirmation.isFresh() || !(await putInForce(stored.held))) return;
    const age = Math.max(0, Math.round(clock.seconds() - stored.confirmedAt));
    log.info('the policy is read from disk until the control plane answers', { confirmedSecondsAgo: age });
  };

  return {
    start: async (call) => {
      onUpdate = call;
      await takeStored();
      void follow();
    },
    refreshKeys: (uid) => {
      const source = inForce ? held?.policy.sources.find((candidate) => candidate.uid === uid) : undefined;
      return source?.maxStale === undefined ? undefined : refresh.refresh(uid);
    },
    problem: topics.last,
    policyAge,
    stop: () => {
      stopped = true;
      onUpdate = () => {};
      confirmation.stop();
      refresh.stop();
      poll?.abort();
      wake.abort();
      release();
      transport.renew();
    },
  };
}
