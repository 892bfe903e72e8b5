/** Others meddle: with the Lease, the EndpointSlice, Secrets, pods, and validators that cannot do as they are told. */

import { request } from 'node:https';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { good as answerOf } from '../../src/kubernetes/testing/outcomes.ts';
import { RESOURCES } from '../../src/operator/resources.ts';
import { expectFlow, startStatusWatch } from './load.ts';
import { type Replica, startWorld, type World } from './processes.ts';
import { type Provider, startProvider } from './rotating-provider.ts';
import { bindingWith, HOME, ours, SHOP, sourceOf } from './shop.ts';
import type { ValidatorProcess } from './validator-process.ts';

const SOON = { timeout: 50_000, interval: 50 };

let world: World;
let provider: Provider;
let replica: Replica;
let podToken: string;
let validator: ValidatorProcess;

beforeAll(async () => {
  [world, provider] = await Promise.all([startWorld(), startProvider()]);
  await world.apply(sourceOf(provider.issuer), bindingWith('r0'));
  podToken = await world.pod('p');
  replica = await world.replica('a');
  validator = await world.validator('p', podToken);
  await Promise.all([replica.ready(), validator.ready()]);
});
afterAll(async () => {
  await world?.stop();
  await provider?.stop();
});

/** What the replica's metrics say. */
async function metric(sample: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${replica.admin}/metrics`);
  const line = (await response.text()).split('\n').find((text) => text.startsWith(`${sample} `));
  return Number(line?.slice(sample.length) ?? 0);
}

/** A question for the policy, by whoever has the token. */
function ask(token: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const options = {
    host: '127.0.0.1',
    port: replica.policy(),
    path: '/v1/policy',
    rejectUnauthorized: false,
    headers: { authorization: `Bearer ${token}`, 'portcullis-policy-format': '1', ...headers },
  };
  request({ ...options, agent: false }, (response) => {
    response.resume();
    response.on('end', () => {
      const version = String(response.headers.etag ?? '').replaceAll('"', '');
      resolve({ status: response.statusCode ?? 0, version });
    });
  })
    .on('error', reject)
    .end();
  return promise;
}

interface Answer {
  readonly status: number;
  readonly version: string;
}

it('gives way to whoever has taken the Lease, and comes back when that is silent', async () => {
  await expectFlow(world, validator);
  const good = { ready: 'True', validators: '1/1', observed: true };
  const look = async () => expect(await world.status('apibinding', 'orders')).toMatchObject(good);
  await vi.waitFor(look, SOON);
  const watch = startStatusWatch(world);
  const name = { namespace: HOME, name: 'portcullis-operator' };
  const { client } = world.admin;
  await vi.waitFor(async () => {
    const { metadata } = answerOf(await client.get(RESOURCES.Lease, name));
    const now = new Date().toISOString().replace('Z', '000Z');
    const spec = {
      holderIdentity: 'thief',
      leaseDurationSeconds: 2,
      leaseTransitions: 7,
      acquireTime: now,
      renewTime: now,
    };
    answerOf(
      await client.replace(RESOURCES.Lease, {
        metadata: { ...name, resourceVersion: metadata.resourceVersion },
        spec,
      }),
    );
  }, SOON);
  await vi.waitFor(() => expect(replica.logged('Ended leading')).toMatchObject([{ reason: 'taken' }]), SOON);
  await vi.waitFor(() => expect(replica.logged('Served policies')).toHaveLength(2), SOON);
  // A new term has heard of no validator at first, which is no news for anybody.
  const heard = async () => expect(await metric('portcullis_validators{state="current"}')).toBe(1);
  await vi.waitFor(heard, SOON);
  expect(watch.seen()).toEqual(['True 1/1']);
  await watch.stop();
  await expectFlow(world, validator);
});

it('sends validators to itself again when somebody has sent them elsewhere', async () => {
  const slice = ['endpointslice', 'portcullis-policy', '-n', HOME];
  const before = world.forwarder.target();
  const patch = JSON.stringify([{ op: 'replace', path: '/ports/0/port', value: 1 }]);
  await world.kubectl('patch', ...slice, '--type=json', '-p', patch);
  await vi.waitFor(() => expect(world.forwarder.target()).toBe(before), SOON);
  await world.kubectl('delete', ...slice);
  await vi.waitFor(() => expect(world.forwarder.target()).toBe(before), SOON);
  await expectFlow(world, validator);
});

it('reports a validator that cannot apply its policy', async () => {
  const token = await world.pod('q');
  const held = await vi.waitFor(async () => {
    const answer = await ask(token);
    expect(answer.status).toBe(200);
    return answer;
  }, SOON);
  void ask(token, { 'portcullis-rejected': `${held.version}; it is from the future` }).catch(() => {});
  const look = async () => {
    const { ready, message, validators } = await world.status('apibinding', 'orders');
    expect([ready, validators]).toEqual(['False', '1/2']);
    expect(message).toContain('it is from the future');
  };
  await vi.waitFor(look, SOON);
});

it('refuses the token of a pod that is gone', async () => {
  const token = await world.pod('gone');
  await vi.waitFor(async () => expect((await ask(token)).status).toBe(200), SOON);
  await world.kubectl('delete', 'pod', 'gone', '-n', SHOP, '--force', '--grace-period=0');
  await vi.waitFor(async () => expect((await ask(token)).status).toBe(404), SOON);
  // Another pod of that name does not make the token good again.
  await world.pod('gone');
  await vi.waitFor(async () => expect((await ask(token)).status).toBe(403), SOON);
});

it('follows a Secret that is deleted and made again', async () => {
  const secret = (text: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: SHOP },
    stringData: { k: text.repeat(43) },
  });
  const keys = { hmac: [{ kid: 'h', secretKeyRef: { name: 's', key: 'k' }, encoding: 'Text' }] };
  const source = ours('AuthenticationSource', 'shared', { jwt: { issuer: 'https://shared.example', keys } });
  const becomes = async (expected: object) => {
    const look = async () => expect(await world.status('authsource', 'shared')).toMatchObject(expected);
    await vi.waitFor(look, SOON);
  };
  await world.apply(secret('x'), source);
  await becomes({ ready: 'True' });
  await world.kubectl('delete', 'secret', 's', '-n', SHOP);
  await becomes({ ready: 'False', reason: 'SecretNotFound' });
  await world.apply(secret('y'));
  await becomes({ ready: 'True' });
});
