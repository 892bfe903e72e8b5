/** Whether the API gets the token, where the binding does not say. */

import { expect, it } from 'vitest';
import { compileBinding } from './binding.fixture.ts';

const MCP = 'mcp: {versions: ["2026-07-28"]}';
const RESOURCE = 'resource: {identifier: "https://mcp.example/mcp"}';
const QUERY = 'credentials: [{in: Query, name: access_token}]';

it.each([
  ['an MCP server that is a resource', [MCP, RESOURCE], 'Remove'],
  ['one that wants it', [MCP, RESOURCE, 'forward: {token: Keep}'], 'Keep'],
  ['one that says something else of what is forwarded', [MCP, RESOURCE, 'forward: {user: x-user}'], 'Remove'],
  ['one that takes it in the query, where it stays', [MCP, RESOURCE, QUERY], 'Keep'],
  ['an MCP server that is none', [MCP], 'Keep'],
  ['another resource', [RESOURCE], 'Keep'],
  ['any other API', [], 'Keep'],
  ['an API that does not want it', ['forward: {token: Remove}'], 'Remove'],
] as const)('%s', (_, spec, token) => {
  const [policy] = compileBinding(['hosts: [mcp.example]', ...spec].join(', '));
  expect(policy.judgement).toMatchObject({ kind: 'rules' });
  expect(policy.forward.token).toBe(token);
});
