/** The demo MCP server: some files in memory, to be listed, read and deleted. It knows nothing of tokens. */

import type { RequestListener } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  type CallToolResult,
  createMcpHandler,
  fromJsonSchema,
  type McpHttpHandler,
  McpServer,
} from '@modelcontextprotocol/server';

export const MCP_PATH = '/mcp';

export interface McpApp {
  readonly answer: RequestListener;
  /** Tells whoever listens what has changed. */
  readonly notify: McpHttpHandler['notify'];
}

const PATH = fromJsonSchema<{ readonly path: string }>({
  type: 'object',
  properties: { path: { type: 'string' } },
  required: ['path'],
});

/** @param addTools further ones. A server is made for each request. */
export function createMcpApp(addTools: (server: McpServer) => void = () => {}): McpApp {
  const files = new Map([
    ['notes.txt', 'Water the plants.'],
    ['plan.txt', 'Rest on Sunday.'],
  ]);
  const handler = createMcpHandler(
    () => {
      const server = new McpServer({ name: 'files', version: '1.0.0' });
      server.registerTool('list_files', { description: 'Names all files' }, () =>
        text([...files.keys()].join('\n')),
      );
      server.registerTool('read_file', { description: 'Shows a file', inputSchema: PATH }, ({ path }) =>
        text(files.get(path) ?? `There is no ${path}.`),
      );
      server.registerTool('delete_file', { description: 'Deletes a file', inputSchema: PATH }, ({ path }) =>
        text(files.delete(path) ? `${path} is gone.` : `There is no ${path}.`),
      );
      addTools(server);
      return server;
    },
    // What rules go by are the headers, which older clients do not send.
    { legacy: 'reject' },
  );
  const atPath = toNodeHandler(handler);
  return {
    notify: handler.notify,
    answer(request, response) {
      const { method = '', url = '' } = request;
      if (url === MCP_PATH) return void atPath(Object.assign(request, { method, url }), response);
      request.resume();
      response.writeHead(404).end();
    },
  };
}

/** A tool's answer. */
export const text = (said: string): CallToolResult => ({ content: [{ type: 'text', text: said }] });
