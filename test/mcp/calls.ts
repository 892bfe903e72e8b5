/** Requests of MCP as anybody could write them: with headers that are not those of the body. */

import { type Received, send } from '../envoy/guarded.ts';

export const VERSION = '2026-07-28';

type Header = readonly [name: string, value: string];

export interface Call {
  readonly host: string;
  readonly token: string;
  /** Of `Mcp-Name`, one for each time that it comes. */
  readonly names: readonly string[];
  readonly method?: string;
  /** Text is sent as it stands. */
  readonly body: unknown;
  /** In place of those that are usual. */
  readonly others?: readonly Header[];
}

export function call(
  port: number,
  { host, token, names, method = 'tools/call', body, others = [] }: Call,
): Promise<Received> {
  const usual: readonly Header[] = [
    ['host', host],
    ['authorization', `Bearer ${token}`],
    ['content-type', 'application/json'],
    ['accept', 'application/json, text/event-stream'],
    ['mcp-protocol-version', VERSION],
    ['mcp-method', method],
    ...names.map((name) => ['mcp-name', name] as const),
  ];
  const replaced = new Set(others.map(([name]) => name));
  const headers = [...usual.filter(([name]) => !replaced.has(name)), ...others];
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return send(port, { method: 'POST', target: '/mcp', headers, body: text });
}

const PREFIX = 'io.modelcontextprotocol';

/** What is sent for a call of a tool, and what the other two methods with a name have in its place. */
export const bodyOf = (method: string, name: string): unknown => ({
  jsonrpc: '2.0',
  id: 1,
  method,
  params: {
    ...(method === 'resources/read' ? { uri: name } : { name }),
    _meta: {
      [`${PREFIX}/protocolVersion`]: VERSION,
      [`${PREFIX}/clientInfo`]: { name: 'raw', version: '1.0.0' },
      [`${PREFIX}/clientCapabilities`]: {},
    },
  },
});
