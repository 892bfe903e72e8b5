import { expect, it } from 'vitest';
import type { Requirements } from '../policy/policy.ts';
import { matchText, requirementLines } from './rule-text.ts';

const nothing = { anyOf: [], allOf: [], noneOf: [] };
const requirements: Requirements = {
  roles: nothing,
  scopes: nothing,
  claims: [],
  clients: { anyOf: [], noneOf: [] },
  expressions: [],
};

it('says what a rule matches', () => {
  expect(matchText({ paths: [], methods: [], hosts: [] })).toBe('every request');
  expect(
    matchText({
      paths: [
        { type: 'Exact', value: '/a' },
        { type: 'PathPrefix', value: '/b' },
      ],
      methods: ['GET', 'HEAD'],
      hosts: ['c.example'],
    }),
  ).toBe('GET, HEAD /a, PathPrefix /b at c.example');
  const any = { paths: [], methods: [], hosts: [] };
  expect(matchText({ ...any, mcp: { methods: [], names: [] } })).toBe('MCP: any request');
  expect(matchText({ ...any, mcp: { methods: ['tools/call'], names: ['delete_file', 'admin_*'] } })).toBe(
    'MCP: tools/call of delete_file, admin_*',
  );
  const paths = [{ type: 'PathPrefix', value: '/dear' }] as const;
  expect(matchText({ ...any, paths, mcp: { methods: [], names: [] } })).toBe(
    'PathPrefix /dear; MCP: any request',
  );
});

it('says all that it asks for', () => {
  expect(requirementLines(requirements)).toEqual([]);
  expect(
    requirementLines({
      roles: { ...nothing, anyOf: ['admin'] },
      scopes: { anyOf: ['a', 'b'], allOf: ['c'], noneOf: ['d'] },
      claims: [{ claim: 'acr', ...nothing, allOf: ['high'] }],
      clients: { anyOf: [], noneOf: ['cron'] },
      authentication: { acr: ['phr', 'phrh'], maxAge: 5400 },
      expressions: [
        { expression: 'claims.x == 1', message: '' },
        { expression: "'y' in scopes", message: '', scopes: ['y', 'z'] },
      ],
    }),
  ).toEqual([
    'roles: admin',
    'scopes: any of a, b',
    'scopes: all of c',
    'scopes: none of d',
    'claim acr: all of high',
    'clients: none of cron',
    'login (acr): any of phr, phrh',
    'login: at most 1h30m ago',
    'claims.x == 1',
    "'y' in scopes (scopes: y, z)",
  ]);
});
