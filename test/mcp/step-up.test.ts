// A client that knows RFC 9470: where a login does not suffice it asks for the one that the challenge names.

import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type AuthorizationServer,
  DESKTOP,
  MACHINE,
  startAuthorizationServer,
} from './authorization-server.ts';
import { Browser } from './browser.ts';
import { fetchThrough } from './clients.ts';
import { DOORS } from './doors.ts';
import { BANK, manifests, SCOPES } from './manifests.ts';
import { type McpWorld, startMcpWorld } from './world.ts';

const HOUR = 3600;

let idp: AuthorizationServer;
let world: McpWorld;
beforeAll(async () => {
  idp = await startAuthorizationServer(new Map([[BANK, SCOPES]]));
  world = await startMcpWorld(manifests({ issuer: idp.issuer }));
});
afterAll(async () => {
  await world?.stop();
  await idp?.stop();
});
beforeEach(() => {
  idp.loginAge = 0;
});

type Parameters = Readonly<Record<string, string>>;

/** Of a challenge (RFC 9110 section 11.6.1), each of whose values is quoted. */
const parametersOf = (answer: Response): Parameters =>
  Object.fromEntries(
    [...(answer.headers.get('www-authenticate') ?? '').matchAll(/([a-z_]+)="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value],
    ),
  );

async function tokenFrom(form: Parameters, headers: Parameters = {}): Promise<string> {
  const response = await fetch(`${idp.issuer}/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ ...form, resource: BANK }),
  });
  const { access_token: token } = (await response.json()) as { readonly access_token?: string };
  if (token === undefined) throw new Error(`no token: ${response.status}`);
  return token;
}

/** @param wanted parameters of the authorization request: what a challenge asked for. */
async function logIn(browser: Browser, wanted: Parameters = {}): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL(`${idp.issuer}/auth`);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: DESKTOP.id,
    redirect_uri: DESKTOP.redirect,
    resource: BANK,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    // OpenID Connect's own scope comes with acr_values and max_age.
    scope: 'openid files:read',
    ...wanted,
  }).toString();
  const { searchParams } = await browser.open(url, DESKTOP.redirect);
  return tokenFrom({
    grant_type: 'authorization_code',
    client_id: DESKTOP.id,
    redirect_uri: DESKTOP.redirect,
    code: searchParams.get('code') ?? `none, but ${searchParams.get('error')}`,
    code_verifier: verifier,
  });
}

describe.each(DOORS)('by the %s', (door) => {
  const pay = (token: string): Promise<Response> =>
    fetchThrough(world.port(door))(`${BANK}/payments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });

  async function refused(token: string): Promise<Parameters> {
    const answer = await pay(token);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ reason: 'authentication_insufficient' });
    const parameters = parametersOf(answer);
    expect(parameters).toMatchObject({
      error: 'insufficient_user_authentication',
      acr_values: 'phr',
      max_age: '900',
      scope: 'files:read',
      resource_metadata: `${BANK}/.well-known/oauth-protected-resource`,
    });
    return parameters;
  }

  it('the login of an hour ago does not pay; the one that the challenge asks for does', async () => {
    const browser = new Browser();
    idp.loginAge = HOUR;
    const { acr_values = '', max_age = '', scope } = await refused(await logIn(browser));
    idp.loginAge = 0;
    const better = await logIn(browser, { acr_values, max_age, scope: `openid ${scope}` });
    const paid = await pay(better);
    expect(paid.status).toBe(200);
    expect(world.arrived.at(-1)).toMatchObject({ path: '/payments', headers: { 'x-auth-user': 'joe' } });
  });

  it('neither does a fresh login of another kind, nor one of this kind that is old', async () => {
    await refused(await logIn(new Browser(), { acr_values: 'pwd' }));
    idp.loginAge = HOUR;
    await refused(await logIn(new Browser(), { acr_values: 'phr' }));
  });

  it('nor the token of a client for itself: nobody has logged in', async () => {
    const basic = Buffer.from(`${MACHINE.id}:${MACHINE.secret}`).toString('base64');
    await refused(
      await tokenFrom(
        { grant_type: 'client_credentials', scope: 'files:read' },
        { authorization: `Basic ${basic}` },
      ),
    );
  });
});
