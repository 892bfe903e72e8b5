/** Calls of an MCP server: who gets which tool, and that no gateway shows the validator another call than the app gets. */

import { expect, it } from 'vitest';
import { type Sent, send } from '../envoy/guarded.ts';
import { encoded, mcpCases, VERSION } from '../envoy/mcp-cases.ts';
import type { GatewayTraits } from './gateway.ts';
import type { GatewayStage } from './stage.ts';

const HOST = 'tools.example';
const REFUSED = mcpCases(HOST, '').refused.map(
  ([reason, status, code], n) => [n, reason, status, code] as const,
);

export function mcp(stage: () => GatewayStage, { refusesItself }: GatewayTraits): void {
  const bearer = (scope: string): string => stage().cases.bearer({ scope });
  const cases = () => mcpCases(HOST, bearer('files:read'));
  const ask = (sent: Sent) => send(stage().gateway.port, sent);

  it.each(REFUSED)('MCP case %i: %s answers %i', async (n, reason, status, code) => {
    const [, , , sent = {}] = cases().refused[n] ?? [];
    const answer = await ask(sent);
    expect(stage().arrived()).toEqual([]);
    expect(answer.status).toBe(status);
    const type = answer.headers['content-type'];
    if (refusesItself[reason] !== undefined && !String(type).includes('json')) return;
    const body = JSON.parse(answer.body);
    expect(answer.headers['cache-control']).toBe('no-store');
    if (code === undefined) {
      expect([answer.headers.allow, type]).toEqual(['POST', 'application/problem+json']);
      expect(body).toMatchObject({ reason, status });
      return;
    }
    expect(type).toBe('application/json');
    expect(body).toMatchObject({ jsonrpc: '2.0', error: { code, data: { reason, status } } });
  });

  it.each([
    ['its name', 'delete_file'],
    ['its name, encoded', encoded('delete_file')],
    ['a name that begins so', 'admin_reset'],
  ])('a tool asks for its scope: %s', async (_, name) => {
    const { calling } = cases();
    const answer = await ask(calling(['mcp-name', name]));
    expect(stage().arrived()).toEqual([]);
    expect([answer.status, JSON.parse(answer.body).reason]).toEqual([403, 'scope_insufficient']);
    expect(answer.headers['www-authenticate']).toContain('scope="files:delete"');
    const token = ['authorization', `Bearer ${bearer('files:delete')}`] as const;
    expect((await ask(calling(['mcp-name', name], token))).status).toBe(200);
    expect(stage().arrived()).toHaveLength(1);
  });

  it.each([
    ['a name', 'read_file'],
    ['an encoded one', encoded('größe')],
    ['one with a comma that no rule goes by', 'geo:37.7,-122.4'],
  ])('the app gets the call that was judged: %s', async (_, name) => {
    expect((await ask(cases().calling(['mcp-name', name]))).status).toBe(200);
    const [{ method, headers } = { method: '', headers: [] }] = stage().arrived();
    expect(method).toBe('POST');
    expect(headers.filter(([header]) => header.startsWith('mcp-')).sort()).toEqual([
      ['mcp-method', 'tools/call'],
      ['mcp-name', name],
      ['mcp-protocol-version', VERSION],
    ]);
  });

  it.each([
    [['connection', 'mcp-name'] as const],
    [['connection', 'close, Mcp-Method, Mcp-Name'] as const],
    [['mcp_name', 'delete_file'] as const],
    [['mcp.name', 'delete_file'] as const],
    [['Mcp_Name', 'delete_file'] as const],
  ])('%j changes nothing of the call', async (header) => {
    await ask(cases().calling(header));
    for (const { headers } of stage().arrived()) {
      expect(headers.filter(([, value]) => value === 'delete_file')).toEqual([]);
      expect(headers.filter(([name]) => /^mcp.(name|method)$/.test(name)).sort()).toEqual([
        ['mcp-method', 'tools/call'],
        ['mcp-name', 'read_file'],
      ]);
    }
  });

  it.each([['admin_a,b'], ['read_file,delete_file'], ['delete_file,read_file']])(
    'a name with a comma is no way around the rule for a tool: %s',
    async (name) => {
      const answer = await ask(cases().calling(['mcp-name', name]));
      for (const { headers } of stage().arrived())
        expect(headers.filter(([header]) => header === 'mcp-name')).toEqual([['mcp-name', name]]);
      if (name.startsWith('admin_')) expect([400, 403]).toContain(answer.status);
    },
  );
}
