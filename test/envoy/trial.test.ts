/** The program with a Trial beside the binding that decides, and without, behind real Envoys: nobody can tell one from the other. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoApi, startDemoApi } from '../../dev/api.ts';
import type { Authorizer } from '../../src/sidecar/authorizer.ts';
import { binding, source, yaml } from '../support/manifests.ts';
import { publicJwk, token } from '../support/tokens.ts';
import { startValidator, type Validator } from '../support/validator.ts';
import { bootstrap, type Received, type Sent, send } from './guarded.ts';
import { type Envoy, startEnvoy } from './harness.ts';

const ISSUER = 'https://issuer.example';
const keys = { jwks: { keys: [publicJwk('RS256'), publicJwk('ES512')] } };
const sources = [{ name: 'okta' }];
const okta = source('okta', { issuer: ISSUER, audiences: ['api'], keys });
const other = source('other', { issuer: 'https://other.example', audiences: ['api'], keys });
const admins = [{ name: 'admins', require: { roles: { anyOf: ['admin'] } } }];
const deciding = [
  binding('enforce', {
    sources,
    rules: [{ match: { paths: [{ type: 'Exact', value: '/open' }] }, authentication: 'None' }],
  }),
  binding('audit', { sources, mode: 'Audit', rules: admins }),
  binding('disabled', { sources, mode: 'Disabled' }),
];
/** Stricter than each, with a source more, and another idea of what the app gets. */
const trial = binding('next', {
  hosts: [],
  sources: [...sources, { name: 'other' }],
  mode: 'Trial',
  rules: admins,
  forward: { user: 'x-who', roles: 'x-roles', token: 'Remove' },
});

interface Side {
  readonly validator: Validator;
  readonly envoys: Readonly<Record<'http' | 'grpc', Envoy>>;
}

let api: DemoApi;
const sides: Side[] = [];

async function startSide(manifests: readonly object[]): Promise<Side> {
  const validator = await startValidator({ manifests: yaml(manifests) });
  const at = (port: unknown) => ({ address: '127.0.0.1', port: Number(port) });
  const envoy = (authorizer: Authorizer): Promise<Envoy> => startEnvoy(bootstrap(api, authorizer));
  const envoys = {
    http: await envoy({ kind: 'tcp', ...at(validator.http) }),
    grpc: await envoy({ kind: 'grpc', address: at(validator.grpc) }),
  };
  return { validator, envoys };
}

beforeAll(async () => {
  api = await startDemoApi(0);
  for (const manifests of [
    [okta, other, ...deciding],
    [okta, other, ...deciding, trial],
  ])
    sides.push(await startSide(manifests));
}, 240_000);
afterAll(async () => {
  for (const { validator, envoys } of sides) {
    await Promise.all([envoys.http.stop(), envoys.grpc.stop()]);
    await validator.stop();
  }
  await api?.stop();
});

const now = Math.floor(Date.now() / 1000);
const signed = (claims: object, alg = 'RS256') =>
  token({ alg, claims: { iss: ISSUER, aud: 'api', sub: 'joe', iat: now, exp: now + 3600, ...claims } });
const TOKENS: Readonly<Record<string, string | undefined>> = {
  'no token': undefined,
  'a user': signed({ groups: ['user'] }),
  'an admin': signed({ groups: ['admin'] }),
  'a slow signature': signed({ groups: ['admin'] }, 'ES512'),
  'a forged token': `${signed({}).slice(0, -8)}AAAAAAAA`,
  'an expired token': signed({ exp: now - 3600 }),
  "the Trial's own source": signed({ iss: 'https://other.example' }),
  nonsense: 'nonsense',
};
const HOSTS = ['enforce', 'audit', 'disabled', 'unbound'];

/** What differs from one request to the next by itself is left out. */
function steady({ status, headers, body }: Received): unknown {
  const { date: _, 'x-envoy-upstream-service-time': __, ...rest } = headers;
  return { status, headers: rest, body: body.replaceAll(/"x-request-id": "[^"]*"/g, '') };
}

const asked = (name: string, text: string | undefined, target: string): Sent => ({
  target,
  headers: [
    ['host', `${name}.example`],
    ['x-who', 'root'],
    ['x-auth-user', 'root'],
    ...(text === undefined ? [] : [['authorization', `Bearer ${text}`] as const]),
  ],
});

describe.each(Object.entries(TOKENS))('with %s', (_, text) => {
  it.each(HOSTS)('callers and app of %s see the same, over both protocols', async (name) => {
    const [without, beside] = sides;
    for (const protocol of ['http', 'grpc'] as const) {
      for (const target of ['/orders', '/open', '/x/..%2Fadmin']) {
        const sent = asked(name, text, target);
        const [before, now] = await Promise.all(
          [without, beside].map((side) => send(side?.envoys[protocol].ports.guarded_8080 ?? 0, sent)),
        );
        expect(before && now && steady(now), `${protocol} ${target}`).toEqual(before && steady(before));
      }
    }
  });

  it.each(['/forward-auth', '/auth-request'])('so do proxies that ask by %s', async (target) => {
    for (const name of HOSTS) {
      const told = [
        ['x-forwarded-method', 'GET'],
        ['x-forwarded-host', `${name}.example`],
        ['x-forwarded-uri', '/orders'],
      ] as const;
      const sent = asked(name, text, target);
      const answers = sides.map(({ validator }) =>
        send(validator.http, { ...sent, headers: [...(sent.headers ?? []), ...told] }),
      );
      const [before, now] = await Promise.all(answers);
      expect(before && now && steady(now), name).toEqual(before && steady(before));
    }
  });
});

it('the Trial was judged all the while, and counted', async () => {
  const [, beside] = sides;
  const count = (verdict: string) =>
    beside?.validator.metric(`portcullis_trial_decisions_total{binding="shop/next",verdict="${verdict}"}`);
  for (const verdict of ['same', 'would_deny', 'would_allow', 'other_reason']) {
    await expect.poll(() => count(verdict), { timeout: 30_000, message: verdict }).toBeGreaterThan(0);
  }
});
