/** An operator that starts in a cluster full of objects that are as dear to check as they may be. */

import { setTimeout as sleep } from 'node:timers/promises';
import { good } from '../../src/kubernetes/testing/outcomes.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { shownBy } from '../operator/board.ts';
import { binding, namespace, service, source } from '../operator/objects.ts';
import { atMost, type Mark } from './mark.ts';
import { type BenchCluster, startCluster } from './operator-cluster.ts';
import { wanted } from './operator-objects.ts';
import { OPERATOR, startMeasured } from './operator-process.ts';

/** Of the hostile ones, and of those beside them. */
const TENANTS = 5;
const HONEST = 20;
const LARGEST_TEXT = 2040;
/** Just inside of the bound for all expressions of one object. */
const TEXTS = 9;

const repeated = (text: string, between: string, around = ''): string => {
  const count = Math.floor((LARGEST_TEXT - around.length) / (text.length + between.length));
  return Array.from({ length: count }, () => text).join(between) + around;
};

/** The dearest that were found: by what surrounds a value, by macros, by many small regular expressions. */
const DEAR = [
  repeated(`${'('.repeat(25)}user == 'a'${')'.repeat(25)}`, '||'),
  repeated(`${'['.repeat(28)}1${']'.repeat(28)} == []`, '||'),
  repeated(`${'{1: '.repeat(25)}1${'}'.repeat(25)} == {}`, '||'),
  repeated("roles.filter(r, r > '').map(r, r).size() > 0", '||'),
  repeated("user.matches('a|b')", '||'),
];

const times = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** Dear to compare with the schema, for the API server, too. */
const PATHS = times(64, (rule) => ({
  match: { paths: times(16, (path) => ({ type: 'RegularExpression', value: `/(a|b|${rule}|${path})+` })) },
}));

const dearBinding = (i: number) => {
  const expression = DEAR[i % DEAR.length] ?? '';
  return binding(`evil-${i % TENANTS}/dear-${i}`, {
    targetRefs: [{ kind: 'Service', name: 'app' }],
    hosts: [`dear-${i}.example`],
    sources: [{ name: 'login' }],
    rules: i % 2 === 0 ? PATHS : [{ require: { expressions: times(TEXTS, () => ({ expression })) } }],
  });
};

const honestBinding = (space: string) =>
  binding(`${space}/app`, {
    targetRefs: [{ kind: 'Service', name: 'app' }],
    sources: [{ name: 'login' }],
    rules: [{ require: { expressions: [{ expression: "'admin' in roles" }] } }],
  });

/** With so many hostile objects, all of them there before it starts. */
export async function measureHostileStart(
  objects: number,
  progress: (text: string) => void,
): Promise<readonly Mark[]> {
  await using cleanUps = new AsyncDisposableStack();
  const cluster = cleanUps.adopt(await startCluster(), ({ stop }) => stop());
  progress(`hostile objects at start: ${objects}`);
  const honest = times(HONEST, (i) => `honest-${i}`);
  const spaces = [...times(TENANTS, (i) => `evil-${i}`), ...honest];
  const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
  await cluster.make([
    spaces.map((space) => wanted(namespace(space))),
    spaces.flatMap((space) => [service(`${space}/app`, ports), source(`${space}/login`)]).map(wanted),
    times(objects, (i) => wanted(dearBinding(i))),
    honest.map((space) => wanted(honestBinding(space))),
  ]);
  const operator = await startMeasured(cluster.kubeconfig, OPERATOR);
  cleanUps.defer(operator.stop);
  const begun = performance.now() - operator.startup;
  progress(`served after ${Math.round(operator.startup)} ms, ${JSON.stringify(operator.memory())}`);
  for (const space of honest) await accepted(cluster, space);
  const others = performance.now() - begun;
  return [
    atMost(`operator, ${objects} hostile objects: serving after`, 15_000, ' ms', operator.startup),
    atMost(`… bindings of other tenants accepted after`, 20_000, ' ms', others),
    atMost(`… anonymous memory, the most`, 400, ' MB', operator.memory().most),
  ];
}

/** Over once its status says so. */
async function accepted({ client }: BenchCluster, space: string): Promise<void> {
  for (;;) {
    const object = good(await client.get(RESOURCES.ApiBinding, { namespace: space, name: 'app' }));
    if (shownBy(object).Accepted === 'True Accepted') return;
    await sleep(100);
  }
}
