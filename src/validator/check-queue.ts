/**
 * Checks wait here for their turn on the main thread. Between turns Node.js reads from connections, so that a check
 * whose caller is gone is never judged, and a check that waited too long is refused. While checks wait, those of bindings
 * that have cost too much lately are refused first.
 */

import { deny } from '../decision/answers.ts';
import type { PreparedBinding } from '../decision/binding.ts';
import type { Decision } from '../decision/decision.ts';
import { bindingOfRequest, type Enforcer } from '../decision/enforcer.ts';
import { type Authorize, newNote } from './authorizer.ts';
import type { Budgets } from './budgets.ts';
import type { Arrival, Ask, RecordDecision } from './check.ts';
import { createFifo } from './fifo.ts';
import { type Lateness, ON_TIME } from './lateness.ts';
import type { Trials } from './trials.ts';

export interface CheckQueueParts {
  readonly enforcer: () => Enforcer | undefined;
  readonly authorize: Authorize;
  readonly record: RecordDecision;
  readonly trials: Trials;
  /** Somebody wants to hear the steps of decisions. */
  readonly isExplaining: () => boolean;
  readonly budgets: Budgets;
  readonly lateness: Lateness;
  readonly metrics: { checkDropped(): void };
  /** Milliseconds on a clock that is never set back. */
  readonly monotonic: () => number;
  /** Milliseconds that this thread has computed. While the system runs another thread, no binding is charged. */
  readonly threadTime: () => number;
  /** Calls back after Node.js has read from the connections that have data. */
  readonly soon: (callback: () => void) => void;
}

/** Checks that may wait at one time. */
export const MAX_WAITING = 4096;
/** Milliseconds after which a check is refused; Envoy itself waits for one second. */
export const MAX_WAIT = 500;
/** Milliseconds of judging before Node.js reads from connections again. */
const TURN = 2;
/** A check that comes so many milliseconds after a turn is taken to have come during it. */
const JUST_AFTER = 1;

interface Waiting {
  readonly arrival: Arrival;
  readonly since: number;
}

export function createCheckQueue(parts: CheckQueueParts): Ask {
  const { enforcer, authorize, record, trials, isExplaining, budgets, lateness } = parts;
  const { metrics, monotonic, threadTime, soon } = parts;
  const queue = createFifo<Waiting>();
  /** The binding of the latest check that was charged: other checks wait because of it. */
  let lastCharged: string | undefined;
  /** The binding whose check was the latest that had to wait for another binding's. */
  let heldUp: string | undefined;
  let isScheduled = false;
  /** When the last turn began and ended. */
  let turnStart = Number.NEGATIVE_INFINITY;
  let turnEnd = Number.NEGATIVE_INFINITY;
  /** `threadTime()` when it was last called. */
  let computed = 0;

  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    soon(takeTurn);
  };

  const takeTurn = (): void => {
    isScheduled = false;
    turnStart = monotonic();
    turnEnd = turnStart;
    computed = threadTime();
    while (turnEnd - turnStart < TURN) {
      const first = queue.take();
      if (first === undefined) return;
      serve(first, turnEnd);
      turnEnd = monotonic();
    }
    if (queue.size() > 0) schedule();
  };

  const serve = (waiting: Waiting, now: number): void => {
    const { arrival, since } = waiting;
    if (arrival.isGone()) {
      metrics.checkDropped();
      return;
    }
    try {
      const waited = now - since;
      if (waited > MAX_WAIT) {
        refuse(waiting, bindingOf(arrival));
        return;
      }
      const isLate = lateness.isLate(now);
      const binding = isLate || waited > ON_TIME ? bindingOf(arrival) : undefined;
      noteWait(binding, waited, now);
      if (isLate && binding !== undefined && mustGiveWay(binding)) refuse(waiting, binding);
      else judge(waiting, now);
    } catch (error) {
      arrival.fail(error);
    }
  };

  /** A check that waited for checks of its own binding does not count as late: it shows no other binding's harm. */
  const noteWait = (binding: PreparedBinding | undefined, waited: number, now: number): void => {
    const id = binding?.policy.id;
    const isHeldUp = waited > ON_TIME && (id === undefined || id !== lastCharged);
    if (isHeldUp) heldUp = id;
    lateness.note(isHeldUp ? waited : 0, now);
  };

  /** True for a binding that has cost too much lately, unless it is the one that has to wait for others. */
  const mustGiveWay = ({ policy: { id } }: PreparedBinding): boolean => id !== heldUp && budgets.isSpent(id);

  const judge = ({ arrival, since }: Waiting, now: number): void => {
    const check = arrival.read();
    const trial = trials.on(check.request);
    const note = trial ?? (isExplaining() ? newNote() : undefined);
    const decision = authorize(check.request, check.client, note);
    const recorded = (decided: Decision): Decision => {
      const sent = arrival.sendable(decided);
      record(check, sent, (monotonic() - since) / 1000, note);
      return sent;
    };
    const reply = (sent: Decision): void => {
      arrival.reply(sent);
      if (trial !== undefined) trials.judge(trial, arrival, check, sent);
    };
    if (decision instanceof Promise) {
      const passed = monotonic() - now;
      if (passed > budgets.free) charge(bindingOf(arrival)?.policy.id, passed);
      decision.then((decided) => reply(recorded(decided))).catch((error) => arrival.fail(error));
    } else {
      const sent = recorded(decision);
      const passed = monotonic() - now;
      if (passed > budgets.free) charge(sent.binding, passed);
      reply(sent);
    }
  };

  /** Calls `threadTime` only here and at the start of a turn, because it is a system call. */
  const charge = (binding: string | undefined, passed: number): void => {
    const before = computed;
    computed = threadTime();
    const cost = Math.min(passed, computed - before);
    if (binding !== undefined && budgets.charge(binding, cost)) lastCharged = binding;
  };

  const refuse = (waiting: Waiting, binding: PreparedBinding | undefined): void => {
    const { arrival } = waiting;
    const mode = binding?.policy.mode;
    // A disabled binding refuses nothing, and an allow costs no more than a refusal.
    if (mode === 'Disabled') {
      judge(waiting, monotonic());
      return;
    }
    // In mode Audit the request passes without its token, so the whole request must be read.
    const check = mode === 'Audit' ? arrival.read() : { request: arrival.summary(), client: undefined };
    const decision: Decision = deny(
      { request: check.request, enforcer: enforcer(), binding },
      { reason: 'overloaded', detail: 'Too many requests are waiting to be judged.' },
    );
    record(check, decision);
    arrival.reply(decision);
  };

  const bindingOf = (arrival: Arrival): PreparedBinding | undefined => {
    const inForce = enforcer();
    return inForce && bindingOfRequest(inForce, arrival.summary());
  };

  return (arrival) => {
    const now = monotonic();
    const since = now - turnEnd < JUST_AFTER ? (turnStart + turnEnd) / 2 : now;
    if (queue.size() < MAX_WAITING) {
      queue.add({ arrival, since });
      schedule();
      return;
    }
    try {
      refuse({ arrival, since }, bindingOf(arrival));
    } catch (error) {
      arrival.fail(error);
    }
  };
}
