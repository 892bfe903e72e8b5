/** An MCP server behind real Envoys and validators, and what comes through to it. */

import type { IncomingHttpHeaders } from 'node:http';
import { serveApi } from '../../dev/api.ts';
import { createMcpApp, MCP_PATH, type McpApp } from '../../dev/mcp.ts';
import { type OpenDoors, openDoors } from './doors.ts';
import { createTools, type Tools } from './tools.ts';

/** A request that came to the app. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface McpWorld extends OpenDoors {
  readonly app: Pick<McpApp, 'notify'>;
  readonly tools: Tools;
  readonly arrived: readonly Arrived[];
}

export async function startMcpWorld(manifests: string): Promise<McpWorld> {
  await using starting = new AsyncDisposableStack();
  const tools = createTools();
  const app = createMcpApp(tools.add);
  const arrived: Arrived[] = [];
  const api = await serveApi((request, response) => {
    const { method = '', url = '', headers } = request;
    arrived.push({ method, path: url, headers });
    // At the root of a host of its own, too.
    if (url === '/') request.url = MCP_PATH;
    if (request.url === MCP_PATH) return app.answer(request, response);
    request.resume();
    response.end('an API that is no MCP server');
  }, 0);
  starting.defer(api.stop);
  const doors = await openDoors(api.port, manifests);
  starting.defer(doors.stop);
  const running = starting.move();
  return {
    ...doors,
    get validators() {
      return doors.validators;
    },
    app,
    tools,
    arrived,
    stop: () => running.disposeAsync(),
  };
}
