/** The contract through Gateways in the cluster: every reason that can reach them, TLS, gRPC, and whose token is taken where. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { REASONS } from '../../../src/decision/reasons.ts';
import { asking, type ContractCases, contractCases, withToken } from '../../envoy/contract-cases.ts';
import type { Sent as Asked } from '../../envoy/guarded.ts';
import { token } from '../../support/tokens.ts';
import type { Echo } from '../agent/app.ts';
import type { Received, Sent } from '../agent/protocol.ts';
import { mint } from '../keyed.ts';
import { conditionOf } from '../pods.ts';
import { enter, type World } from '../world.ts';
import { type Edge, openEdge, type Product } from './edge.ts';
import { PETS, PETS_ISSUER, SHOP, TEAM } from './tenants.ts';

const WAIT = { timeout: 60_000, interval: 200 };
/** Refused at admission, so that no validator ever hears of it; and what only a flood of tokens brings about. */
const NOT_HERE = ['binding_invalid', 'overloaded'];

/** For tests of what one product does besides. */
export interface AtGateway {
  /** What the public Gateway answers. */
  outcome(sent: Asked): Promise<string>;
  petsToken(): string;
}

export const cases = (): ContractCases => contractCases(Math.floor(Date.now() / 1000));
export const bearer: ContractCases['bearer'] = (...parts) => cases().bearer(...parts);

/** Of a host, with this token. */
export const as = (host: string, text: string, target = '/'): Asked => ({
  target,
  headers: [
    ['host', host],
    ['authorization', `Bearer ${text}`],
  ],
});

/** @param answersItself of which requests it tells no validator, or another path than the client's: test/gateways looks at these. */
export function testContract(product: Product, answersItself: (sent: Asked) => boolean): AtGateway {
  const shown = cases()
    .refused.map(([reason, status, sent], index) => ({ reason, status, index, sent }))
    .filter(({ reason, sent }) => !NOT_HERE.includes(reason) && !answersItself(sent))
    .map(({ reason, status, index }) => ({ reason, status, index }));
  let world: World;
  let edge: Edge;

  beforeAll(async () => {
    world = await enter();
    edge = await openEdge(world, product);
  });
  afterAll(() => world?.leave());

  const to = (address: string, { target = '/', method = 'GET', headers = [] }: Asked): Sent => ({
    method,
    headers,
    url: `http://${address}${target}`,
  });
  const ask = (sent: Asked): Promise<Received> => world.client.send(to(edge.public, sent));
  const outcome = (sent: Asked, address = edge.public): Promise<string> =>
    world.client.outcome(to(address, sent));
  const echoOf = ({ body }: Received): Echo => JSON.parse(body);
  const petsToken = (): string => {
    const now = Math.floor(Date.now() / 1000);
    return token({ alg: 'ES256', claims: { iss: PETS_ISSUER, sub: 'rex', aud: 'api', exp: now + 600 } });
  };

  it('a binding is not Ready before the Gateway has asked', async () => {
    const ready = (name: string) => async () =>
      conditionOf(await world.k.get('apibinding', name, SHOP), 'Ready');
    await expect.poll(ready('calls'), WAIT).toBe('False NeverAsked');
    // It shares its host. Until the Gateway has said which route matched, the older route has it, of two in one second by name.
    await expect.poll(ready('orders'), WAIT).toMatch(/^False (NeverAsked|HostShared)$/);
    // It takes the Gateway's proxy some seconds to find the validators; until then it refuses everything.
    await expect.poll(() => outcome(asking('/')), WAIT).toBe('401 token_missing');
    for (const name of ['calls', 'orders']) await expect.poll(ready(name), WAIT).toBe('True Ready');
  });

  it.each(shown)('$reason answers $status: $index', async ({ reason, status, index }) => {
    const [, , sent] = cases().refused[index] ?? [];
    const answer = await ask(sent ?? {});
    expect(JSON.parse(answer.body), answer.body).toMatchObject({ reason, status });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.headers['www-authenticate'] !== undefined).toBe(REASONS[reason].challenge !== 'none');
  });

  it('what may pass does', async () => {
    for (const sent of cases().passing) {
      expect(await outcome(sent), sent.target).toBe('200');
    }
  });

  it('the app hears of the user what the token says, and of nobody without one', async () => {
    const forged = ['x-auth-user', 'x_auth_user', 'x-auth-roles', 'x-original-url'].map(
      (name) => [name, 'mallory'] as const,
    );
    const headers = async (sent: Asked) =>
      echoOf(await ask({ ...sent, headers: [...(sent.headers ?? []), ...forged] })).headers;
    const known = await headers(withToken(bearer()));
    expect(known).toMatchObject({ 'x-auth-user': 'joe', 'x-auth-source': `${SHOP}/okta` });
    const anonymous = await headers(asking('/healthz'));
    expect(anonymous).not.toHaveProperty('x-auth-user');
    expect(JSON.stringify([known, anonymous])).not.toContain('mallory');
  });

  it('the listener with TLS asks as well', async () => {
    const over = (sent: Asked): Sent => ({
      ...to(edge.public, sent),
      url: `https://${edge.public}${sent.target ?? '/'}`,
      ca: edge.authority.certificate,
    });
    expect(await world.client.outcome(over(asking('/')))).toBe('401 token_missing');
    expect(await world.client.outcome(over(withToken(bearer())))).toBe('200');
    expect(await world.client.outcome(over(withToken(bearer(), '/admin')))).toBe('403 role_mismatch');
  });

  it('a GRPCRoute asks, and its callers understand the refusal', async () => {
    const call = async (text?: string): Promise<Readonly<Record<string, string>>> => {
      const { headers } = await world.client.send({
        http2: true,
        method: 'POST',
        url: `http://${edge.public}/orders.Orders/Get`,
        headers: [
          [':authority', 'calls.example'],
          ['content-type', 'application/grpc'],
          ['te', 'trailers'],
          ...(text === undefined ? [] : ([['authorization', `Bearer ${text}`]] as const)),
        ],
      });
      return headers;
    };
    await expect.poll(() => call(bearer()), WAIT).toMatchObject({ 'grpc-status': '0' });
    expect(await call()).toMatchObject({ 'grpc-status': '16' });
    expect(await call(bearer({ aud: 'other' }))).toMatchObject({ 'grpc-status': '16' });
  });

  it('tenants at one Gateway take no tokens of each other', async () => {
    expect(await outcome(as('pets.example', petsToken()))).toBe('200');
    expect(await outcome(as('pets.example', bearer()))).toBe('401 issuer_unknown');
    expect(await outcome(as('orders.example', petsToken()))).toBe('401 issuer_unknown');
    const { headers } = echoOf(await ask(as('pets.example', petsToken())));
    expect(headers).toMatchObject({ 'x-auth-user': 'rex', 'x-auth-source': `${PETS}/pets` });
  });

  it('a Gateway of a tenant has validators of its own, and knows no hosts of others', async () => {
    const inside = (text: string) => outcome(as('inside.example', text), edge.private);
    expect(await inside(mint())).toBe('200');
    expect(await inside(petsToken())).toBe('401 issuer_unknown');
    expect(await outcome(as('orders.example', bearer()), edge.private)).toBe('404');
    expect(await outcome(as('inside.example', mint()))).toBe('404');
    await world.k.wait('condition=Ready', 'apibinding/inside', TEAM);
  });
  return { outcome, petsToken };
}
