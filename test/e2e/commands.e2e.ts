// The commands for a cluster, by a user's kubeconfig: what they say of real pods, and what they ask their validators.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { ADMIN_PORT } from '../../src/injection/layout.ts';
import { createClient } from '../../src/kubernetes/client.ts';
import { ok } from '../../src/kubernetes/errors.ts';
import { connectionOfKubeconfig } from '../../src/kubernetes/kubeconfig.ts';
import { askPods, podHttp } from '../../src/kubernetes/pod-http.ts';
import { createPortForwarder, type PortForwarder } from '../../src/kubernetes/port-forward.ts';
import { createTransport } from '../../src/kubernetes/transport.ts';
import { type Result, run } from '../../tools/run.ts';
import { Server } from '../support/server.ts';
import { guard, keys } from './keyed.ts';
import { appDeployment, appService, PORT } from './objects.ts';
import { addressesOf, inUrl, nameOf, podsOf } from './pods.ts';
import { enter, type World } from './world.ts';

const NAMESPACE = 'commands';
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const WAIT = { timeout: 90_000, interval: 500 };

let world: World;
let pods: readonly string[];
let forwarder: PortForwarder;
let close: () => Promise<void>;

const portcullis = (...args: readonly string[]): Promise<Result> =>
  run(process.execPath, [MAIN, ...args], { env: { ...process.env, KUBECONFIG: world.kubeconfig } });

beforeAll(async () => {
  world = await enter();
  const { k, image } = world;
  await world.namespace(NAMESPACE);
  await k.apply(keys(NAMESPACE), guard(NAMESPACE, 'api'), appService('api', NAMESPACE));
  await k.apply(appDeployment({ name: 'api', namespace: NAMESPACE, image }));
  await k.apply(appService('bare', NAMESPACE), appDeployment({ name: 'bare', namespace: NAMESPACE, image }));
  for (const name of ['api', 'bare']) await k.wait('condition=Available', `deployment/${name}`, NAMESPACE);
  pods = (await podsOf(k, NAMESPACE, 'api')).map(nameOf);
  const loaded = connectionOfKubeconfig([world.kubeconfig], systemClock);
  if (loaded.kind === 'refused') throw new Error(loaded.message);
  const transport = createTransport(loaded.connection);
  const client = createClient({ transport, clock: systemClock, fieldManager: 'e2e', userAgent: 'e2e' });
  forwarder = createPortForwarder(loaded.connection, client);
  close = () => transport.close();
});
afterAll(async () => {
  forwarder?.close();
  await close?.();
  await world?.leave();
});

it('check finds the installation whole, and the clocks right', async () => {
  const { stdout } = await portcullis('check');
  expect(stdout).toContain('✓ Webhooks         the API server reaches them');
  expect(stdout).toMatch(/✓ Clocks {11}those of \d+ nodes? agree with yours/);
  // Other tests have namespaces and pods in which something is wrong on purpose.
  const own = /^. (?:Kubernetes|Nodes|CRDs|Operator|Leader|Webhooks|Certificates|Policy Service) /;
  const lines = stdout.split('\n').filter((line) => own.test(line));
  expect(lines).toHaveLength(9);
  expect(lines.filter((line) => !line.startsWith('✓'))).toEqual([]);
});

it('status and coverage tell the guarded from the others', async () => {
  await expect
    .poll(async () => (await portcullis('status', '-n', NAMESPACE)).stdout, WAIT)
    .toMatch(
      /✓ ApiBinding api {2}Ready, 1\/1 validators\n.*✓ Pod api-\S+ {2}guarded on [\d, ]+ \(Redirect\)/,
    );
  const { code, stdout } = await portcullis('coverage', '-n', NAMESPACE, '--fail', '--output', 'json');
  const { findings } = JSON.parse(stdout) as { findings: readonly { severity: string; object: string }[] };
  const open = findings.filter(({ severity }) => severity === 'open').map(({ object }) => object);
  expect(open).toEqual([`Service ${NAMESPACE}/bare`]);
  expect(code).toBe(1);
});

it('validators answer on their loopback by port-forward, many at a time, and who does not is named', async () => {
  const asked = await askPods(
    [...Array.from({ length: 40 }, () => `${NAMESPACE}/${pods[0]}`), `${NAMESPACE}/nobody`],
    async (pod) => {
      const answer = await podHttp(
        forwarder,
        { ...pod, port: ADMIN_PORT },
        systemClock,
      )({
        method: 'GET',
        path: '/metrics',
      });
      if (answer.kind === 'failed') return answer;
      let text = '';
      for await (const chunk of answer.value.body) text += Buffer.from(chunk).toString('utf8');
      return ok(text);
    },
  );
  expect(asked.told).toHaveLength(40);
  expect(asked.told.every(({ value }) => value.includes('portcullis_policy_info{'))).toBe(true);
  expect(asked.silent).toEqual([
    { pod: `${NAMESPACE}/nobody`, why: expect.stringContaining('pods "nobody" not found') },
  ]);
});

it('a port at which nobody listens is said by the kubelet', async () => {
  const admin = podHttp(forwarder, { namespace: NAMESPACE, name: pods[0] ?? '', port: 1 }, systemClock);
  expect(await admin({ method: 'GET', path: '/' })).toMatchObject({
    kind: 'failed',
    error: { kind: 'Unreachable', message: expect.stringContaining('at port 1: ') },
  });
});

it('console adds up what validators tell, follows their decisions, and explains', async () => {
  const env = { KUBECONFIG: world.kubeconfig };
  const args = [MAIN, 'console', '-n', NAMESPACE, '--port', '0'];
  const server = new Server({ name: 'portcullis console', program: process.execPath, args, env });
  onTestFinished(() => server.stop());
  const origin = await server.until(
    'serving',
    120,
    async () => /http:\/\/127\.0\.0\.1:\d+(?=\/)/.exec(server.logs)?.[0],
  );
  const ask = async (path: string, init?: RequestInit): Promise<unknown> =>
    (await fetch(`${origin}${path}`, init)).json();
  expect(await ask('/cluster')).toMatchObject({
    bindings: [{ id: `${NAMESPACE}/api`, state: { mark: 'well' }, validators: '1/1' }],
    unguarded: { findings: [{ object: `Service ${NAMESPACE}/bare` }] },
    missing: [],
  });
  // Decisions come from the very pod, while they are made.
  const stream = await fetch(`${origin}/decisions?binding=${NAMESPACE}/api`);
  let told = '';
  const reading = (async () => {
    for await (const part of stream.body ?? []) told += Buffer.from(part).toString('utf8');
  })();
  const [address = ''] = addressesOf((await podsOf(world.k, NAMESPACE, 'api'))[0]);
  await expect
    .poll(async () => {
      await world.client.outcome({ url: `http://${inUrl(address)}:${PORT}/x` });
      return told;
    }, WAIT)
    .toMatch(/event: decision\ndata: .*"token_missing"/);
  await expect
    .poll(() => ask('/report?since=1h'), WAIT)
    .toMatchObject({ validators: 1, bindings: [{ binding: `${NAMESPACE}/api` }], missing: [] });
  expect(await ask('/keys')).toMatchObject({ format: 1 });
  const explained = await ask(`/explain?binding=${NAMESPACE}/api`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ method: 'GET', url: 'http://api.example/' }),
  });
  expect(explained).toMatchObject({ outcome: 'denied', validator: `${NAMESPACE}/${pods[0]}` });
  server.signal('SIGINT');
  expect(await server.ended()).toBe('ended (exit code 0)');
  await reading.catch(() => {});
});
