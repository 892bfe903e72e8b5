/** MCP servers behind real Envoys and validators, and what comes through to them. */

import type { IncomingHttpHeaders } from 'node:http';
import { serveApi } from '../../dev/api.ts';
import { createMcpApp, MCP_PATH, type McpApp } from '../../dev/mcp.ts';
import { type OpenDoors, openDoors } from './doors.ts';
import { FOR_ALL, NAMES } from './manifests.ts';
import { type AnyTool, createAnyTool, createForAllVersions, type ForAllVersions } from './servers.ts';
import { createTools, type Tools } from './tools.ts';

/** A request that came to the app. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface McpWorld extends OpenDoors {
  /** Where the servers are reached past the guard. */
  readonly unguarded: number;
  readonly app: Pick<McpApp, 'notify'>;
  readonly tools: Tools;
  /** At NAMES. */
  readonly anyTool: AnyTool;
  /** At FOR_ALL. */
  readonly forAll: ForAllVersions;
  readonly arrived: readonly Arrived[];
}

export async function startMcpWorld(manifests: string): Promise<McpWorld> {
  await using starting = new AsyncDisposableStack();
  const tools = createTools();
  const app = createMcpApp(tools.add);
  const anyTool = createAnyTool('reject');
  const forAll = createForAllVersions();
  const others = new Map<string, Pick<AnyTool, 'answer'>>([
    [new URL(NAMES).host, anyTool],
    [new URL(FOR_ALL).host, forAll],
  ]);
  const arrived: Arrived[] = [];
  const api = await serveApi((request, response) => {
    const { method = '', url = '', headers } = request;
    arrived.push({ method, path: url, headers });
    const other = others.get(headers.host ?? '');
    if (other !== undefined) return void other.answer(request, response);
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
    unguarded: api.port,
    app,
    tools,
    anyTool,
    forAll,
    arrived,
    stop: () => running.disposeAsync(),
  };
}
