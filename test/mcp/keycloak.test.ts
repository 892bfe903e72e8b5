// The same with a real Keycloak, which knows no resource indicators: its audience mappers say for whom a token is.

import { SdkHttpError } from '@modelcontextprotocol/client';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Keycloak, startKeycloak } from '../keycloak/harness.ts';
import type { Realm } from '../keycloak/realm.ts';
import { bodyOf, call } from './calls.ts';
import { type Connected, connect, fetchThrough, machineAt } from './clients.ts';
import { DOORS } from './doors.ts';
import { BANK, FILES, manifests, OTHER, SCOPES } from './manifests.ts';
import { type McpWorld, startMcpWorld } from './world.ts';

const secret = 'a secret of these tests';
const scopes = SCOPES.split(' ');

let keycloak: Keycloak;
let realm: Realm;
let world: McpWorld;
beforeAll(async () => {
  keycloak = await startKeycloak();
  realm = await keycloak.createRealm('mcp');
  for (const scope of scopes) await realm.createScope(scope);
  await realm.createClient('mcp');
  await realm.createClient('by-url', { secret, scopes, audience: FILES });
  await realm.createClient('by-client', { secret, scopes, audience: { client: 'mcp' } });
  await realm.createClient('teller', { secret, scopes, audience: BANK });
  world = await startMcpWorld(manifests({ issuer: realm.issuer, preset: 'Keycloak', otherAudience: 'mcp' }));
});
afterAll(async () => {
  await world?.stop();
  await keycloak?.stop();
});

const provider = (id: string) => machineAt(realm.issuer, { id, secret });
const claimsOf = (one: ReturnType<typeof provider>) => decodeJwt(one.tokens()?.access_token ?? '');

async function tokenOf(id: string): Promise<string> {
  const response = await fetch(`${realm.issuer}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: secret,
      scope: 'files:read',
    }),
  });
  return ((await response.json()) as { readonly access_token: string }).access_token;
}

describe.each(DOORS)('by the %s', (door) => {
  const reach = (url: string, one: ReturnType<typeof provider>): Promise<Connected> =>
    connect({ url, port: world.port(door), provider: one });
  const listed = async (url: string, one: ReturnType<typeof provider>): Promise<string> =>
    (await reach(url, one)).call('list_files');

  it('the audience is the identifier, and a tool that needs another scope gets it', async () => {
    const one = provider('by-url');
    const connected = await reach(FILES, one);
    expect(await connected.call('list_files')).toContain('notes.txt');
    expect(claimsOf(one)).toMatchObject({ aud: FILES, scope: 'files:read' });
    const before = connected.exchanges.length;
    expect(await connected.call('delete_file', { path: 'none.txt' })).toBe('There is no none.txt.');
    const statuses = connected.exchanges
      .slice(before)
      .filter(({ asked }) => asked === `POST ${FILES}`)
      .map(({ status }) => status);
    expect(statuses).toEqual([403, 200]);
    expect(claimsOf(one).scope).toSatisfy(
      (scope: string) => scope.split(' ').sort().join(' ') === 'files:delete files:read',
    );
  });

  it('the audience is a client of the realm, which resource.audiences names', async () => {
    const one = provider('by-client');
    expect(await listed(OTHER, one)).toContain('notes.txt');
    expect(claimsOf(one).aud).toBe('mcp');
  });

  it.each([
    [FILES, 'by-client'],
    [OTHER, 'by-url'],
  ])('%s is not opened by the token of %s', async (url, id) => {
    const one = provider(id);
    await expect(listed(url, one)).rejects.toBeInstanceOf(SdkHttpError);
    // It has a good token of this issuer, which is for another resource.
    const { host } = new URL(url);
    const token = one.tokens()?.access_token ?? '';
    const body = bodyOf('tools/call', 'list_files');
    const answer = await call(world.port(door), { host, token, names: ['list_files'], body });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ reason: 'audience_mismatch' });
  });

  it('a token without a login is refused where one is asked for', async () => {
    const token = await tokenOf('teller');
    expect(decodeJwt(token)).not.toHaveProperty('auth_time');
    const answer = await fetchThrough(world.port(door))(`${BANK}/payments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ reason: 'authentication_insufficient' });
    expect(answer.headers.get('www-authenticate')).toMatch(
      /error="insufficient_user_authentication".*acr_values="phr", max_age="900"/,
    );
  });
});
