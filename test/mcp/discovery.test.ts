// From a URL to the call of a tool: real MCP clients and a real MCP server, with nobody's hand between them.

import { InsufficientScopeError, SdkHttpError } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthorizationServer,
  MACHINE,
  READER,
  startAuthorizationServer,
} from './authorization-server.ts';
import { type Connected, connect, fetchThrough, machineAt, Person } from './clients.ts';
import { DOORS } from './doors.ts';
import { FILES, manifests, OTHER, PUBLIC, ROOT, SCOPES } from './manifests.ts';
import { type McpWorld, startMcpWorld } from './world.ts';

const METADATA = 'https://mcp.example/.well-known/oauth-protected-resource/mcp';

let idp: AuthorizationServer;
let world: McpWorld;
beforeAll(async () => {
  idp = await startAuthorizationServer(
    new Map([FILES, OTHER, PUBLIC, ROOT, `${ROOT}/`].map((resource) => [resource, SCOPES] as const)),
  );
  world = await startMcpWorld(manifests({ issuer: idp.issuer }));
});
afterAll(async () => {
  await world?.stop();
  await idp?.stop();
});

/** What a request says of itself. */
const LISTING = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' };

const FLOWS = [
  { flow: 'client_credentials', provider: () => machineAt(idp.issuer) },
  { flow: 'authorization_code', provider: () => new Person() },
] as const;

const statusesOf = ({ exchanges }: Connected, url: string): readonly number[] =>
  exchanges.filter(({ asked }) => asked === `POST ${url}`).map(({ status }) => status);

describe.each(DOORS)('by the %s', (door) => {
  const reach = (options: Omit<Parameters<typeof connect>[0], 'port' | 'url'>, url = FILES) =>
    connect({ url, port: world.port(door), ...options });

  describe.each(FLOWS)('by $flow', ({ flow, provider }) => {
    it('the challenge leads to the metadata, to a token for this server alone, and to the tool', async () => {
      const before = idp.granted.length;
      const connected = await reach({ provider: provider() });
      expect(await connected.call('list_files')).toBe('notes.txt\nplan.txt');
      expect(connected.exchanges.slice(0, 3)).toEqual([
        { asked: `POST ${FILES}`, status: 401 },
        { asked: `GET ${METADATA}`, status: 200 },
        { asked: `GET ${idp.issuer}/.well-known/oauth-authorization-server`, status: 200 },
      ]);
      expect(idp.granted.slice(before)).toMatchObject([
        { grant: flow, resource: FILES, scope: 'files:read' },
      ]);
      const { tools } = await connected.client.listTools();
      expect(tools.map(({ name }) => name)).toContain('delete_file');
    });

    it('a tool that needs another scope gets it: the client asks for both, once', async () => {
      const connected = await reach({ provider: provider() });
      await connected.call('read_file', { path: 'notes.txt' });
      const granted = idp.granted.length;
      const sent = connected.exchanges.length;
      expect(await connected.call('delete_file', { path: 'none.txt' })).toBe('There is no none.txt.');
      expect(idp.granted.slice(granted)).toMatchObject([{ grant: flow, resource: FILES, scope: SCOPES }]);
      const statuses = connected.exchanges
        .slice(sent)
        .filter(({ asked }) => asked === `POST ${FILES}`)
        .map(({ status }) => status);
      expect(statuses).toEqual([403, 200]);
      // From now on both tools are open.
      await connected.call('read_file', { path: 'notes.txt' });
      expect(statusesOf(connected, FILES).at(-1)).toBe(200);
    });
  });

  it('a server at the root of its host is found by the same way', async () => {
    const before = idp.granted.length;
    const connected = await reach({ provider: machineAt(idp.issuer) }, ROOT);
    expect(await connected.call('list_files')).toContain('notes.txt');
    expect(connected.exchanges[1]).toEqual({
      asked: `GET ${ROOT}/.well-known/oauth-protected-resource`,
      status: 200,
    });
    expect(idp.granted.slice(before)).toMatchObject([{ resource: ROOT }]);
  });

  it('a tool for everybody is called without a token, and another one needs it', async () => {
    const before = idp.granted.length;
    const connected = await reach({ provider: machineAt(idp.issuer) }, PUBLIC);
    await connected.client.listTools();
    expect(await connected.call('list_files')).toContain('notes.txt');
    expect(idp.granted.slice(before)).toEqual([]);
    expect(new Set(statusesOf(connected, PUBLIC))).toEqual(new Set([200]));
    expect(await connected.call('read_file', { path: 'notes.txt' })).toBeDefined();
    expect(idp.granted.slice(before)).toMatchObject([{ resource: PUBLIC, scope: 'files:read' }]);
  });

  it('the challenge says which scopes the tool needs, and a client that gets no more is refused', async () => {
    const throwing = await reach({ provider: machineAt(idp.issuer), onInsufficientScope: 'throw' });
    const refusal = await throwing.call('delete_file', { path: 'none.txt' }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InsufficientScopeError);
    expect(refusal).toMatchObject({ requiredScope: SCOPES });

    const before = world.arrived.length;
    const reading = await reach({ provider: machineAt(idp.issuer, READER) });
    await reading.call('read_file', { path: 'notes.txt' });
    const arrived = world.arrived.length;
    expect(arrived).toBeGreaterThan(before);
    await expect(reading.call('delete_file', { path: 'notes.txt' })).rejects.toBeInstanceOf(SdkHttpError);
    expect(world.arrived).toHaveLength(arrived);
    expect(await reading.call('list_files')).toContain('notes.txt');
  });

  it('a token for another resource of the same server opens nothing here', async () => {
    const provider = machineAt(idp.issuer);
    const there = await reach({ provider }, OTHER);
    await there.call('list_files');
    const authorization = `Bearer ${provider.tokens()?.access_token}`;
    const answer = await fetchThrough(world.port(door))(FILES, {
      method: 'POST',
      headers: { authorization, ...LISTING },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(await answer.json()).toMatchObject({ reason: 'audience_mismatch' });
    // The same token at its own server is good: it is the server that finds nothing in the body.
    const own = await fetchThrough(world.port(door))(OTHER, {
      method: 'POST',
      headers: { authorization, ...LISTING },
    });
    expect(own.headers.get('www-authenticate')).toBeNull();
    expect(own.status).not.toBe(401);
  });

  it.each([
    ['delete_file in base64', '=?base64?ZGVsZXRlX2ZpbGU=?='],
    ['another spelling', 'Delete_File'],
    ['a tool that nobody has heard of', 'format_disk'],
  ])('%s is none of the tools that files:read opens', async (_what, name) => {
    const provider = machineAt(idp.issuer);
    await (await reach({ provider })).call('list_files');
    const before = world.arrived.length;
    const answer = await fetchThrough(world.port(door))(FILES, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${provider.tokens()?.access_token}`,
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': name,
      },
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toMatch(
      /error="insufficient_scope".*scope="files:read files:delete"/,
    );
    expect(world.arrived).toHaveLength(before);
  });
});

it('the server saw calls of tools and who made them, and neither metadata nor tokens', () => {
  expect(world.arrived.length).toBeGreaterThan(0);
  expect(new Set(world.arrived.map(({ path }) => path))).toEqual(new Set(['/mcp', '/']));
  expect(world.arrived.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  const guarded = world.arrived.filter(({ headers }) => headers.host !== new URL(PUBLIC).host);
  expect(guarded.length).toBeLessThan(world.arrived.length);
  expect(new Set(guarded.map(({ headers }) => headers['x-auth-user']))).toEqual(
    new Set([MACHINE.id, READER.id, 'joe']),
  );
});
