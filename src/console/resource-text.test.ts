import { expect, it } from 'vitest';
import { audiencesText, mcpServerText, metadataText, tokenText } from './resource-text.ts';

const URL = 'https://mcp.example/.well-known/oauth-protected-resource/mcp';
const metadata = { host: 'mcp.example', path: '/.well-known/oauth-protected-resource/mcp', body: '{}' };

it('says for whom tokens must be', () => {
  expect(audiencesText({})).toBe('');
  expect(audiencesText({ resource: { audiences: ['https://mcp.example/mcp', 'api://files'] } })).toBe(
    'https://mcp.example/mcp, api://files',
  );
});

it('says where clients read how to get a token, and who serves that', () => {
  const audiences = ['https://mcp.example/mcp'];
  expect(metadataText({ resourceMetadata: '' })).toBe('');
  expect(metadataText({ resourceMetadata: '', resource: { audiences } })).toBe('');
  expect(metadataText({ resourceMetadata: URL, resource: { audiences, metadata } })).toBe(
    `${URL}, served here`,
  );
  expect(metadataText({ resourceMetadata: URL, resource: { audiences } })).toBe(
    `${URL}, served by somebody else`,
  );
});

it('says which MCP it speaks, and what becomes of the rest', () => {
  expect(mcpServerText({})).toBe('');
  expect(mcpServerText({ mcp: { versions: ['2026-07-28', '2027-01-01'], other: 'Deny' } })).toBe(
    'version 2026-07-28, 2027-01-01; any other request is refused',
  );
  expect(mcpServerText({ mcp: { versions: ['2026-07-28'], other: 'Pass' } })).toBe(
    'version 2026-07-28; rules without MCP judge any other request',
  );
});

it('says where the API gets no token', () => {
  const forward = { user: '', roles: '', scopes: '', source: '', payload: '', claims: [] };
  expect(tokenText({ ...forward, token: 'Keep' })).toBe('');
  expect(tokenText({ ...forward, token: 'Remove' })).toBe('the API does not get it');
});
