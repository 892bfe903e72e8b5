/** Watches a validator while the control plane comes and goes: every answer is counted, every policy noted. */

import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { isJsonObject } from '../../src/base/json.ts';
import type { Cached, KubernetesObject } from '../../src/kubernetes/object.ts';
import { startReflector } from '../../src/kubernetes/reflector.ts';
import { ADMISSION_PATH } from '../../src/operator/admission/configuration.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { reasonOf } from '../support/validator.ts';
import type { World } from './processes.ts';
import { SHOP } from './shop.ts';
import type { ValidatorProcess } from './validator-process.ts';

export interface Load {
  /** How often each answer came, as `200` or `401 token_missing`; what did not come at all is an `error`. */
  answers(): Readonly<Record<string, number>>;
  /** The realms that were in force, each time another one. */
  realms(): readonly string[];
  stop(): Promise<void>;
}

const SOON = { timeout: 50_000, interval: 50 };
/** Milliseconds between two requests of each kind. */
const PACE = 10;

export function startLoad(validator: ValidatorProcess, token: string): Load {
  const answers: Record<string, number> = {};
  const realms: string[] = [];
  let running = true;

  const repeat = async (once: () => Promise<void>): Promise<void> => {
    while (running) {
      await once();
      await sleep(PACE);
    }
  };
  const ask = async (bearer: string | undefined): Promise<void> => {
    const answer = await validator
      .ask(bearer)
      .then((received) => `${received.status} ${reasonOf(received) ?? ''}`.trim())
      .catch((error: Error) => `error ${error.message}`);
    answers[answer] = (answers[answer] ?? 0) + 1;
  };
  const note = async (): Promise<void> => {
    const realm = (await validator.realm()) ?? 'none';
    if (realms.at(-1) !== realm) realms.push(realm);
  };
  const all = Promise.all([repeat(() => ask(token)), repeat(() => ask(undefined)), repeat(note)]);
  return {
    answers: () => answers,
    realms: () => realms,
    async stop() {
      running = false;
      await all;
    },
  };
}

/** Nothing but what was right, and never an older policy. */
export function expectNoHarm(load: Load): void {
  const { '200 authenticated': allowed = 0, '401 token_missing': denied = 0, ...others } = load.answers();
  expect(others).toEqual({});
  expect(Math.min(allowed, denied)).toBeGreaterThan(10);
  expect(load.realms()).toEqual([...new Set(load.realms())]);
}

let changes = 0;

/** A change that is made now reaches the validator. */
export async function expectFlow(world: World, validator: ValidatorProcess): Promise<void> {
  changes += 1;
  const realm = `r${changes}`;
  const patch = JSON.stringify({ spec: { realm } });
  const apply = () => world.kubectl('patch', 'apibinding', 'orders', '-n', SHOP, '--type=merge', '-p', patch);
  await vi.waitFor(apply, SOON);
  await vi.waitFor(async () => expect(await validator.realm()).toBe(realm), SOON);
}

export interface StatusWatch {
  /** Ready and the validators that hold the policy, each time something else. */
  seen(): readonly string[];
  stop(): Promise<void>;
}

interface Seen extends Cached {
  readonly text: string;
}

export function startStatusWatch({ admin: { client } }: Pick<World, 'admin'>): StatusWatch {
  const seen: string[] = [];
  const reflector = startReflector<Seen>({
    client,
    clock: systemClock,
    random: Math.random,
    resource: RESOURCES.ApiBinding,
    trim: readStatus,
    onChange({ object: { text } }) {
      if (seen.at(-1) !== text) seen.push(text);
    },
  });
  return { seen: () => seen, stop: reflector.stop };
}

function readStatus({ metadata, status }: KubernetesObject): Seen {
  const { conditions, validators } = isJsonObject(status) ? status : {};
  const ready = Array.isArray(conditions)
    ? conditions.find((condition) => isJsonObject(condition) && condition.type === 'Ready')
    : undefined;
  const summary = isJsonObject(validators) ? validators.summary : undefined;
  const { name, namespace = '', uid, resourceVersion } = metadata;
  return {
    metadata: { name, namespace, uid, resourceVersion },
    text: `${isJsonObject(ready) ? ready.status : 'none'} ${summary}`,
  };
}

/** What the webhook of a replica says, unless otherwise said of a source that is not good; a status where it says nothing. */
export function askWebhook(
  port: number,
  key: string,
  { path = ADMISSION_PATH, review = REVIEW }: { readonly path?: string; readonly review?: object } = {},
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = {
    host: '127.0.0.1',
    port,
    path: `${path}/${key}`,
    method: 'POST',
    rejectUnauthorized: false,
  };
  const call = request(
    { ...options, agent: false, headers: { 'content-type': 'application/json' } },
    async (response) => {
      let body = '';
      for await (const part of response.setEncoding('utf8')) body += part;
      const answer = response.statusCode === 200 ? JSON.parse(body).response : undefined;
      resolve(answer === undefined ? `${response.statusCode} ${body}` : `allowed: ${answer.allowed}`);
    },
  );
  call.on('error', reject);
  call.end(JSON.stringify(review));
  return promise;
}

const metadata = { name: 'bad', namespace: 'shop', uid: 'u', generation: 1 };
const REVIEW = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'r',
    operation: 'CREATE',
    name: 'bad',
    namespace: 'shop',
    dryRun: false,
    kind: { group: 'portcullis.dev', version: 'v1alpha1', kind: 'AuthenticationSource' },
    resource: { group: 'portcullis.dev', version: 'v1alpha1', resource: 'authenticationsources' },
    userInfo: { username: 'ann' },
    object: {
      apiVersion: 'portcullis.dev/v1alpha1',
      kind: 'AuthenticationSource',
      metadata,
      spec: {
        jwt: { issuer: 'https://id.example', expressions: [{ expression: 'nonsense(', message: 'm' }] },
      },
    },
  },
};
