/** Cases for the rules of ApiBinding about MCP. */

import type { JsonObject } from '../../src/base/json.ts';
import { binding, rule } from './binding-specs.ts';
import type { RuleCase } from './cases.ts';

const VERSIONS = { versions: ['2026-07-28'] };
const mcpNames = (...names: readonly string[]): JsonObject =>
  binding({ mcp: VERSIONS, rules: [{ match: { mcp: { names: [...names] } } }] });

export const MCP_CASES: readonly RuleCase[] = [
  {
    at: 'spec',
    says: 'match.mcp needs spec.mcp',
    refused: rule({ match: { mcp: {} } }),
    accepted: binding({ mcp: VERSIONS, rules: [{ match: { mcp: {} } }, {}] }),
  },
  {
    at: 'spec.mcp.versions[]',
    says: 'a version of MCP is a date such as "2026-07-28"; write it in quotes',
    refused: binding({ mcp: { versions: ['2026-07-28T00:00:00Z'] } }),
    accepted: binding({ mcp: { versions: ['2026-07-28', '2027-01-01'] } }),
  },
  {
    at: 'spec.mcp.versions[]',
    says: 'versions before 2026-07-28 have no headers for method and name',
    refused: binding({ mcp: { versions: ['2026-07-27'] } }),
    accepted: binding({ mcp: { versions: ['2026-07-28'], other: 'Pass' } }),
  },
  {
    at: 'spec.rules[].match.mcp.names[]',
    says: 'a name is exact, or has one * at its end',
    refused: mcpNames('*_file'),
    accepted: mcpNames('admin_*', '*', 'file:///a b,c'),
  },
];
