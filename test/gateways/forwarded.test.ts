// Gateways that have to be told of headers by name get them from the bindings: forwarded claims, and tokens that are taken out.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../envoy/guarded.ts';
import { type RawApp, startRawApp } from '../envoy/raw-app.ts';
import { binding, source, yaml } from '../support/manifests.ts';
import { temporaryFolder } from '../support/server.ts';
import { publicJwk, token } from '../support/tokens.ts';
import { startValidator } from '../support/validator.ts';
import { CLAIMS } from '../support/verification.ts';
import { caddy } from './caddy.ts';
import type { RunningGateway } from './gateway.ts';
import { nginx } from './nginx.ts';
import { traefik } from './traefik/program.ts';

const credentials = [
  { in: 'Header', name: 'Authorization', scheme: 'Bearer' },
  { in: 'Cookie', name: 'session', origins: ['https://shop.example'] },
];
const MANIFESTS = yaml([
  source('okta', { issuer: CLAIMS.iss, keys: { jwks: { keys: [publicJwk('RS256')] } }, audiences: ['api'] }),
  binding('taken', {
    sources: [{ name: 'okta' }],
    credentials,
    rules: [{ authentication: 'Optional' }],
    forward: {
      user: 'x-user',
      roles: '',
      claims: [{ claim: 'tenant', header: 'x-tenant' }],
      token: 'Remove',
    },
  }),
  binding('kept', { sources: [{ name: 'okta' }], credentials }),
]);
const joe = token({ claims: { ...CLAIMS, aud: 'api', exp: 4e9, tenant: 'Łódź' } });

describe.each([nginx, traefik, caddy])('$name', (program) => {
  let app: RawApp;
  let gateway: RunningGateway;
  const ends: (() => unknown)[] = [];

  beforeAll(async () => {
    const folder = await temporaryFolder('forwarded');
    ends.push(() => folder.remove());
    const manifests = join(folder.path, 'bindings.yaml');
    await writeFile(manifests, MANIFESTS);
    app = await startRawApp();
    ends.push(() => app.stop());
    const validator = await startValidator({ manifests: MANIFESTS });
    ends.push(() => validator.stop());
    const parts = { http: Number(validator.http), grpc: Number(validator.grpc), manifests };
    const hosts = ['taken.example', 'kept.example'];
    gateway = await program.start({ app: app.port, validator: parts, hosts });
    ends.push(() => gateway.stop());
  });
  afterAll(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  /** The headers of these names that the app gets. */
  async function seen(host: string, ...headers: readonly (readonly [string, string])[]) {
    app.received.length = 0;
    const answer = await send(gateway.port, { headers: [['host', `${host}.example`], ...headers] });
    expect(answer.status).toBe(200);
    const [{ text = '' } = {}] = app.received;
    const found = [...text.matchAll(/^(authorization|cookie|x-user|x-tenant): (.*)\r$/gim)];
    return Object.fromEntries(found.map(([, name = '', value]) => [name.toLowerCase(), value]));
  }

  it('hands on what a binding forwards, and takes the token out', async () => {
    const user = { 'x-user': 'joe', 'x-tenant': encodeURIComponent('Łódź') };
    const forged = [
      ['x-user', 'mallory'],
      ['x-tenant', 'mallory'],
    ] as const;
    expect(await seen('taken', ['authorization', `Bearer ${joe}`], ['cookie', 'a=b'], ...forged)).toEqual({
      ...user,
      cookie: 'a=b',
    });
    expect(await seen('taken', ['cookie', `a=b; session=${joe}; c=d`])).toEqual({
      ...user,
      cookie: 'a=b; c=d',
    });
    expect(await seen('taken', ...forged)).toEqual({});
  });

  it('leaves another credential, and the token of another binding, where they are', async () => {
    const basic = ['authorization', 'Basic am9lOmpvZQ=='] as const;
    expect(await seen('taken', basic, ['cookie', 'a=b'])).toEqual({ authorization: basic[1], cookie: 'a=b' });
    expect(await seen('kept', ['authorization', `Bearer ${joe}`])).toEqual({
      authorization: `Bearer ${joe}`,
    });
    expect(await seen('kept', ['cookie', `session=${joe}`])).toEqual({ cookie: `session=${joe}` });
  });
});
