/** Requests of MCP, and a binding that guards a server of it: one tool needs more than the rest. */

import type { Decision } from '../../src/decision/decision.ts';
import type { BindingPolicy, RulePolicy } from '../../src/policy/policy.ts';
import { decide, enforce, joe, type RequestChanges, request } from './decide.ts';
import { all, bindingPolicy, rulePolicy } from './policy.ts';

export const VERSION = '2026-07-28';
export const DELETE = rulePolicy({
  name: 'delete',
  match: { mcp: { methods: ['tools/call'], names: ['delete_file', 'admin_*'] } },
  require: { scopes: all('files:delete') },
});
export const REST = rulePolicy({ name: 'rest', require: { scopes: all('files:read') } });

export const guarded = (
  other: 'Deny' | 'Pass' = 'Deny',
  rules: readonly RulePolicy[] = [DELETE, REST],
  changes: Partial<BindingPolicy> = {},
): BindingPolicy => bindingPolicy({ mcp: { versions: [VERSION], other }, rules }, changes);

export const reader = joe({ scope: 'files:read' });

const headers = (changes: Readonly<Record<string, string | undefined>> = {}) => ({
  authorization: `Bearer ${reader}`,
  'content-type': 'application/json',
  'mcp-protocol-version': VERSION,
  'mcp-method': 'tools/call',
  'mcp-name': 'read_file',
  ...changes,
});

export type Changes = Readonly<Record<string, string | undefined>>;

export function ask(changes: Changes = {}, asked: RequestChanges = {}, binding = guarded()): Decision {
  return decide(enforce(binding), request({ method: 'POST', ...asked, headers: headers(changes) }));
}

export const said = (decision: Decision): string =>
  `${decision.outcome} ${decision.reason}${decision.rule === undefined ? '' : ` by ${decision.rule}`}`;
export const errorOf = (decision: Decision) =>
  decision.outcome === 'denied' ? JSON.parse(decision.body).error : undefined;

export const encoded = (name: string): string => `=?base64?${Buffer.from(name).toString('base64')}?=`;
