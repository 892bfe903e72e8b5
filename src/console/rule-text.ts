/** A rule of the policy in words: what it matches, and what it asks for. */

import { formatDuration } from '../base/durations.ts';
import type {
  AuthenticationRequirement,
  Requirements,
  RulePolicy,
  ValueRequirement,
} from '../policy/policy.ts';
import type { McpMatch } from '../policy/rule-match.ts';

export function matchText({ paths, methods, hosts, mcp }: RulePolicy['match']): string {
  const parts = [
    methods.join(', '),
    paths.map(({ type, value }) => (type === 'Exact' ? value : `${type} ${value}`)).join(', '),
    hosts.length === 0 ? '' : `at ${hosts.join(', ')}`,
  ].filter((part) => part !== '');
  const http = parts.join(' ');
  if (mcp === undefined) return http === '' ? 'every request' : http;
  return http === '' ? mcpText(mcp) : `${http}; ${mcpText(mcp)}`;
}

function mcpText({ methods, names }: McpMatch): string {
  const calls = methods.length === 0 ? 'any request' : methods.join(', ');
  return `MCP: ${calls}${names.length === 0 ? '' : ` of ${names.join(', ')}`}`;
}

/** One line for each thing that must hold; empty = nothing but what `authentication` says. */
export function requirementLines(requirements: Requirements): readonly string[] {
  const { roles, scopes, claims, clients, authentication, expressions } = requirements;
  return [
    ...valueLines('roles', roles),
    ...valueLines('scopes', scopes),
    ...claims.flatMap((claim) => valueLines(`claim ${claim.claim}`, claim)),
    ...valueLines('clients', { ...clients, allOf: [] }),
    ...loginLines(authentication),
    ...expressions.map(({ expression, scopes = [] }) =>
      scopes.length === 0 ? expression : `${expression} (scopes: ${scopes.join(', ')})`,
    ),
  ];
}

function loginLines({ acr = [], maxAge }: Partial<AuthenticationRequirement> = {}): readonly string[] {
  return [
    ...valueLines('login (acr)', { anyOf: acr, allOf: [], noneOf: [] }),
    ...(maxAge === undefined ? [] : [`login: at most ${formatDuration(maxAge)} ago`]),
  ];
}

function valueLines(what: string, { anyOf, allOf, noneOf }: ValueRequirement): readonly string[] {
  const line = (word: string, values: readonly string[]): readonly string[] =>
    values.length === 0 ? [] : [`${what}: ${word} ${values.join(', ')}`];
  return [
    ...(anyOf.length === 1
      ? line('', anyOf).map((text) => text.replace(':  ', ': '))
      : line('any of', anyOf)),
    ...line('all of', allOf),
    ...line('none of', noneOf),
  ];
}
