/** The way of a changed ApiBinding: from the API server's watch event to its enforcement by a validator. */

import dns from 'node:dns';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import path from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { startOperator } from '../../src/operator/operator.ts';
import { readOperatorOptions } from '../../src/operator/options.ts';
import { readValidatorOptions } from '../../src/validator/options.ts';
import { startValidator } from '../../src/validator/service.ts';
import type { ApiServer } from '../../test/apiserver/harness.ts';
import { inlineKeys } from '../../test/operator/objects.ts';
import { startWorld, type World } from '../../test/operator/processes.ts';
import { bindingWith, HOME, SHOP, sourceOf } from '../../test/operator/shop.ts';
import { temporaryFolder } from '../../test/support/server.ts';
import { type WatchedLog, watchedLog } from './log.ts';
import type { Way } from './way.ts';

const POD = 'orders-1';
/** The name that the operator's certificate is for. */
const POLICY_HOST = `portcullis-policy.${HOME}.svc`;
/** Milliseconds between two reads of an object that the operator writes. */
const PAUSE = 100;

type CleanUp = () => Promise<unknown>;

/** Operator and validator in this process, over a real kube-apiserver. */
export async function openBindingWay(): Promise<Way> {
  const cleanUps: CleanUp[] = [];
  const stop = async (): Promise<void> => {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp();
  };
  try {
    const world = await startWorld();
    cleanUps.push(() => world.stop());
    await world.apply(sourceOf('https://login.example', { keys: inlineKeys() }), bindingWith('first'));
    const port = await startLeader(world, cleanUps);
    const log = await startFollower(world, port, cleanUps);
    let changes = 0;
    return {
      stop,
      async go({ begin, end }) {
        changes += 1;
        await isQuiet(world);
        const { promise, resolve } = Promise.withResolvers<void>();
        const leave = log.onLine(({ message }) => {
          if (message !== 'policy in force') return;
          leave();
          end();
          resolve();
        });
        begin();
        await patchRealm(world.api, `change-${changes}`);
        await promise;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Returns the port where it serves policies. */
async function startLeader({ kubeconfig }: World, cleanUps: CleanUp[]): Promise<number> {
  const line = readOperatorOptions([
    ...['--namespace', HOME, '--webhook', '127.0.0.1:0', '--policy', '127.0.0.1:0', '--admin', '127.0.0.1:0'],
  ]);
  if (line.kind !== 'run') throw new Error('no command line of an operator');
  const log = watchedLog();
  const environment = { KUBECONFIG: kubeconfig, POD_NAME: 'operator-0', POD_IP: '192.0.2.7' };
  const parts = { log, clock: systemClock, random: Math.random, environment };
  const operator = await startOperator(line.options, parts);
  cleanUps.push(() => operator.stop());
  const served = await log.next(({ message }) => message === 'Served policies');
  return Number(served.fields.port);
}

async function startFollower(world: World, port: number, cleanUps: CleanUp[]): Promise<WatchedLog> {
  const folder = await temporaryFolder('house');
  cleanUps.push(() => folder.remove());
  const at = (name: string): string => path.join(folder.path, name);
  await mkdir(at('state'));
  await writeFile(at('token'), await world.pod(POD));
  await writeFile(at('ca.crt'), await authorities(world));
  cleanUps.push(resolveLocally());
  const line = readValidatorOptions([
    ...['--control-plane', `https://${POLICY_HOST}:${port}`],
    ...['--http', '127.0.0.1:0', '--grpc', 'off', '--admin', 'off'],
  ]);
  if (line.kind !== 'run') throw new Error('no command line of a validator');
  const log = watchedLog();
  const environment = {
    PORTCULLIS_TOKEN_FILE: at('token'),
    PORTCULLIS_CA_FILE: at('ca.crt'),
    PORTCULLIS_STATE_DIR: at('state'),
  };
  const validator = await startValidator(line.options, { log, clock: systemClock, environment });
  cleanUps.push(() => validator.stop());
  await log.next(({ message, fields }) => message === 'policy in force' && fields.bindings === 1);
  return log;
}

/** The PEM that a kubelet would mount from the ConfigMap that the operator keeps. */
async function authorities({ kubectl }: World): Promise<string> {
  const find = ['get', 'configmap', '-n', SHOP, '--field-selector', 'metadata.name=portcullis-ca'];
  const text = await polled(() => kubectl(...find, '-o', 'jsonpath={.items[*].data.ca\\.crt}'));
  return `${text}\n`;
}

/** Resolves the name of the policy Service as a cluster's DNS would. Returns a function that ends that. */
function resolveLocally(): CleanUp {
  const { lookup } = dns;
  const local = (host: string, ...rest: unknown[]): unknown =>
    Reflect.apply(lookup, dns, [host === POLICY_HOST ? '127.0.0.1' : host, ...rest]);
  Reflect.set(dns, 'lookup', local);
  return async () => void Reflect.set(dns, 'lookup', lookup);
}

/** Waits until the status of the change before is written, so that writing it does not count for the next one. */
async function isQuiet(world: World): Promise<void> {
  await polled(async () => {
    const status = await world.status('apibinding', 'orders');
    return status.observed && status.ready === 'True' && status.validators === '1/1';
  });
}

async function polled<T>(look: () => Promise<T>): Promise<T> {
  for (let looks = 0; looks < 600; looks++) {
    const found = await look().catch(() => undefined);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  throw new Error('the control plane is not ready within a minute');
}

/** Our own client is not used: its functions would be counted. */
function patchRealm({ url, ca, token }: ApiServer, realm: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const binding = `${url}/apis/portcullis.dev/v1alpha1/namespaces/${SHOP}/apibindings/orders`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/merge-patch+json' };
  request(binding, { method: 'PATCH', ca, headers, agent: false }, (response) => {
    response.resume().once('end', () => {
      if (response.statusCode === 200) resolve();
      else reject(new Error(`the change was answered ${response.statusCode}`));
    });
  })
    .once('error', reject)
    .end(JSON.stringify({ spec: { realm } }));
  return promise;
}
