// Clients of other versions, at servers that refuse them and at one that takes them.

import { SdkHttpError, UnsupportedProtocolVersionError } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DemoApi, serveApi } from '../../dev/api.ts';
import {
  type AuthorizationServer,
  MACHINE,
  READER,
  startAuthorizationServer,
} from './authorization-server.ts';
import { bodyOf, call } from './calls.ts';
import { type Connected, connect, machineAt, type Speaks, tokenFor } from './clients.ts';
import { DOORS } from './doors.ts';
import { FILES, FOR_ALL, FUTURE, manifests, SCOPES } from './manifests.ts';
import { createAnyTool } from './servers.ts';
import { type Arrived, type McpWorld, startMcpWorld } from './world.ts';

let idp: AuthorizationServer;
let world: McpWorld;
beforeAll(async () => {
  idp = await startAuthorizationServer(
    new Map([FILES, FOR_ALL, FUTURE].map((one) => [one, SCOPES] as const)),
  );
  world = await startMcpWorld(manifests({ issuer: idp.issuer }));
});
afterAll(async () => {
  await world?.stop();
  await idp?.stop();
});

/** The first request of what came to the servers since the test began. */
let from = 0;
beforeEach(() => {
  from = world.arrived.length;
});
const arrived = (): readonly Arrived[] => world.arrived.slice(from);
const sessions = (): readonly string[] => [...world.forAll.sessions.keys()];

const OLDER = '2025-11-25';
const older = (name: string) => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } });

describe.each(DOORS)('by the %s', (door) => {
  const reach = (url: string, speaks?: Speaks, who = MACHINE): Promise<Connected> =>
    connect({ url, port: world.port(door), provider: machineAt(idp.issuer, who), ...(speaks && { speaks }) });
  const refusal = (reached: Promise<unknown>): Promise<unknown> =>
    reached.then(
      () => 'it was let in',
      (error: unknown) => error,
    );

  it('an older client is told at once which versions are taken', async () => {
    const error = await refusal(reach(FILES, 'legacy'));
    expect(error).toBeInstanceOf(SdkHttpError);
    expect(error).toMatchObject({ status: 400 });
    expect(String(error)).toContain('taken are 2026-07-28');
    expect(arrived()).toEqual([]);
  });

  it('one that speaks both goes on in the newer', async () => {
    const connected = await reach(FILES, 'auto');
    expect(connected.client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
    expect(await connected.call('list_files')).toContain('notes.txt');
    expect(arrived().map(({ headers }) => headers['mcp-protocol-version'])).not.toContain(OLDER);
  });

  it.each([
    ['asks what the server speaks', 'auto', UnsupportedProtocolVersionError],
    ['knows it already', undefined, UnsupportedProtocolVersionError],
  ] as const)('a client that %s hears that there is no version in common', async (_, speaks, kind) => {
    const error = await refusal(reach(FUTURE, speaks));
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ data: { supported: ['2099-01-01'], requested: '2026-07-28' } });
  });

  it('where older clients pass, they have sessions, and streams by GET, and end both', async () => {
    const before = sessions();
    const { client, transport, call: callTool } = await reach(FOR_ALL, 'legacy');
    expect(client.getNegotiatedProtocolVersion()).toBe(OLDER);
    const [session, ...more] = sessions().filter((one) => !before.includes(one));
    expect([transport.sessionId, ...more]).toEqual([session]);
    const heard = Promise.withResolvers<void>();
    client.setNotificationHandler('notifications/tools/list_changed', () => heard.resolve());
    await expect.poll(() => arrived().some(({ method }) => method === 'GET')).toBe(true);
    const announcing = setInterval(world.forAll.announce, 50);
    await heard.promise.finally(() => clearInterval(announcing));
    expect(await callTool('delete_file')).toBe('It is gone.');
    await transport.terminateSession();
    expect(sessions()).not.toContain(session);
    await client.close();
    expect(new Set(arrived().map(({ method }) => method))).toEqual(new Set(['POST', 'GET', 'DELETE']));
    expect(arrived().every(({ headers }) => headers['x-auth-user'] === MACHINE.id)).toBe(true);
  });

  it('newer headers around an older body do not lead into somebody’s session', async () => {
    const { transport, client } = await reach(FOR_ALL, 'legacy');
    const token = await tokenFor(idp.issuer, FOR_ALL, 'files:read');
    const { host } = new URL(FOR_ALL);
    const others = [['mcp-session-id', transport.sessionId ?? '']] as const;
    for (const body of [older('delete_file'), [older('delete_file'), older('delete_file')]]) {
      const answer = await call(world.port(door), { host, token, names: ['read_file'], others, body });
      expect(answer.status).toBe(400);
    }
    const asOlder = [...others, ['mcp-protocol-version', OLDER]] as const;
    const asked = { host, token, names: ['read_file'], others: asOlder, body: older('delete_file') };
    expect((await call(world.port(door), asked)).status).toBe(403);
    await client.close();
  });

  it('and need as much as the strictest rule asks for, also to read', async () => {
    expect(await refusal(reach(FOR_ALL, 'legacy', READER))).toBeInstanceOf(SdkHttpError);
    expect(arrived()).toEqual([]);
    const newer = await reach(FOR_ALL, undefined, READER);
    expect(await newer.call('read_file')).toBe('Water the plants.');
    expect(await refusal(newer.call('delete_file'))).toBeInstanceOf(SdkHttpError);
  });

  it.each([
    ['of an older version', [['mcp-protocol-version', OLDER]], older('delete_file')],
    ['without a version', [['mcp-protocol-version', '']], older('delete_file')],
    [
      'of an older version around a body of a newer one',
      [['mcp-protocol-version', OLDER]],
      bodyOf('tools/call', 'delete_file'),
    ],
  ] as const)('headers %s do not open a tool to whoever may read', async (_, others, body) => {
    const token = await tokenFor(idp.issuer, FOR_ALL, 'files:read');
    const { host } = new URL(FOR_ALL);
    const asked = { host, token, names: ['read_file'], others, body };
    expect([400, 403]).toContain((await call(world.port(door), asked)).status);
    expect(arrived()).toEqual([]);
  });
});

describe('the SDK’s server for all versions, unguarded', () => {
  const server = createAnyTool('stateless');
  let api: DemoApi;
  beforeAll(async () => {
    api = await serveApi(server.answer, 0);
  });
  afterAll(() => api.stop());

  it.each([
    ['a call', older('delete_file')],
    ['a list of calls', [older('delete_file'), older('delete_file')]],
  ])('executes %s of an older version behind headers of that version alone', async (_, body) => {
    const asked = { host: 'any.example', token: 'none', names: ['read_file'], body };
    expect((await call(api.port, asked)).status).toBe(400);
    expect(server.executed).toEqual([]);
    const others = [['mcp-protocol-version', OLDER]] as const;
    expect((await call(api.port, { ...asked, others })).status).toBe(200);
    expect(new Set(server.executed.splice(0))).toEqual(new Set(['delete_file']));
  });
});
