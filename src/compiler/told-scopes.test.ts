import { describe, expect, it } from 'vitest';
import { all, any, type RuleChanges, rulePolicy } from '../../test/support/policy.ts';
import { toldScopes } from './told-scopes.ts';

const PATH = '/mcp';
const asks = (scope: string, changes: RuleChanges = {}) =>
  rulePolicy({ require: { scopes: all(scope) }, ...changes });
const calls = (scope: string, methods: readonly string[], names: readonly string[] = []) =>
  asks(scope, { match: { mcp: { methods, names } } });
const at = (type: 'Exact' | 'PathPrefix' | 'RegularExpression', value: string) => ({
  match: { paths: [{ type, value }] },
});

it('are all that rules ask for, where no MCP is spoken', () => {
  const rules = [
    asks('a'),
    rulePolicy({ require: { scopes: any('b', 'a') } }),
    asks('c', { authentication: 'Deny' }),
  ];
  expect(toldScopes(rules, undefined)).toEqual(['a', 'b']);
});

describe('of an MCP server they are those of the first calls', () => {
  const rest = asks('read');

  it.each([
    [
      'not of a tool',
      [calls('delete', ['tools/call'], ['delete_file']), calls('call', ['tools/call']), rest],
      ['read'],
    ],
    ['of a list', [calls('list', ['tools/list']), rest], ['list', 'read']],
    ['of every list', [calls('list', []), rest], ['list']],
    ['not behind a rule that takes all of them', [rest, asks('later')], ['read']],
    [
      'not of another path',
      [asks('admin', at('PathPrefix', '/admin')), asks('x', at('Exact', '/')), rest],
      ['read'],
    ],
    ['of its path', [asks('mcp', at('Exact', PATH)), rest], ['mcp', 'read']],
    ['of what may be its path', [asks('maybe', at('RegularExpression', '/x.*')), rest], ['maybe', 'read']],
    ['of one of its hosts', [asks('host', { match: { hosts: ['a.example'] } }), rest], ['host', 'read']],
    ['not of other methods of HTTP', [asks('get', { match: { methods: ['GET'] } }), rest], ['read']],
    ['not of what is refused', [asks('no', { authentication: 'Deny' }), rest], []],
    ['none, where they need none', [calls('call', ['tools/call']), rulePolicy()], []],
    ['none without rules', [], []],
  ] as const)('%s', (_, rules, told) => {
    expect(toldScopes(rules, PATH)).toEqual(told);
  });
});
