/** The cluster of the operator's measurement: a real API server, filled by many hands, and what it was asked for. */

import { readFile, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { KubernetesClient } from '../../src/kubernetes/client.ts';
import { good } from '../../src/kubernetes/testing/outcomes.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { connectTo } from '../apiserver/connect.ts';
import { kubectlOf, startApiServer } from '../apiserver/harness.ts';
import { namespace, readiness } from '../operator/objects.ts';
import { ACCOUNT, accountWith, HOME } from '../operator/rights.ts';
import { CROWD, NODE, type Wanted } from './operator-objects.ts';

export interface BenchCluster {
  readonly client: KubernetesClient;
  /** Of the operator's own account, which may do no more than it must. */
  readonly kubeconfig: string;
  make(groups: readonly (readonly Wanted[])[]): Promise<void>;
  /** As the kubelet and the node's controller would write it. */
  ready(pods: readonly string[]): Promise<void>;
  /** Of each pod, as a kubelet projects it. */
  tokens(pods: readonly string[]): Promise<readonly string[]>;
  /** What was written so far, by kind; what only asks, such as a TokenReview, is no write. */
  writes(): Promise<ReadonlyMap<string, number>>;
  /** Once nothing but Leases has been written for so long; when the last of it was, by performance.now(). */
  calm(seconds: number): Promise<number>;
  stop(): Promise<void>;
}

const HANDS = 32;
const CRDS = ['apibindings', 'authenticationsources'];
/** Written by every API server and leader all the time. */
export const LEASES = 'leases';

export async function startCluster(): Promise<BenchCluster> {
  const server = await startApiServer();
  const admin = connectTo(server.kubeconfig, 'bench');
  const agent = new Agent({ ca: server.ca, keepAlive: true, maxSockets: HANDS });
  const stop = async (): Promise<void> => {
    agent.destroy();
    await admin.close();
    await server.stop();
  };
  const run = kubectlOf(server);
  const ask = async (method: string, path: string, body?: object): Promise<string> => {
    const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const asking = request(`${server.url}${path}`, { method, agent, headers }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      const isGood = response.statusCode !== undefined && response.statusCode < 300;
      if (isGood) resolve(text);
      else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
    });
    asking.once('error', reject).end(body && JSON.stringify(body));
    return promise;
  };
  const writes = async () => writesIn(await ask('GET', '/metrics'));
  try {
    for (const name of CRDS) {
      await run(['create', '-f', fileURLToPath(new URL(`../../crds/${name}.yaml`, import.meta.url))]);
      await run(['wait', '--for=condition=Established', `crd/${name}.portcullis.dev`]);
    }
    const basis = [namespace(HOME), ...(await accountWith({ secretsIn: [] }))];
    await run(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: basis }));
    const token = await run(['create', 'token', ACCOUNT, '-n', HOME]);
    const kubeconfig = `${server.kubeconfig}-operator`;
    const text = await readFile(server.kubeconfig, 'utf8');
    await writeFile(kubeconfig, text.replaceAll(server.token, token.trim()), { mode: 0o600 });
    return {
      client: admin.client,
      kubeconfig,
      writes,
      stop,
      async make(groups) {
        for (const group of groups) {
          await byHands(group, async ({ resource, object }) =>
            good(await admin.client.create(resource, object)),
          );
        }
      },
      async ready(pods) {
        const mark = async (kind: 'Pod' | 'Node', metadata: { name: string; namespace?: string }) => {
          const draft = { metadata, status: readiness(true) };
          good(await admin.client.apply(RESOURCES[kind], draft, { subresource: 'status' }));
        };
        await mark('Node', { name: NODE });
        await byHands(pods, (name) => mark('Pod', { name, namespace: CROWD }));
      },
      async tokens(pods) {
        const found = new Map<string, string>();
        await byHands(pods, async (name) => {
          const { metadata } = good(await admin.client.get(RESOURCES.Pod, { name, namespace: CROWD }));
          const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid: metadata.uid };
          const answer = await ask('POST', `/api/v1/namespaces/${CROWD}/serviceaccounts/default/token`, {
            apiVersion: 'authentication.k8s.io/v1',
            kind: 'TokenRequest',
            spec: { audiences: ['portcullis'], expirationSeconds: 3600, boundObjectRef },
          });
          const { status } = JSON.parse(answer) as { readonly status: { readonly token: string } };
          found.set(name, status.token);
        });
        return pods.map((name) => found.get(name) ?? '');
      },
      async calm(seconds) {
        let before = '';
        let last = performance.now();
        while (performance.now() - last < seconds * 1000) {
          const counts = await writes();
          const now = [...counts].filter(([kind]) => kind !== LEASES).join();
          if (now !== before) last = performance.now();
          before = now;
          await sleep(500);
        }
        return last;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function byHands<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values();
  const hand = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: HANDS }, hand));
}

const WRITE =
  /^apiserver_request_total\{.*,resource="([^"]*)".*verb="(?:POST|PUT|PATCH|APPLY|DELETE)".*\} (\S+)$/;
const ASKS = ['tokenreviews', 'subjectaccessreviews'];

function writesIn(metrics: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of metrics.split('\n')) {
    const [, kind = '', value] = WRITE.exec(line) ?? [];
    if (value !== undefined && !ASKS.includes(kind))
      counts.set(kind, (counts.get(kind) ?? 0) + Number(value));
  }
  return counts;
}
