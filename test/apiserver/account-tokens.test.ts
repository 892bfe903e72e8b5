/** Service-account tokens, judged by the published keys of a real API server, and by its TokenReview: the same verdict. */

import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Outcome } from '../../src/kubernetes/errors.ts';
import { good } from '../../src/kubernetes/testing/outcomes.ts';
import type { TokenVerdict } from '../../src/kubernetes/token-review.ts';
import { identify } from '../../src/operator/server/caller.ts';
import { createReview } from '../../src/operator/server/review.ts';
import { type Connected, connectTo } from './connect.ts';
import { type ApiServer, kubectlOf, startApiServer } from './harness.ts';

let server: ApiServer;
let kubectl: ReturnType<typeof kubectlOf>;
let admin: Connected;
let operator: Connected;
type Review = (token: string) => Promise<Outcome<TokenVerdict>>;
let byKeys: Review;
let byReview: Review;

const tokenFor = async (pod: string | undefined, ...more: readonly string[]): Promise<string> => {
  const bound = pod === undefined ? [] : ['--bound-object-kind=Pod', `--bound-object-name=${pod}`];
  return (await kubectl(['create', 'token', 'orders', '-n', 'shop', ...bound, ...more])).trim();
};

beforeAll(async () => {
  server = await startApiServer();
  kubectl = kubectlOf(server);
  const metadata = { namespace: 'shop', name: 'orders' };
  const spec = { serviceAccountName: 'orders', containers: [{ name: 'a', image: 'a' }] };
  const items = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name: 'orders-0' }, spec },
    { apiVersion: 'v1', kind: 'Secret', metadata },
  ];
  await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  // An account without any right of its own may read the keys.
  const own = `${server.kubeconfig}-nobody`;
  const kubeconfig = await readFile(server.kubeconfig, 'utf8');
  await writeFile(own, kubeconfig.replaceAll(server.token, await tokenFor(undefined)), { mode: 0o600 });
  admin = connectTo(server.kubeconfig);
  operator = connectTo(own);
  byKeys = provedIn('shop');
  byReview = createReview({ client: admin.client, watched: undefined, clock: systemClock }).review;
});
afterAll(async () => {
  await operator?.close();
  await admin?.close();
  await server?.stop();
});

/** By an account without any right of its own. */
function provedIn(namespace: string): Review {
  const { prove } = createReview({ client: operator.client, watched: [namespace], clock: systemClock });
  return async (token) => {
    const proof = await prove(token, '10.0.0.1');
    if (typeof proof === 'string') throw new Error(proof);
    return proof;
  };
}

const AUDIENCE = '--audience=portcullis';
const forOrders = ['--bound-object-kind=Secret', '--bound-object-name=orders'];

it.each<readonly [string, () => Promise<string>, string]>([
  ['of a pod', () => tokenFor('orders-0', AUDIENCE), 'pod shop/orders-0'],
  ['of a pod, for others too', () => tokenFor('orders-0', AUDIENCE, '--audience=vault'), 'pod shop/orders-0'],
  ['of a pod, for another', () => tokenFor('orders-0', '--audience=vault'), '401'],
  ['of a pod, for the API server', () => tokenFor('orders-0'), '401'],
  ['that is not bound', () => tokenFor(undefined, AUDIENCE), '403'],
  ['of a person', async () => server.token, '401'],
  ['whose signature is another', async () => `${await tokenFor('orders-0', AUDIENCE)}A`, '401'],
])('a token %s', async (_, make, expected) => {
  const token = await make();
  for (const review of [byKeys, byReview]) {
    const identity = identify(good(await review(token)));
    expect(identity.kind === 'pod' ? `pod ${identity.pod}` : String(identity.status)).toBe(expected);
  }
});

it('says the same of who it is, but for groups and what nobody reads', async () => {
  const token = await tokenFor('orders-0', AUDIENCE);
  const [ours, theirs] = [good(await byKeys(token)), good(await byReview(token))];
  if (ours.kind !== 'authenticated' || theirs.kind !== 'authenticated') throw new Error('not known');
  expect(ours.user).toMatchObject({ username: theirs.user.username, uid: theirs.user.uid });
  expect(theirs.user.extra).toMatchObject(ours.user.extra);
  expect(identify(ours)).toEqual(identify(theirs));
});

it('bound to a Secret is one of no pod: by keys it is refused outright', async () => {
  const token = await tokenFor(undefined, AUDIENCE, ...forOrders);
  expect(identify(good(await byKeys(token)))).toMatchObject({ status: 401 });
  expect(identify(good(await byReview(token)))).toMatchObject({ status: 403 });
});

it('is refused where its namespace is not watched', async () => {
  const elsewhere = provedIn('web');
  const token = await tokenFor('orders-0', AUDIENCE);
  expect(identify(good(await elsewhere(token)))).toMatchObject({ status: 401 });
});

it('is known still while the API server is gone', async () => {
  const [before, other] = [await tokenFor('orders-0', AUDIENCE), await tokenFor('orders-0', AUDIENCE)];
  good(await byKeys(before));
  await server.halt();
  expect(identify(good(await byKeys(other)))).toMatchObject({ kind: 'pod' });
  expect(await byReview(other)).toMatchObject({ kind: 'failed' });
  await server.resume();
});

it('of the whole cluster is asked of the API server only where its keys have signed it', async () => {
  const { prove } = createReview({ client: operator.client, watched: undefined, clock: systemClock });
  const token = await tokenFor('orders-0', AUDIENCE);
  const [head, claims, signature = ''] = token.split('.');
  expect(await prove(token, '10.0.0.1')).toBe('ask');
  const forged = `${head}.${claims}.${[...signature].reverse().join('')}`;
  expect(await prove(forged, '10.0.0.1')).toEqual({ kind: 'ok', value: { kind: 'unknown' } });
});
