/** For tests: the cluster followed on an API server that is not there, and what was told of it. */

import type { JsonObject } from '../../base/json.ts';
import { fakeClock } from '../../base/testing/clock.ts';
import { raw } from '../../cluster/testing/objects.ts';
import type { PlanningChange } from '../../planning/policies.ts';
import { createPolicies } from '../../planning/policies.ts';
import { followCluster } from '../follow/cluster.ts';
import { createLoop } from '../loop.ts';
import { type FakeApi, fakeApi } from './api.ts';

export const secret = (value: string): JsonObject =>
  raw('shop/s', { data: { k: Buffer.from(value.repeat(32)).toString('base64') } });
const source = (name = 'login'): JsonObject =>
  raw(`shop/${name}`, {
    spec: { jwt: { keys: { hmac: [{ kid: 'a', secretKeyRef: { name: 's', key: 'k' } }] } } },
  });
export const service = (name: string): JsonObject => raw(`shop/${name}`, { spec: { ports: [] } });

export function following(prepare = (_: FakeApi) => {}, namespaces?: readonly string[]) {
  const api = fakeApi();
  prepare(api);
  const clock = fakeClock();
  const told: PlanningChange[][] = [];
  const problems: string[] = [];
  const loop = createLoop({
    policies: createPolicies({ allowInsecureHttp: false }),
    clock,
    release: (isAwaited) => followed.release(isAwaited),
    onCompiled: () => {},
  });
  loop.subscribe(({ changes }) => {
    if (changes.length > 0) told.push([...changes]);
  });
  const followed = followCluster({
    client: api.client,
    clock,
    random: () => 0,
    namespaces,
    onNews: loop.wake,
    onProblem: (kind, { kind: problem }) => problems.push(`${kind} ${problem}`),
  });
  const cluster = {
    ...followed,
    hasSynced: loop.hasSynced,
    /** As a new leader does it. */
    refresh: async () => (await followed.refresh()) && (await loop.caughtUp()),
    stop: async () => {
      loop.stop();
      await followed.stop();
    },
  };
  return { api, clock, told, problems, cluster, names: () => told.map((changes) => changes.map(nameOf)) };
}

function nameOf(change: PlanningChange): string {
  switch (change.kind) {
    case 'RouteApi':
      return `RouteApi ${change.installed}`;
    case 'SecretAccess':
      return `SecretAccess ${change.namespace} ${change.readable}`;
    case 'Keys':
    case 'SharedGateway':
      return change.kind;
    case 'PodRefusal':
      return `${change.kind} ${change.of.kind} ${change.of.id}`;
    default:
      return `${change.kind} ${change.id}${change.object === undefined ? ' gone' : ''}`;
  }
}

/** Undefined as long as it is not over. */
export function outcomeOf<T>(promise: Promise<T>): () => T | undefined {
  let outcome: T | undefined;
  void promise.then((value) => {
    outcome = value;
  });
  return () => outcome;
}

export const withSource = (api: FakeApi): void => {
  api.put('AuthenticationSource', source());
  api.put('Secret', secret('x'));
  api.put('Service', service('orders'));
};
