/** What the validator of these tests guards, by whose tokens, and the requests that it judges. */

import type { PublicJwk } from '../../src/policy/policy.ts';
import type { Sent } from '../envoy/guarded.ts';
import { binding, source, yaml } from '../support/manifests.ts';
import { publicJwk, signingKey, token } from '../support/tokens.ts';
import type { Validator } from '../support/validator.ts';

const ISSUER = 'https://issuer.example';

const KEYS: readonly PublicJwk[] = [publicJwk('RS256')];

const RULES = [
  { name: 'health', match: { paths: [{ type: 'Exact', value: '/healthz' }] }, authentication: 'None' },
  {
    name: 'admin',
    match: { paths: [{ type: 'PathPrefix', value: '/admin' }] },
    require: { roles: { anyOf: ['admin'] } },
  },
  { name: 'read', match: { methods: ['GET'] }, require: { scopes: { anyOf: ['orders:read'] } } },
];

export const MANIFESTS = yaml([
  source('okta', { issuer: ISSUER, audiences: ['api://orders'], keys: { jwks: { keys: KEYS } } }),
  // Nobody answers there: the validator denies to fetch from its own machine.
  source('partners', {
    issuer: 'https://127.0.0.1:1',
    audiences: ['api://orders'],
    keys: { jwksURI: 'https://127.0.0.1:1/keys' },
  }),
  binding('orders', { hosts: ['orders.example'], sources: [{ name: 'okta' }], rules: RULES }),
  binding('orders-next', {
    mode: 'Trial',
    hosts: ['orders.example'],
    sources: [{ name: 'okta' }],
    rules: [{ name: 'all', require: { clients: { noneOf: ['billing-cron'] } } }],
  }),
  binding('stock', { mode: 'Audit', hosts: ['stock.example'], sources: [{ name: 'okta' }] }),
  binding('partners', { hosts: ['partners.example'], sources: [{ name: 'partners' }] }),
]);

export interface Caller {
  readonly sub?: string;
  readonly azp?: string;
  readonly scope?: string;
  readonly aud?: string;
}

/** A good token, but for what is changed. */
export function tokenOf({
  sub = 'joe',
  azp = 'web',
  scope = 'orders:read',
  aud = 'api://orders',
}: Caller = {}) {
  const now = Math.floor(Date.now() / 1000);
  return token({
    key: signingKey('RS256'),
    claims: { iss: ISSUER, sub, azp, scope, aud, iat: now - 10, exp: now + 3600 },
  });
}

export const headersOf = (host: string, caller?: Caller): NonNullable<Sent['headers']> => [
  ['host', host],
  ['authorization', `Bearer ${tokenOf(caller)}`],
];

/** One after the other, so that they stay in their order. */
export async function send(validator: Validator, requests: readonly Sent[]): Promise<void> {
  for (const request of requests) await validator.ask(request);
}

/** Callers of every kind, some of them refused. */
export async function sendTraffic(validator: Validator): Promise<void> {
  const orders = 'orders.example';
  const anonymous = [['host', orders]] as const;
  await send(validator, [
    ...Array.from({ length: 40 }, (_, i) => ({ target: `/orders/${i}`, headers: headersOf(orders) })),
    ...Array.from({ length: 12 }, () => ({ target: '/healthz', headers: anonymous })),
    ...Array.from({ length: 7 }, () => ({
      target: '/orders?page=2',
      headers: headersOf(orders, { azp: 'billing-cron', sub: 'billing', aud: 'api://billing' }),
    })),
    ...Array.from({ length: 5 }, () => ({
      target: '/orders/7',
      headers: headersOf(orders, { azp: 'billing-cron', sub: 'billing' }),
    })),
    ...Array.from({ length: 3 }, () => ({ target: '/admin/users', headers: headersOf(orders) })),
    { target: '/orders', headers: anonymous },
    ...Array.from({ length: 9 }, () => ({ target: '/stock/1', headers: headersOf('stock.example') })),
    ...Array.from({ length: 4 }, () => ({
      target: '/stock/2',
      headers: headersOf('stock.example', { azp: 'old-app', aud: 'api://warehouse' }),
    })),
    { target: '/', headers: [['host', 'unknown.example'] as const] },
  ]);
}
