/** MCP servers other than the demo: one that has every tool there could be, and one for clients of any version. */

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { json } from 'node:stream/consumers';
import { NodeStreamableHTTPServerTransport, toNodeHandler } from '@modelcontextprotocol/node';
import { classifyInboundRequest, createMcpHandler, McpServer, Server } from '@modelcontextprotocol/server';
import { text } from '../../dev/mcp.ts';

export interface AnyTool {
  readonly answer: RequestListener;
  /** What it was asked for and did, in order. */
  readonly executed: string[];
}

/** Whatever a request's body calls, gets or reads, it has, once it has compared the headers with the body. */
export function createAnyTool(legacy: 'reject' | 'stateless'): AnyTool {
  const executed: string[] = [];
  const handler = createMcpHandler(
    () => {
      const server = new Server(
        { name: 'everything', version: '1.0.0' },
        { capabilities: { tools: {}, prompts: {}, resources: {} } },
      );
      server.setRequestHandler('tools/call', ({ params: { name } }) => {
        executed.push(name);
        return text('done');
      });
      server.setRequestHandler('prompts/get', ({ params: { name } }) => {
        executed.push(name);
        return { messages: [] };
      });
      server.setRequestHandler('resources/read', ({ params: { uri } }) => {
        executed.push(uri);
        return { contents: [], ttlMs: 0, cacheScope: 'private' as const };
      });
      return server;
    },
    { legacy },
  );
  const handle = toNodeHandler(handler);
  return { executed, answer: (request, response) => void handle(whole(request), response) };
}

export interface ForAllVersions {
  readonly answer: RequestListener;
  /** Identifiers of the sessions that are open. */
  readonly sessions: ReadonlyMap<string, unknown>;
  /** Tells each session that the tools have changed. */
  announce(): void;
}

/** Goes by the body, as the SDK advises; clients of older versions have sessions, which this process keeps. */
export function createForAllVersions(): ForAllVersions {
  const newServer = (): McpServer => {
    const server = new McpServer({ name: 'for all', version: '1.0.0' });
    server.registerTool('read_file', { description: 'Shows a file' }, () => text('Water the plants.'));
    server.registerTool('delete_file', { description: 'Deletes a file' }, () => text('It is gone.'));
    return server;
  };
  const modern = toNodeHandler(createMcpHandler(newServer, { legacy: 'reject' }));
  const sessions = new Map<string, { transport: NodeStreamableHTTPServerTransport; server: McpServer }>();
  const open = async (): Promise<NodeStreamableHTTPServerTransport> => {
    const server = newServer();
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, { transport, server }),
      onsessionclosed: (id) => void sessions.delete(id ?? ''),
    });
    await server.connect(transport);
    return transport;
  };
  const headerOf = (value: string | readonly string[] | undefined): string | undefined =>
    value === undefined ? undefined : String(value);
  return {
    sessions,
    announce() {
      for (const { server } of sessions.values()) server.sendToolListChanged();
    },
    async answer(request, response) {
      const { method: httpMethod = '', headers } = request;
      const body = httpMethod === 'POST' ? await json(request) : undefined;
      const version = headerOf(headers['mcp-protocol-version']);
      const named = headerOf(headers['mcp-method']);
      const { kind } = classifyInboundRequest({
        httpMethod,
        ...(version !== undefined && { protocolVersionHeader: version }),
        ...(named !== undefined && { mcpMethodHeader: named }),
        body,
      });
      if (kind !== 'legacy') return modern(whole(request), response, body);
      const id = headerOf(headers['mcp-session-id']);
      const transport = id === undefined ? await open() : sessions.get(id)?.transport;
      if (transport === undefined) return void response.writeHead(404).end();
      await transport.handleRequest(whole(request), response, body);
    },
  };
}

/** A request that came to a server has both. */
const whole = (request: IncomingMessage) =>
  Object.assign(request, { method: request.method ?? '', url: request.url ?? '' });
