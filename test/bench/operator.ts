/** The operator at scale: a real API server full of sources and bindings, and validators that follow. */

import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.ts';
import { isJsonObject } from '../../src/base/json.ts';
import type { KubernetesClient } from '../../src/kubernetes/client.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { startReflector } from '../../src/kubernetes/reflector.ts';
import { good } from '../../src/kubernetes/testing/outcomes.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { VERSION } from '../../src/telemetry/version.ts';
import { isOfNow, shownBy } from '../operator/board.ts';
import { startProvider } from '../operator/provider.ts';
import { HOME } from '../operator/rights.ts';
import { type BenchCluster, LEASES, startCluster } from './operator-cluster.ts';
import { measureForged } from './operator-flood.ts';
import { CROWD, EVERYONES_BINDING, objectsOf, podNames, type Scale } from './operator-objects.ts';
import { type MeasuredOperator, OPERATOR, type Program, startMeasured } from './operator-process.ts';
import { startValidators, type Validators } from './validators.ts';

export interface OperatorPlan {
  readonly scale: Scale;
  readonly changes: number;
  /** Seconds in which nothing changes. */
  readonly quiet: number;
}

/** Times in milliseconds, memory in MB and anonymous. */
export interface OperatorFigures {
  readonly scale: Scale;
  /** From nothing: no certificate, no status. */
  readonly startup: number;
  /** With all that an earlier one has written. */
  readonly restart: number;
  /** Until every status was written for the first time. */
  readonly settled: number;
  readonly memory: { readonly most: number; readonly calm: number };
  readonly changes: Changes;
  readonly quiet: number;
  /** What was written while nothing changed, by kind, without Leases. */
  readonly writes: ReadonlyMap<string, number>;
  /** From a validator's question to its answer, p99, while strangers show forged tokens. */
  readonly forged: number;
}

interface Changes {
  /** All that was compiled for one change of the binding that all pods have: the slowest. */
  readonly compiling: number;
  /** From the change to the acknowledgement, of all validators and changes. */
  readonly p50: number;
  readonly p99: number;
  /** From the change to the status that says so: the slowest. */
  readonly programmed: number;
}

const SERVER_NAME = `portcullis-policy.${HOME}.svc`;
/** Milliseconds: longer than between two writes of one status. */
const BETWEEN_CHANGES = 7000;

export async function measureOperator(
  { scale, changes, quiet }: OperatorPlan,
  progress: (text: string) => void,
  program: Program = OPERATOR,
): Promise<OperatorFigures> {
  await using cleanUps = new AsyncDisposableStack();
  const cluster = cleanUps.adopt(await startCluster(), ({ stop }) => stop());
  const provider = cleanUps.adopt(await startProvider(), ({ stop }) => stop());
  for (let i = 0; i < scale.discovered; i++) provider.issues(`p${i}`, 'a');
  const pods = podNames(scale);
  progress('filling the API server');
  await cluster.make(objectsOf(scale, provider.origin, VERSION));
  await cluster.ready(pods);
  const tokens = await cluster.tokens(pods);
  await cluster.calm(3);

  progress('first start');
  const begun = performance.now();
  const first = await startMeasured(cluster.kubeconfig, program);
  cleanUps.defer(first.stop);
  progress(`served after ${Math.round(first.startup)} ms, ${JSON.stringify(first.memory())}`);
  const settled = (await cluster.calm(10)) - begun;
  progress(`settled after ${Math.round(settled)} ms, ${JSON.stringify(first.memory())}`);
  const firstMost = first.memory().most;
  await first.stop();

  progress('second start');
  const operator = await startMeasured(cluster.kubeconfig, program);
  cleanUps.defer(operator.stop);
  progress(`served after ${Math.round(operator.startup)} ms, ${JSON.stringify(operator.memory())}`);
  const validators = startValidators({
    host: '127.0.0.1',
    port: operator.policy,
    serverName: SERVER_NAME,
    tokens,
    authority: await authority(cluster),
  });
  cleanUps.defer(async () => validators.stop());
  await validators.ready();
  progress('validators are there');
  await cluster.calm(10);
  const changed = await measureChanges(cluster, operator, validators, { changes, pods: pods.length });
  await cluster.calm(10);
  progress(`quiet, ${JSON.stringify(operator.memory())}`);
  const writes = await writesIn(cluster, quiet);
  const memory = { most: Math.max(firstMost, operator.memory().most), calm: operator.memory().now };
  const bad = [...validators.answers].filter(([status]) => status !== 200 && status !== 304);
  if (bad.length > 0) throw new Error(`answers that should not be: ${JSON.stringify(bad)}`);
  progress('forged tokens');
  const forged = await measureForged({ port: operator.policy, authority: await authority(cluster), tokens });
  return {
    scale,
    startup: first.startup,
    restart: operator.startup,
    settled,
    memory,
    changes: changed,
    quiet,
    writes,
    forged,
  };
}

async function authority({ client }: BenchCluster): Promise<string> {
  const { data } = good(await client.get(RESOURCES.ConfigMap, { namespace: CROWD, name: 'portcullis-ca' }));
  return isJsonObject(data) ? String(data['ca.crt']) : '';
}

async function measureChanges(
  { client }: BenchCluster,
  operator: MeasuredOperator,
  validators: Validators,
  { changes, pods }: { readonly changes: number; readonly pods: number },
): Promise<Changes> {
  const status = followStatus(client, pods);
  const times: number[] = [];
  let [compiling, programmed] = [0, 0];
  for (let change = 0; change < changes; change++) {
    await sleep(BETWEEN_CHANGES);
    const before = await operator.compiling();
    const acknowledged = validators.changed();
    const begun = performance.now();
    const patch = { spec: { realm: `change-${change}` } };
    const { metadata } = good(
      await client.patch(RESOURCES.ApiBinding, EVERYONES_BINDING, { type: 'merge', patch }),
    );
    const shown = status.programmed(Number(metadata.generation));
    times.push(...(await acknowledged).map((at) => at - begun));
    programmed = Math.max(programmed, (await shown) - begun);
    compiling = Math.max(compiling, (await operator.compiling()) - before);
  }
  await status.stop();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.ceil(times.length * share) - 1] ?? Number.NaN;
  return { compiling, p50: at(0.5), p99: at(0.99), programmed };
}

interface FollowedStatus {
  /** When the binding was first seen as Programmed in that generation, with every validator; by performance.now(). */
  programmed(generation: number): Promise<number>;
  stop(): Promise<void>;
}

function followStatus(client: KubernetesClient, pods: number): FollowedStatus {
  let look = (_: KubernetesObject): void => {};
  const { namespace, name } = EVERYONES_BINDING;
  const reflector = startReflector<KubernetesObject>({
    client,
    clock: systemClock,
    random: Math.random,
    resource: RESOURCES.ApiBinding,
    selection: { namespace, fieldSelector: `metadata.name=${name}` },
    trim: (object) => object,
    onChange: ({ object }) => look(object),
  });
  return {
    programmed(generation) {
      const { promise, resolve } = Promise.withResolvers<number>();
      look = (object) => {
        if (object.metadata.generation !== generation || !isOfNow(object)) return;
        if (shownBy(object).Programmed === 'True Programmed' && summaryOf(object) === `${pods}/${pods}`) {
          resolve(performance.now());
        }
      };
      return promise;
    },
    stop: () => reflector.stop(),
  };
}

function summaryOf({ status }: KubernetesObject): unknown {
  const validators = isJsonObject(status) ? status.validators : undefined;
  return isJsonObject(validators) ? validators.summary : undefined;
}

/** Counts for so many seconds. */
async function writesIn(cluster: BenchCluster, seconds: number): Promise<ReadonlyMap<string, number>> {
  const before = await cluster.writes();
  await sleep(seconds * 1000);
  const after = await cluster.writes();
  return new Map(
    [...after]
      .map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const)
      .filter(([kind, count]) => kind !== LEASES && count > 0),
  );
}
