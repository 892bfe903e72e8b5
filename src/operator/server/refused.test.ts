/** Everything that must get no policy, and where the API server is not even asked. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeClock } from '../../base/testing/clock.ts';
import { failed, ok } from '../../kubernetes/errors.ts';
import { serializeRefresh } from '../../policy/envelope.ts';
import { REFRESH_PATH } from '../../policy/exchange.ts';
import { FORMAT, pollOf, type Question } from '../testing/policy-questions.ts';
import { NOW, startPolicyServer, tokenFor, updateOf, vouch } from '../testing/policy-server.ts';

const A = updateOf('a');
let leading = true;
let refreshed: string[] = [];
let world: Awaited<ReturnType<typeof startPolicyServer>>;
let token: string;

beforeEach(async () => {
  leading = true;
  refreshed = [];
  world = await startPolicyServer({
    clock: fakeClock(NOW),
    isLeading: () => leading,
    refreshKeys: async (uid) => void refreshed.push(uid),
  });
  token = world.admit();
  world.publish(A, 'shop/a');
});
afterEach(async () => {
  await world.server.close();
  expect(world.bugs).toEqual([]);
  // Neither a token nor the greater part of one.
  expect(world.lines.join()).not.toContain(token.slice(0, 60));
});

const statusOf = async (question: Question) => (await world.ask(question)).status;

describe('a token', () => {
  it('that is good gets the policy', async () => {
    const { status, headers, body } = await world.poll(token);
    expect([status, headers.etag, headers['portcullis-policy-format']]).toEqual([
      200,
      `"${A.policy.version}"`,
      '1',
    ]);
    expect(JSON.parse(body)).toEqual({ policy: A.policy, secrets: {} });
  });

  it.each([
    ['none', undefined],
    ['empty', 'Bearer '],
    ['of another scheme', 'Basic YTpi'],
    ['opaque', 'Bearer abc'],
    ['not base64url', 'Bearer a.b!.c'],
    ['not JSON', `Bearer a.${Buffer.from('{').toString('base64url')}.c`],
    ['no object', `Bearer a.${Buffer.from('null').toString('base64url')}.c`],
    ['without an end', `Bearer a.${Buffer.from('{}').toString('base64url')}.c`],
    ['two', `Bearer ${tokenFor()} ${tokenFor()}`],
    ['endless', `Bearer a.b.${'c'.repeat(9000)}`],
  ])('%s: 401, and nobody is asked', async (_, authorization) => {
    const headers = { ...FORMAT, ...(authorization !== undefined && { authorization }) };
    expect(await statusOf({ headers })).toBe(401);
    expect(world.reviewed).toEqual([]);
  });

  it('in two places: 400', async () => {
    const authorization = [`Bearer ${token}`, `Bearer ${tokenFor({ id: 'other' })}`];
    expect(await statusOf({ headers: { ...FORMAT, authorization } })).toBe(400);
  });

  it('that the API server does not know, such as one forged or expired: 401, asked once', async () => {
    const forged = tokenFor({ id: 'forged' });
    expect((await world.poll(forged)).status).toBe(401);
    expect((await world.poll(forged)).status).toBe(401);
    expect(world.reviewed).toEqual([forged]);
  });

  it('for another audience: 401', async () => {
    const other = tokenFor({ id: 'other' });
    world.verdicts.set(other, ok(vouch('shop/a', 'uid-shop/a', ['https://kubernetes.default.svc'])));
    expect((await world.poll(other)).status).toBe(401);
  });

  it('that says it is bound to no pod: 403, and nobody is asked', async () => {
    const claims = { aud: ['portcullis'], exp: NOW / 1000 + 60, 'kubernetes.io': { namespace: 'shop' } };
    const unbound = `a.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c`;
    expect((await world.poll(unbound)).status).toBe(403);
    expect(world.reviewed).toEqual([]);
  });

  it.each([
    ['no pod', {}],
    ['a pod without UID', { 'authentication.kubernetes.io/pod-name': ['a'] }],
    [
      'two pods',
      {
        'authentication.kubernetes.io/pod-name': ['a', 'b'],
        'authentication.kubernetes.io/pod-uid': ['uid-shop/a', 'uid-shop/b'],
      },
    ],
  ])('of which the API server says that it is bound to %s: 403', async (_, extra) => {
    const other = tokenFor({ id: 'other' });
    const user = { username: 'system:serviceaccount:shop:default', uid: '', groups: [], extra };
    world.verdicts.set(other, ok({ kind: 'authenticated', audiences: ['portcullis'], user }));
    expect((await world.poll(other)).status).toBe(403);
  });

  it('of a person with the extras of a pod: 403', async () => {
    const other = tokenFor({ id: 'other' });
    const verdict = vouch();
    if (verdict.kind !== 'authenticated') throw new Error('no user');
    world.verdicts.set(other, ok({ ...verdict, user: { ...verdict.user, username: 'shop:default' } }));
    expect((await world.poll(other)).status).toBe(403);
  });

  it('of a pod that was deleted: 404, also while it is remembered', async () => {
    await world.poll(token);
    world.pods.delete('shop/a');
    expect((await world.poll(token)).status).toBe(404);
  });

  it('of a pod whose name another one has by now: 403', async () => {
    await world.poll(token);
    world.pods.set('shop/a', 'uid-of-the-next');
    expect((await world.poll(token)).status).toBe(403);
  });

  it('that claims to be of another pod than it is: gets what is meant for the one that it is', async () => {
    world.admit('shop/b');
    const claiming = tokenFor({ pod: 'shop/b', id: 'claiming' });
    world.verdicts.set(claiming, ok(vouch('shop/a')));
    world.publish(updateOf('b'), 'shop/b');
    expect((await world.poll(claiming)).headers.etag).toBe(`"${A.policy.version}"`);
  });

  it('that nobody can judge now: 503, with a time to come again', async () => {
    world.verdicts.set(token, failed('Timeout', 'create tokenreviews: no whole answer within 5 s'));
    const { status, headers } = await world.poll(token);
    expect([status, headers['retry-after'], headers.connection]).toEqual([503, '1', 'close']);
    expect(world.lines).toEqual([expect.stringContaining('no whole answer within 5 s')]);
  });
});

describe('a question', () => {
  it.each<[string, number, Question]>([
    ['to another path', 404, { path: '/v1/policies' }],
    ['to the root', 404, { path: '/' }],
    ['to a member of every object', 404, { path: '/constructor' }],
    ['by HEAD', 405, { method: 'HEAD' }],
    ['by POST', 405, { method: 'POST' }],
    ['by GET for fresher keys', 405, { path: REFRESH_PATH }],
    ['for an unknown parameter', 400, { path: '/v1/policy?pod=shop/b' }],
    ['with an empty query', 400, { path: '/v1/policy?' }],
    ['for two gateways', 400, { path: '/v1/policy?gateway=shop/a&gateway=shop/b' }],
    ['for no gateway', 400, { path: '/v1/policy?gateway=' }],
    ['for a gateway without namespace', 400, { path: '/v1/policy?gateway=a' }],
    ['with a query within the query', 400, { path: '/v1/policy?gateway=shop/a?' }],
    ['with a weak tag', 400, { headers: { 'if-none-match': 'W/"a"' } }],
    ['with two tags', 400, { headers: { 'if-none-match': '"a", "b"' } }],
    ['with a report that cannot be read', 400, { headers: { 'portcullis-rejected': 'because' } }],
    ['with a body', 400, { headers: { 'content-length': '2' }, body: '{}' }],
    ['in another format', 406, { headers: { 'portcullis-policy-format': '2' } }],
    ['in two formats', 406, { headers: { 'portcullis-policy-format': ['1', '1'] } }],
    ['with endless headers', 431, { headers: { 'x-long': 'a'.repeat(20_000) } }],
  ])('%s: %d', async (_, status, { headers, ...question }) => {
    const good = pollOf(token).headers;
    expect(await statusOf({ ...question, headers: { ...good, ...headers } })).toBe(status);
  });

  it('without a format: 406, and the format stands in the answer', async () => {
    const { status, headers } = await world.ask({ headers: { authorization: `Bearer ${token}` } });
    expect([status, headers['portcullis-policy-format']]).toEqual([406, '1']);
  });

  it('to one that does not lead, or not yet: 503, and nobody is asked', async () => {
    world.otherwise({ kind: 'notReady' });
    world.write({ pod: 'shop/a', gateway: undefined }, { kind: 'notReady' });
    expect((await world.poll(token)).status).toBe(503);
    leading = false;
    expect((await world.poll('')).status).toBe(503);
    expect(world.reviewed).toEqual([]);
  });

  it.each([
    ['its own namespace', 'shop/a', 'shop/gate', 200],
    ['another namespace', 'shop/a', 'infra/gate', 403],
    ['another one, by the control plane', 'portcullis-system/a', 'infra/gate', 200],
  ])('for a Gateway of %s', async (_, pod, gateway, status) => {
    world.write({ pod, gateway }, { kind: 'policy', update: updateOf('gate') });
    expect((await world.poll(world.admit(pod), { gateway })).status).toBe(status);
  });
});

describe('a report of an unknown kid', () => {
  const report = (body: string, extra: Question = {}) =>
    statusOf({ method: 'POST', path: REFRESH_PATH, body, ...extra, headers: headers(extra) });
  const headers = (extra: Question) => ({ ...FORMAT, authorization: `Bearer ${token}`, ...extra.headers });

  it.each([
    ['nothing', ''],
    ['no JSON', 'uid-okta'],
    ['more than it should', '{"source": "uid-okta", "pod": "b"}'],
  ])('with %s: 400', async (_, body) => {
    expect(await report(body)).toBe(400);
    expect(refreshed).toEqual([]);
  });

  it('too long, said or not: 413', async () => {
    expect(await report(serializeRefresh('a'.repeat(2000)))).toBe(413);
    const chunked = { headers: { 'transfer-encoding': 'chunked' } };
    expect(await report(serializeRefresh('a'.repeat(2000)), chunked)).toBe(413);
  });

  it('with a query: 400', async () => {
    expect(await report(serializeRefresh('uid-okta'), { path: `${REFRESH_PATH}?a` })).toBe(400);
  });

  it("of somebody else's source: 404, and nothing is fetched", async () => {
    world.admit('shop/b');
    world.publish(updateOf('b', { uid: 'uid-of-b' }), 'shop/b');
    expect(await report(serializeRefresh('uid-of-b'))).toBe(404);
    expect(refreshed).toEqual([]);
    expect(await report(serializeRefresh('uid-okta'))).toBe(200);
    expect(refreshed).toEqual(['uid-okta']);
  });

  it('by a stranger: 401', async () => {
    expect(await report(serializeRefresh('uid-okta'), { headers: { authorization: '' } })).toBe(401);
    expect(refreshed).toEqual([]);
  });
});
