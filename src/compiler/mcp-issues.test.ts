import { describe, expect, it } from 'vitest';
import { all, any, none, type RuleChanges, rulePolicy } from '../../test/support/policy.ts';
import { compileBinding } from './binding.fixture.ts';
import { summaries } from './compile.fixture.ts';
import { mcpIssues } from './mcp-issues.ts';
import { newComparisons } from './reachability.ts';

const METADATA = 'resourceMetadata: "https://mcp.example/.well-known/oauth-protected-resource"';
const mcp = { methods: ['tools/call'], names: ['delete_file'] };
const needs = (changes: RuleChanges) => rulePolicy({ name: 'delete', match: { mcp }, ...changes });
const scoped = needs({ require: { scopes: all('files:delete') } });
const rest = (changes: RuleChanges) => rulePolicy({ name: 'rest', ...changes });
const path = (value: string) => ({ paths: [{ type: 'PathPrefix' as const, value }] });

const told = (rule: ReturnType<typeof rulePolicy>, ...later: readonly ReturnType<typeof rulePolicy>[]) =>
  mcpIssues(rule, later, 'Pass', 'spec.rules[0]', newComparisons()).map(({ reason, message }) => [
    reason,
    /the later rule \w+|no rule/.exec(message)?.[0],
  ]);

describe('with other: Pass, a call without the headers', () => {
  const byRest = [['McpPassable', 'the later rule rest']];
  const byNone = [['McpPassable', 'no rule']];

  it.each([
    ['asks for less', scoped, [rest({ require: { scopes: all('files:read') } })], byRest],
    ['asks for nothing', scoped, [rest({})], byRest],
    ['lets anybody in', needs({}), [rest({ authentication: 'None' })], byRest],
    ['takes anybody whom another refuses', needs({ authentication: 'Deny' }), [rest({})], byRest],
    [
      'asks for one of more',
      needs({ require: { roles: any('a') } }),
      [rest({ require: { roles: any('a', 'b') } })],
      byRest,
    ],
    [
      'asks for something else',
      needs({ require: { clients: { anyOf: ['a'], noneOf: [] } } }),
      [rest({ require: { clients: { anyOf: ['b'], noneOf: [] } } })],
      byRest,
    ],
    [
      'forbids less',
      needs({ require: { roles: none('a', 'b') } }),
      [rest({ require: { roles: none('a') } })],
      byRest,
    ],
    [
      'stands behind one that asks for as much elsewhere',
      scoped,
      [rest({ name: 'a', match: path('/a'), authentication: 'Deny' }), rest({})],
      byRest,
    ],
    ['is not there', scoped, [], byNone],
    ['takes requests of MCP alone', scoped, [rest({ match: { mcp: { methods: [], names: [] } } })], byNone],
    [
      'takes another path',
      needs({ match: { mcp, ...path('/mcp') }, require: scoped.require }),
      [rest({ match: path('/a') })],
      byNone,
    ],
  ])('meets a rule that %s', (_, rule, later, found) => {
    expect(told(rule, ...later)).toEqual(found);
  });

  it.each([
    ['refuses all', scoped, [rest({ authentication: 'Deny' })]],
    ['asks for the same', scoped, [rest({ require: scoped.require })]],
    ['asks for more', scoped, [rest({ require: { scopes: all('files:delete', 'x'), roles: any('a') } })]],
    [
      'asks for one of fewer',
      needs({ require: { roles: any('a', 'b') } }),
      [rest({ require: { roles: any('a') } })],
    ],
    [
      'asks for all of them',
      needs({ require: { roles: any('a', 'b') } }),
      [rest({ require: { roles: all('b') } })],
    ],
    ['is not there, where nothing is asked for', needs({}), []],
    [
      'is never met by it',
      needs({ match: { mcp, ...path('/mcp') }, require: scoped.require }),
      [rest({ name: 'deny', match: path('/mcp'), authentication: 'Deny' }), rest({})],
    ],
  ])('may meet one that %s', (_, rule, later) => {
    expect(told(rule, ...later)).toEqual([]);
  });

  it('is refused with Deny, so nothing is said', () => {
    expect(mcpIssues(scoped, [rest({})], 'Deny', 'spec.rules[0]', newComparisons())).toEqual([]);
  });
});

it.each([
  [
    'a rule below one for any request of MCP',
    '{match: {mcp: {}}}, {match: {mcp: {methods: [ping]}}}',
    ['RuleUnreachable spec.rules[1]'],
  ],
  ['none of one that takes requests of MCP alone', '{match: {mcp: {}}, authentication: None}', []],
  [
    'methods without POST',
    '{match: {methods: [GET], mcp: {}}}, {match: {methods: [GET, HEAD]}}',
    ['RuleUnreachable spec.rules[0].match.methods'],
  ],
  [
    'names of what has none',
    '{match: {mcp: {methods: [tools/call, tools/list], names: [a]}}}',
    ['McpNameless spec.rules[0].match.mcp.names'],
  ],
  [
    'a name as a header encodes it, which no call has',
    '{match: {mcp: {names: [a, "=?base64?ZGVsZXRlX2ZpbGU=?=", "=?BASE64?x*", "\\ufeffa"]}}}',
    [1, 2, 3].map((i) => `McpNameEncoded spec.rules[0].match.mcp.names[${i}]`),
  ],
  [
    'a method that is misspelt, and says nothing of its names',
    '{match: {mcp: {methods: [tools/list, tool/call], names: [a]}}}, {match: {mcp: {methods: [Tools/List]}}}',
    [
      'McpMethodUnknown spec.rules[0].match.mcp.methods[1]',
      'McpMethodUnknown spec.rules[1].match.mcp.methods[0]',
    ],
  ],
  [
    'a method that nobody calls, be it near to one of MCP or not',
    '{match: {mcp: {methods: [tools/calls, ping]}}, authentication: Deny}, {match: {mcp: {methods: [delete_file], names: [a]}}}, {}',
    [
      'McpMethodUnknown spec.rules[0].match.mcp.methods[0]',
      'McpMethodUnknown spec.rules[0].match.mcp.methods[1]',
      'McpMethodUnknown spec.rules[1].match.mcp.methods[0]',
    ],
  ],
  [
    'names of a method that somebody added',
    '{match: {mcp: {methods: [example.com/reindex], names: [a]}}}',
    ['McpNameless spec.rules[0].match.mcp.names'],
  ],
  [
    'no method of its own',
    '{match: {mcp: {methods: [example.com/reindex, tasks/list, server/discover]}}}',
    [],
  ],
  [
    'an easier way',
    '{match: {mcp: {}}, require: {roles: {anyOf: [a]}}}',
    ['McpPassable spec.rules[0].match.mcp'],
    'Pass',
  ],
] as const)('lint warns of %s', (_, rules, expected, other: 'Deny' | 'Pass' = 'Deny') => {
  const spec = `${METADATA}, mcp: {versions: ["2026-07-28"], other: ${other}}, rules: [${rules}]`;
  const [policy, result] = compileBinding(spec);
  expect(summaries(result)).toEqual(expected.map((warning) => `warning ${warning}`));
  expect(policy.judgement).toMatchObject({ mcp: { versions: ['2026-07-28'], other } });
});

describe('an expression that reads mcp', () => {
  const READS = 'rules: [{require: {expressions: [{expression: "!has(mcp.name)"}]}}]';

  it('is refused where the API speaks no MCP: it would be true of every request', () => {
    const [policy, { findings }] = compileBinding(`sources: [{name: okta}], ${READS}`);
    expect(policy.judgement).toMatchObject({ kind: 'invalid' });
    expect(findings).toMatchObject([
      {
        reason: 'InvalidExpression',
        field: 'spec.rules[0].require.expressions[0].expression',
        message: expect.stringContaining('unknown name "mcp": only rules of a binding with spec.mcp read it'),
      },
    ]);
  });

  it('is taken where it does', () => {
    const [policy] = compileBinding(`mcp: {versions: ["2026-07-28"]}, ${READS}`);
    expect(policy.judgement).toMatchObject({ kind: 'rules' });
  });
});
