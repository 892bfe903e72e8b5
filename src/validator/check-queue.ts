/**
 * Where checks wait for their turn on the one thread. Connections are looked at between turns, so that a check whose
 * caller is gone is never judged, and one that came late is refused instead of judged for nobody. While checks wait,
 * those of bindings that have cost too much lately are refused first.
 */

import { deny } from '../decision/answers.ts';
import type { PreparedBinding } from '../decision/binding.ts';
import type { Decision } from '../decision/decision.ts';
import { type Enforcer, guardOf } from '../decision/enforcer.ts';
import type { Budgets } from './budgets.ts';
import type { Answer, Arrival, Ask, NoteRefusal } from './check.ts';
import { type Lateness, ON_TIME } from './lateness.ts';

export interface QueueParts {
  readonly enforcer: () => Enforcer | undefined;
  readonly answer: Answer;
  readonly noteRefusal: NoteRefusal;
  readonly budgets: Budgets;
  readonly lateness: Lateness;
  readonly metrics: { checkDropped(): void };
  /** Milliseconds on a clock that is never set back. */
  readonly elapsed: () => number;
  /** Milliseconds that this thread has computed, so that a pause of the system's is nobody's cost. */
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

export function createCheckQueue(parts: QueueParts): Ask {
  const { enforcer, answer, noteRefusal, budgets, lateness, metrics, elapsed, threadTime, soon } = parts;
  let queue: Waiting[] = [];
  let next = 0;
  /** The binding of the latest check that was charged: it is what others wait for. */
  let dearest: string | undefined;
  /** The binding that had to wait for another one last. */
  let heldUp: string | undefined;
  let isScheduled = false;
  let turn = { start: Number.NEGATIVE_INFINITY, end: Number.NEGATIVE_INFINITY };

  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    soon(takeTurn);
  };

  const takeTurn = (): void => {
    isScheduled = false;
    const start = elapsed();
    let now = start;
    while (next < queue.length && now - start < TURN) {
      const first = queue[next++];
      if (first !== undefined) serve(first, now);
      now = elapsed();
    }
    turn = { start, end: now };
    if (next < queue.length) schedule();
    if (next === queue.length || next > MAX_WAITING) {
      queue = queue.slice(next);
      next = 0;
    }
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
      else if (!isShed(waiting, waited)) judge(waiting);
    } catch (error) {
      arrival.fail(error);
    }
  };

  /** Refuses what is to be refused; true then. */
  const isShed = (waiting: Waiting, waited: number): boolean => {
    const { arrival } = waiting;
    const isLate = lateness.isLate();
    const binding = isLate || waited > ON_TIME ? bindingOf(arrival) : undefined;
    const id = binding?.policy.id;
    // What waits for its own kind is no reason to refuse anybody: there are no others that it holds up.
    const isHeldUp = waited > ON_TIME && (id === undefined || id !== dearest);
    if (isHeldUp) heldUp = id;
    lateness.note(isHeldUp ? waited : 0);
    if (!isLate || id === undefined || id === heldUp || !budgets.isSpent(id)) return false;
    refuse(waiting, binding);
    return true;
  };

  const judge = ({ arrival, since }: Waiting): void => {
    const before = threadTime();
    const decision = answer(arrival.read(), since);
    const cost = threadTime() - before;
    if (decision instanceof Promise) {
      charge(bindingOf(arrival)?.policy.id, cost);
      decision.then(arrival.reply).catch(arrival.fail);
    } else {
      charge(decision.binding, cost);
      arrival.reply(decision);
    }
  };

  const charge = (binding: string | undefined, cost: number): void => {
    if (binding === undefined) return;
    if (budgets.charge(binding, cost)) dearest = binding;
  };

  const refuse = (waiting: Waiting, binding: PreparedBinding | undefined): void => {
    const { arrival } = waiting;
    const mode = binding?.policy.mode;
    // Nothing of it is refused, and letting it pass costs no more than a refusal.
    if (mode === 'Disabled') {
      judge(waiting);
      return;
    }
    // What Audit lets pass loses its token, which only the whole request shows.
    const check = mode === 'Audit' ? arrival.read() : { request: arrival.line, client: undefined };
    const decision: Decision = deny(
      { request: check.request, enforcer: enforcer(), binding },
      { reason: 'overloaded', detail: 'Too many requests are waiting to be judged.' },
    );
    noteRefusal(check, decision);
    arrival.reply(decision);
  };

  const bindingOf = ({ line }: Arrival): PreparedBinding | undefined => {
    const inForce = enforcer();
    return inForce && guardOf(inForce, line);
  };

  return (arrival) => {
    const now = elapsed();
    const since = now - turn.end < JUST_AFTER ? (turn.start + turn.end) / 2 : now;
    if (queue.length - next < MAX_WAITING) {
      queue.push({ arrival, since });
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
