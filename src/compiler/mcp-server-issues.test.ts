import { describe, expect, it } from 'vitest';
import { compileBinding } from './binding.fixture.ts';
import { summaries } from './compile.fixture.ts';

const MCP = 'mcp: {versions: ["2026-07-28"]}';
const PASS = 'mcp: {versions: ["2026-07-28"], other: Pass}';
const RESOURCE = 'hosts: [mcp.example], resource: {identifier: "https://mcp.example/mcp"}';
const foundIn = (...spec: readonly string[]) => summaries(compileBinding(spec.join(', '))[1]);

describe('where clients of MCP get a token', () => {
  const untold = ['warning McpWithoutMetadata spec.mcp'];
  const URL = 'resourceMetadata: "https://mcp.example/.well-known/oauth-protected-resource/mcp"';

  it.each([
    ['is told by nobody', [MCP], untold],
    ['is told by nobody else', [MCP, RESOURCE.replace('/mcp"', '/mcp", metadata: None')], untold],
    ['is told by the metadata', [MCP, RESOURCE], []],
    ['is told by somebody else', [MCP, URL], []],
    ['is of no interest to other clients', [], []],
  ])('%s', (_, spec, found) => {
    expect(
      foundIn('hosts: [mcp.example]', ...spec.map((part) => part.replace('hosts: [mcp.example], ', ''))),
    ).toEqual(found);
  });
});

describe('a body for 400', () => {
  const answering = (statuses: string, contentType: string, body: string) =>
    foundIn(
      MCP,
      RESOURCE,
      `answers: {denied: [{statuses: [403], contentType: text/plain, body: none}, {statuses: ${statuses}, contentType: ${contentType}, body: '${body}'}]}`,
    );
  const unread = ['warning McpBodyUnread spec.answers.denied[1].statuses'];

  it.each([
    ['in HTML', '[400]', 'text/html', '<p>{title}', unread],
    ['in JSON of another form', '[401, 400]', 'application/json', '{"error": "{reason}"}', unread],
    ['that is JSON-RPC in a text', '[400]', 'text/plain', '{"jsonrpc": "2.0"}', unread],
    [
      'that is an error of JSON-RPC',
      '[400]',
      'application/json',
      '{"jsonrpc": "2.0", "error": {"code": -32600, "message": "{detail}"}}',
      [],
    ],
    ['for other statuses alone', '[401]', 'text/html', '<p>{title}', []],
  ])('%s', (_, statuses, contentType, body, found) => {
    expect(answering(statuses, contentType, body)).toEqual(found);
  });

  it('of an API that is no MCP server is read by its clients', () => {
    expect(foundIn('answers: {denied: [{statuses: [400], contentType: text/plain, body: none}]}')).toEqual(
      [],
    );
  });
});

describe('with other: Pass, an expression', () => {
  const rule = (expression: string, match = '') =>
    `rules: [{${match}require: {expressions: [{expression: "${expression}"}]}}]`;
  const passes = ['warning McpPassable spec.rules[0].require.expressions[0].expression'];
  const SAFE = "!has(mcp.name) || mcp.name != 'x'";

  it.each([
    ['that holds of what has no name', PASS, rule(SAFE), passes],
    ['with other space', PASS, rule('true && ! has( mcp.method )'), passes],
    ['that holds of what has one', PASS, rule("has(mcp.name) && mcp.name == 'x'"), []],
    [
      'of a rule that takes calls of MCP alone',
      PASS,
      `${rule(SAFE, 'match: {mcp: {}}, ').slice(0, -1)}, {authentication: Deny}]`,
      [],
    ],
    ['where all others are refused', MCP, rule(SAFE), []],
  ])('%s', (_, mcp, rules, found) => {
    expect(foundIn(mcp, RESOURCE, rules)).toEqual(found);
  });
});

it('a version that is no day is one that nobody speaks', () => {
  const versions = '"2026-07-28", "2026-07-82", "2027-02-29", "2028-02-29", "2026-13-01"';
  expect(foundIn(`mcp: {versions: [${versions}]}`, RESOURCE)).toEqual(
    [1, 2, 4].map((i) => `warning McpVersionUnknown spec.mcp.versions[${i}]`),
  );
});
