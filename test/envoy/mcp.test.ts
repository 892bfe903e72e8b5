// Requests of MCP through a real Envoy, which asks over HTTP and over gRPC.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Guarded, type Protocol, send, startGuarded } from './guarded.ts';
import { bearer, calling, encoded, MANIFESTS, MCP_REFUSED, VERSION } from './mcp-cases.ts';

const PROTOCOLS: readonly Protocol[] = ['http', 'grpc'];

let guarded: Guarded;

beforeAll(async () => {
  guarded = await startGuarded(MANIFESTS);
});
afterAll(() => guarded.stop());

describe.each(PROTOCOLS)('over %s', (protocol) => {
  it.each(MCP_REFUSED)('%s answers %i, error %s: %#', async (reason, status, code, sent) => {
    const answer = await send(guarded.ports[protocol], sent);
    expect(answer.status).toBe(status);
    const body = JSON.parse(answer.body);
    if (code === undefined) {
      expect(answer.headers).toMatchObject({ allow: 'POST', 'content-type': 'application/problem+json' });
      expect(body).toMatchObject({ reason, status });
      return;
    }
    expect(answer.headers['content-type']).toBe('application/json');
    expect(body).toMatchObject({ jsonrpc: '2.0', id: null, error: { code, data: { reason, status } } });
    if (code !== -32_600) expect(body.error.data.supported).toEqual([VERSION]);
  });

  it.each([
    ['its tool', 'delete_file'],
    ['its tool, encoded', encoded('delete_file')],
    ['one that begins so', 'admin_reset'],
  ])('a rule for one tool asks for its scope: %s', async (_, name) => {
    const answer = await send(guarded.ports[protocol], calling(['mcp-name', name]));
    expect(answer.status).toBe(403);
    expect(answer.headers['www-authenticate']).toContain('scope="files:delete"');
    const token = ['authorization', `Bearer ${bearer('files:delete')}`] as const;
    expect((await send(guarded.ports[protocol], calling(['mcp-name', name], token))).status).toBe(200);
  });

  it.each([
    ['a plain name', 'read_file'],
    ['an encoded one', encoded('größe')],
    ['one with a comma that no rule goes by', 'geo:37.7,-122.4'],
  ])('the API gets the headers as they came: %s', async (_, name) => {
    const answer = await send(guarded.ports[protocol], calling(['mcp-name', name]));
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({
      headers: { 'mcp-name': name, 'mcp-method': 'tools/call', 'mcp-protocol-version': VERSION },
    });
  });

  it('a name with a comma is one over gRPC; over HTTP it may be two, if a rule goes by its beginning', async () => {
    const answer = await send(guarded.ports[protocol], calling(['mcp-name', 'admin_a,b']));
    expect(answer.status).toBe(protocol === 'grpc' ? 403 : 400);
  });

  it('the API does not get another spelling of the name', async () => {
    const answer = await send(guarded.ports[protocol], calling(['mcp.name', 'delete_file']));
    expect(answer.status).toBe(200);
    expect(answer.body).not.toContain('delete_file');
  });

  it('the access log says what was called, in a line of its own, whoever is refused', async () => {
    const hostile = 'x"}\n{"outcome":"allowed"} ü';
    await send(guarded.ports[protocol], calling(['mcp-name', 'delete_file']));
    await send(guarded.ports[protocol], calling(['mcp-name', encoded(hostile)]));
    await send(guarded.ports[protocol], calling(['mcp-method', 'tools/list']));
    const lines = () => accessLines(guarded.logs[protocol]());
    await expect
      .poll(lines)
      .toContainEqual(
        expect.objectContaining({ status: 403, mcp_method: 'tools/call', mcp_name: 'delete_file' }),
      );
    await expect.poll(lines).toContainEqual(
      expect.objectContaining({
        status: 200,
        mcp_method: 'tools/call',
        mcp_name: encodeURIComponent(hostile),
      }),
    );
    await expect
      .poll(lines)
      .toContainEqual(expect.objectContaining({ mcp_method: 'tools/list', mcp_name: null }));
  });

  it('a caller of gRPC gets a grpc-status', async () => {
    const sent = calling(['content-type', 'application/grpc'], ['mcp-method', '']);
    expect((await send(guarded.ports[protocol], sent)).headers['grpc-status']).toBe('3');
  });
});

/** Each by itself: a line that is no JSON fails. */
const accessLines = (logs: string): readonly unknown[] =>
  logs
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
