/** What status says of a binding, while validators restart, words get lost or come twice, and leaders change. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pod } from '../cluster/testing/objects.ts';
import type { WouldDenyReport } from '../policy/would-deny.ts';
import { createWouldDeny, REPORT_INTERVAL } from '../validator/would-deny.ts';
import { A, ONE, setUpCounts } from './testing/would-deny.ts';
import { MOST_PROCESSES, SHOWN_INTERVAL } from './would-deny.ts';

const PODS = ['shop/p', 'shop/q', 'shop/r'];

/** A validator in each pod, and a leader, who writes what it shows only where a test says so. */
function world() {
  const { clock, store, put, start } = setUpCounts();
  let processes = 0;
  const startProcess = () => {
    processes += 1;
    const one = createWouldDeny({ process: `p${processes}`, monotonic: clock.monotonic });
    one.enforced(ONE);
    one.answered(true);
    return { ...one, untold: 0 };
  };
  put(A);
  for (const id of PODS) store.apply(pod(id));
  let leader = start();
  let written = 0;
  let words: { readonly pod: string; readonly report: WouldDenyReport }[] = [];
  const running = new Map(PODS.map((id) => [id, startProcess()]));
  const callerOf = (id: string) => ({ pod: id, uid: `uid-${id}` });
  const facts = { denied: 0, unheard: 0, restarts: 0, elections: 0, lost: 0 };

  const actions = {
    deny(id: string, times: number) {
      const process = running.get(id);
      for (let i = 0; i < times; i++) process?.note(A);
      if (process) process.untold += times;
      facts.denied += times;
    },
    poll(id: string, arrives: boolean) {
      clock.advance(REPORT_INTERVAL);
      const process = running.get(id);
      const report = process?.next(ONE.version);
      if (process === undefined || report === undefined) return;
      if (!arrives) {
        facts.lost += 1;
        return;
      }
      words.push({ pod: id, report });
      leader.note(callerOf(id), ONE, report);
      process.untold = 0;
    },
    /** An answer that got lost, or a second connection: it comes again, and late. */
    repeat(index: number) {
      const word = words[index];
      if (word) leader.note(callerOf(word.pod), ONE, word.report);
    },
    restart(id: string, isRemoved: boolean) {
      // More of one pod are not told apart.
      if (facts.restarts + 1 >= MOST_PROCESSES) return;
      facts.restarts += 1;
      // What it has not told is gone with it.
      facts.unheard += running.get(id)?.untold ?? 0;
      running.set(id, startProcess());
      if (!isRemoved) return;
      store.apply({ kind: 'Pod', id, object: undefined });
      clock.advance(SHOWN_INTERVAL);
      store.apply(pod(id));
      // A pod that is gone says nothing more.
      words = words.filter((word) => word.pod !== id);
    },
    write() {
      clock.advance(SHOWN_INTERVAL);
      const trial = leader.of(A);
      written = trial?.wouldDeny ?? 0;
      put(A, { status: { observedGeneration: 1, trial: { since: '', wouldDeny: 0, ...trial } } });
    },
    elect() {
      facts.elections += 1;
      void leader.stop();
      leader = start();
      words = [];
      for (const process of running.values()) {
        process.answered(false);
        process.answered(true);
      }
    },
  };
  const shown = () => leader.of(A)?.wouldDeny ?? -1;
  /** Everybody has a word once more. */
  const settled = () => {
    for (const [id, process] of running) {
      process.answered(false);
      process.answered(true);
      actions.poll(id, true);
    }
    clock.advance(SHOWN_INTERVAL);
    return shown();
  };
  return { actions, facts, shown, settled, written: () => written };
}

type Actions = ReturnType<typeof world>['actions'];
type Step = readonly [name: string, act: (actions: Actions) => void];

const pods = fc.constantFrom(...PODS);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(pods, fc.nat(5)).map(([id, n]): Step => ['deny', (a) => a.deny(id, n)]) },
  {
    weight: 6,
    arbitrary: fc.tuple(pods, fc.boolean()).map(([id, b]): Step => ['poll', (a) => a.poll(id, b)]),
  },
  { weight: 3, arbitrary: fc.nat(20).map((n): Step => ['repeat', (a) => a.repeat(n)]) },
  {
    weight: 2,
    arbitrary: fc.tuple(pods, fc.boolean()).map(([id, b]): Step => ['restart', (a) => a.restart(id, b)]),
  },
  { weight: 3, arbitrary: fc.constant<Step>(['write', (a) => a.write()]) },
  { weight: 1, arbitrary: fc.constant<Step>(['elect', (a) => a.elect()]) },
);

it('the sum is never more than was denied, never gets less, and is exact where no word is lost', () => {
  let exact = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { actions, facts, shown, settled, written } = world();
      let last = 0;
      for (const [name, act] of steps) {
        act(actions);
        expect(shown()).toBeLessThanOrEqual(facts.denied);
        // A leader goes on with what was written.
        if (name === 'elect') expect(shown()).toBe(written());
        else expect(shown()).toBeGreaterThanOrEqual(last);
        last = shown();
      }
      const sum = settled();
      expect(sum).toBeLessThanOrEqual(facts.denied);
      if (facts.elections > 0 || facts.lost > 0) return;
      expect(sum).toBe(facts.denied - facts.unheard);
      exact += 1;
    }),
  );
  expect(exact).toBeGreaterThan(0);
});

it('after an election it is exact where no process has ended, whatever was written and whatever got lost', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { actions, facts, settled } = world();
      for (const [name, act] of steps) if (name !== 'restart') act(actions);
      expect(settled()).toBe(facts.denied);
    }),
  );
});
