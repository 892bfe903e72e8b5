/**
 * Where checks wait for their turn on the one thread. Connections are looked at between turns, so that a check whose
 * caller is gone is never judged, and one that came late is refused instead of judged for nobody. While checks wait,
 * those of bindings that have cost too much lately are refused first.
 */

import { deny } from '../decision/answers.ts';
import type { PreparedBinding } from '../decision/binding.ts';
import type { Decision } from '../decision/decision.ts';
import { bindingOfRequest, type Enforcer } from '../decision/enforcer.ts';
import type { Budgets } from './budgets.ts';
import type { AnswerCheck, Arrival, Ask, NoteRefusal } from './check.ts';
import { createFifo } from './fifo.ts';
import { type Lateness, ON_TIME } from './lateness.ts';

export interface CheckQueueParts {
  readonly enforcer: () => Enforcer | undefined;
  readonly answer: AnswerCheck;
  readonly noteRefusal: NoteRefusal;
  readonly budgets: Budgets;
  readonly lateness: Lateness;
  readonly metrics: { checkDropped(): void };
  /** Milliseconds on a clock that is never set back. */
  readonly elapsed: () => number;
  /** Milliseconds that this thread has computed: a pause of the system's is no binding's cost. */
  readonly threadTime: () => number;
  /** Calls back after the connections that have something to say were listened to. */
  readonly soon: (callback: () => void) => void;
}

/** Checks that may wait at one time. */
export const MAX_WAITING = 4096;
/** Milliseconds after which a check is refused; Envoy itself waits for one second. */
export const MAX_WAIT = 500;
/** Milliseconds of judging before connections are looked at again. */
const TURN = 2;
/** Milliseconds after a turn in which what comes is taken to have come while it lasted. */
const JUST_AFTER = 1;

interface Waiting {
  readonly arrival: Arrival;
  readonly since: number;
}

export function createCheckQueue(parts: CheckQueueParts): Ask {
  const { enforcer, answer, noteRefusal, budgets, lateness, metrics, elapsed, threadTime, soon } = parts;
  const queue = createFifo<Waiting>();
  /** The binding of the latest check that was charged: it is what others wait for. */
  let dearest: string | undefined;
  /** The binding that had to wait for another one last. */
  let heldUp: string | undefined;
  let isScheduled = false;
  /** When the last turn began and ended. */
  let turnStart = Number.NEGATIVE_INFINITY;
  let turnEnd = Number.NEGATIVE_INFINITY;
  /** The thread's own time when it was last asked for. */
  let computed = 0;

  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    soon(takeTurn);
  };

  const takeTurn = (): void => {
    isScheduled = false;
    turnStart = elapsed();
    turnEnd = turnStart;
    computed = threadTime();
    while (turnEnd - turnStart < TURN) {
      const first = queue.take();
      if (first === undefined) return;
      serve(first, turnEnd);
      turnEnd = elapsed();
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
      if (waited > MAX_WAIT) refuse(waiting, bindingOf(arrival));
      else if (!isShed(waiting, waited, now)) judge(waiting, now);
    } catch (error) {
      arrival.fail(error);
    }
  };

  /** Refuses what is to be refused; true then. */
  const isShed = (waiting: Waiting, waited: number, now: number): boolean => {
    const { arrival } = waiting;
    const isLate = lateness.isLate(now);
    const binding = isLate || waited > ON_TIME ? bindingOf(arrival) : undefined;
    const id = binding?.policy.id;
    // What waits for its own kind is no reason to refuse anybody: there are no others that it holds up.
    const isHeldUp = waited > ON_TIME && (id === undefined || id !== dearest);
    if (isHeldUp) heldUp = id;
    lateness.note(isHeldUp ? waited : 0, now);
    if (!isLate || id === undefined || id === heldUp || !budgets.isSpent(id)) return false;
    refuse(waiting, binding);
    return true;
  };

  const judge = ({ arrival, since }: Waiting, now: number): void => {
    const decision = answer(arrival.read(), since);
    const passed = elapsed() - now;
    if (decision instanceof Promise) {
      if (passed > budgets.free) charge(bindingOf(arrival)?.policy.id, passed);
      decision.then((late) => arrival.reply(late)).catch((error) => arrival.fail(error));
    } else {
      if (passed > budgets.free) charge(decision.binding, passed);
      arrival.reply(decision);
    }
  };

  /** The thread's own time is asked for here alone, since that is a call of the system; it began with the turn. */
  const charge = (binding: string | undefined, passed: number): void => {
    const before = computed;
    computed = threadTime();
    const cost = Math.min(passed, computed - before);
    if (binding !== undefined && budgets.charge(binding, cost)) dearest = binding;
  };

  const refuse = (waiting: Waiting, binding: PreparedBinding | undefined): void => {
    const { arrival } = waiting;
    const mode = binding?.policy.mode;
    // Nothing of it is refused, and letting it pass costs no more than a refusal.
    if (mode === 'Disabled') {
      judge(waiting, elapsed());
      return;
    }
    // What Audit lets pass loses its token, which only the whole request shows.
    const check = mode === 'Audit' ? arrival.read() : { request: arrival.line(), client: undefined };
    const decision: Decision = deny(
      { request: check.request, enforcer: enforcer(), binding },
      { reason: 'overloaded', detail: 'Too many requests are waiting to be judged.' },
    );
    noteRefusal(check, decision);
    arrival.reply(decision);
  };

  const bindingOf = (arrival: Arrival): PreparedBinding | undefined => {
    const inForce = enforcer();
    return inForce && bindingOfRequest(inForce, arrival.line());
  };

  return (arrival) => {
    const now = elapsed();
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
