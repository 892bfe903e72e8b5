/**
 * Thousands of bindings on thousands of pods of one selector: how long one change holds the thread at a time. The parts
 * are the operator's own, without a cluster: policies, held questions of validators, statuses.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.ts';
import { ok } from '../../src/kubernetes/errors.ts';
import { createLoop } from '../../src/operator/loop.ts';
import { createBodies } from '../../src/operator/server/bodies.ts';
import { createPolls } from '../../src/operator/server/polls.ts';
import { answerFromServed } from '../../src/operator/server/served-answer.ts';
import { createServedPolicies } from '../../src/operator/server/served-policies.ts';
import { createStatuses } from '../../src/operator/statuses.ts';
import { createPolicies, type PlanningChange } from '../../src/planning/policies.ts';
import { TAKES_ALL } from '../../src/policy/exchange.ts';
import { VERSION } from '../../src/telemetry/version.ts';
import { CHANGES, type CrowdScale, everything, LABELS, nameOfPod } from './crowd-objects.ts';
import { atMost, type Mark } from './mark.ts';

const NOTHING_SAID = { wasAsked: undefined, tellsRoutes: undefined, takes: TAKES_ALL } as const;

export interface CrowdPlan extends CrowdScale {
  /** Each change is made so many times, each time to something else. */
  readonly rounds: number;
  /** Milliseconds for which it is looked at what follows from one change: statuses, most of all. */
  readonly looking: number;
}

const MOST = 50;

export async function measureCrowd(
  plan: CrowdPlan,
  progress: (text: string) => void,
): Promise<readonly Mark[]> {
  const longest = new Map<string, number>();
  for (const labels of LABELS) {
    progress(`pods ${labels.name}`);
    for (const [name, held] of await measureLabels(plan, labels.of, progress)) {
      longest.set(name, Math.max(longest.get(name) ?? 0, held));
    }
  }
  const size = `${thousands(plan.bindings)} bindings on ${thousands(plan.pods)} pods`;
  return [...longest].map(([name, held]) =>
    atMost(`operator, ${size}, ${name}: the thread is held for, at a time`, MOST, ' ms', held),
  );
}

/** By what was changed, milliseconds of the thread. */
async function measureLabels(
  plan: CrowdPlan,
  labelsOf: (i: number) => Readonly<Record<string, string>>,
  progress: (text: string) => void,
): Promise<ReadonlyMap<string, number>> {
  const operator = startParts(plan);
  const turns = watchTurns();
  const held = new Map<string, number>();
  const measure = async (name: string, changes: readonly PlanningChange[]): Promise<void> => {
    await sleep(plan.looking);
    turns.begin();
    operator.put(changes);
    await operator.settled();
    await sleep(plan.looking);
    const longest = turns.longest();
    progress(`${name}: ${longest.toFixed(1)} ms`);
    held.set(name, Math.max(held.get(name) ?? 0, longest));
  };
  await measure('all at once', everything(plan, labelsOf));
  for (let round = 0; round < plan.rounds; round++) {
    for (const { name, make } of CHANGES) await measure(`one ${name}`, make(round, labelsOf));
  }
  turns.end();
  await operator.stop();
  return held;
}

interface Parts {
  put(changes: readonly PlanningChange[]): void;
  settled(): Promise<void>;
  stop(): Promise<void>;
}

function startParts({ pods }: CrowdPlan): Parts {
  const clock = systemClock;
  const policies = createPolicies({ allowInsecureHttp: false });
  const release = () => ({ changes: [], isComplete: true, isBusy: false });
  const loop = createLoop({ policies, clock, release, onCompiled: () => {} });
  const served = createServedPolicies({ policies, subscribe: loop.subscribe, isRead: loop.hasSynced });
  const polls = createPolls(clock, Math.random);
  const bodies = createBodies();
  /** A validator that asks, and asks again as soon as it is answered. */
  let isStopped = false;
  const ask = (pod: string, version: string | undefined): void => {
    if (isStopped) return;
    const reader = { pod, gateway: undefined };
    polls.hold({
      reader,
      settle(isOver) {
        const asked = { version, rejected: undefined, ...NOTHING_SAID };
        const answer = answerFromServed(served.policyOf(reader), { asked, checkedBefore: undefined, isOver });
        if (answer === undefined) return undefined;
        const isNew = answer.kind === 'policy';
        setImmediate(() => ask(pod, isNew ? answer.update.policy.version : version));
        return isNew ? bodies.of(answer.update).length : 0;
      },
    });
  };
  for (let i = 0; i < pods; i++) ask(nameOfPod(i), undefined);
  const endServed = served.onChange(polls.wake);
  const statuses = createStatuses({
    clock,
    random: Math.random,
    policies,
    mayWrite: () => true,
    client: {
      async apply(_, { metadata, ...rest }) {
        return ok({ ...rest, metadata: { ...metadata, uid: 'uid', resourceVersion: '1' } });
      },
    },
    events: { record: () => {} },
    record: { record: () => {}, forget: () => {} },
    issuer: () => undefined,
    observed: {
      reportOf: () => undefined,
      unmounted: () => undefined,
      gatewayPods: () => [],
      wasAsked: () => undefined,
      restarts: () => [],
      wouldDeny: () => undefined,
      nodesKnown: false,
      version: VERSION,
    },
    isAwaited: () => false,
    onReconciled: () => {},
    onProblem: () => {},
    onBug: (error) => {
      throw error;
    },
  });
  const endEffects = loop.subscribe(({ bindings, sources }) => {
    statuses.bindings(bindings);
    statuses.sources(sources);
  });
  return {
    put(changes) {
      loop.put(changes);
      loop.flush();
    },
    settled: loop.settled,
    async stop() {
      isStopped = true;
      endEffects();
      endServed();
      loop.stop();
      polls.end();
      await statuses.stop();
    },
  };
}

interface Turns {
  begin(): void;
  /** Milliseconds of CPU that the thread has used in one turn of its loop. */
  longest(): number;
  end(): void;
}

function watchTurns(): Turns {
  let before = process.threadCpuUsage();
  let longest = 0;
  let isOver = false;
  const look = (): void => {
    const { user, system } = process.threadCpuUsage(before);
    before = process.threadCpuUsage();
    longest = Math.max(longest, (user + system) / 1000);
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  return {
    begin() {
      longest = 0;
      before = process.threadCpuUsage();
    },
    longest: () => longest,
    end() {
      isOver = true;
    },
  };
}

const thousands = (value: number): string => value.toLocaleString('en');
