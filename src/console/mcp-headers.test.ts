import { expect, it } from 'vitest';
import { decodeMcpName } from '../matching/mcp-name.ts';
import { mcpHeaderLines } from './mcp-headers.ts';

const call = { mcpVersion: '2026-07-28', mcpMethod: 'tools/call', mcpName: 'delete_file' };

it('are those that the request had', () => {
  expect(mcpHeaderLines(call)).toBe(
    'mcp-protocol-version: 2026-07-28\nmcp-method: tools/call\nmcp-name: delete_file',
  );
  expect(mcpHeaderLines({ ...call, mcpMethod: 'tools/list', mcpName: null })).toBe(
    'mcp-protocol-version: 2026-07-28\nmcp-method: tools/list',
  );
});

it('are none of another request, and of what an older validator tells', () => {
  expect(mcpHeaderLines({ mcpVersion: null, mcpMethod: null, mcpName: null })).toBe('');
  expect(mcpHeaderLines({ mcpVersion: undefined, mcpMethod: undefined, mcpName: undefined })).toBe('');
});

it.each(['a b', 'löschen', ' a', 'a,b', '=?base64?YQ==?=', '', 'a\nb'])('mean the same name: %j', (name) => {
  const line = mcpHeaderLines({ ...call, mcpName: name }).split('\n')[2] ?? '';
  expect(decodeMcpName(line.slice('mcp-name: '.length))).toMatchObject({ kind: 'name', text: name });
});
