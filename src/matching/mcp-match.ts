/** Which requests of MCP a rule takes, by method and name. */

import type { McpMatch } from '../policy/rule-match.ts';

/**
 * Methods whose `Mcp-Name` mirrors a part of the body, which servers compare it with; that of any other method says nothing.
 * The last three are of the extension io.modelcontextprotocol/tasks.
 */
export const METHODS_WITH_NAME: ReadonlySet<string> = new Set([
  'tools/call',
  'prompts/get',
  'resources/read',
  'tasks/get',
  'tasks/update',
  'tasks/cancel',
]);

/** Methods of clients in MCP 2026-07-28, and of that extension. A server may have more. */
export const KNOWN_METHODS: ReadonlySet<string> = new Set([
  ...METHODS_WITH_NAME,
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'completion/complete',
  'subscriptions/listen',
  'notifications/cancelled',
  'notifications/progress',
  'tasks/list',
  'tasks/result',
]);

/** What a request asks of an MCP server. */
export interface McpCall {
  readonly version: string;
  readonly method: string;
  /** Decoded. Undefined of methods that carry none. */
  readonly name: string | undefined;
}

export function takesCall(match: McpMatch, { method, name }: Pick<McpCall, 'method' | 'name'>): boolean {
  const { names } = match;
  return (
    takesMethod(match, method) &&
    (names.length === 0 || (name !== undefined && names.some((pattern) => fitsName(pattern, name))))
  );
}

export const takesMethod = ({ methods }: McpMatch, method: string): boolean =>
  methods.length === 0 || methods.includes(method);

export function fitsName(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
