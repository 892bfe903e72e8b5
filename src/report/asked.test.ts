import { expect, it } from 'vitest';
import { whatIsAsked } from './asked.ts';

const request = { method: 'POST', host: 'mcp.example', path: '/mcp' };

it.each([
  [{}, 'POST mcp.example/mcp'],
  [{ mcpMethod: null, mcpName: null }, 'POST mcp.example/mcp'],
  [{ mcpMethod: 'tools/list', mcpName: null }, 'POST mcp.example/mcp tools/list'],
  [{ mcpMethod: 'tools/call', mcpName: 'delete_file' }, 'POST mcp.example/mcp tools/call "delete_file"'],
  [{ mcpMethod: 'tools/call', mcpName: 'a" b' }, 'POST mcp.example/mcp tools/call "a\\" b"'],
  [{ mcpMethod: 'tools/call', mcpName: '' }, 'POST mcp.example/mcp tools/call ""'],
  [{ host: undefined }, 'POST /mcp'],
])('%j', (told, text) => {
  expect(whatIsAsked({ ...request, ...told } as Parameters<typeof whatIsAsked>[0])).toBe(text);
});
