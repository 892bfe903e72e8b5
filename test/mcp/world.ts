/** An MCP server behind two real Envoys, which ask one real validator over HTTP and over gRPC. */

import type { IncomingHttpHeaders } from 'node:http';
import type { McpServer } from '@modelcontextprotocol/server';
import { serveApi } from '../../dev/api.ts';
import { createMcpApp, MCP_PATH, type McpApp, text } from '../../dev/mcp.ts';
import { bootstrap, type Protocol } from '../envoy/guarded.ts';
import { type Envoy, startEnvoy } from '../envoy/harness.ts';
import { startValidator, type Validator } from '../support/validator.ts';

export const PROTOCOLS: readonly Protocol[] = ['http', 'grpc'];

/** A request that came to the app. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export interface McpWorld {
  readonly envoys: Readonly<Record<Protocol, Envoy>>;
  port(protocol: Protocol): number;
  readonly validator: Validator;
  readonly app: Pick<McpApp, 'notify'>;
  readonly arrived: readonly Arrived[];
  /** Lets the tool `watch_file`, which has said that it is half done, come to its end. */
  finishWatching(): void;
  stop(): Promise<void>;
}

const FETCH_LIMIT = 60;

export async function startMcpWorld(manifests: string): Promise<McpWorld> {
  await using starting = new AsyncDisposableStack();
  let watching = Promise.withResolvers<void>();
  const addTools = (server: McpServer): void => {
    server.registerTool('watch_file', { description: 'Shows a file as it grows' }, async ({ mcpReq }) => {
      const { progressToken } = mcpReq._meta ?? {};
      watching = Promise.withResolvers();
      await mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress: 1, total: 2 },
      });
      await watching.promise;
      return text('All of it.');
    });
  };
  const app = createMcpApp(addTools);
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

  const validator = await startValidator({
    manifests,
    flags: ['--allow-insecure-http', '--fetch-deny-cidrs', '169.254.0.0/16'],
  });
  starting.defer(validator.stop);
  await validator.server.until('in possession of the keys', FETCH_LIMIT, async () =>
    (await validator.metric('portcullis_key_fetches_total{source="shop/idp",result="success"}')) > 0
      ? true
      : undefined,
  );
  const address = '127.0.0.1';
  const envoys = {
    http: await startEnvoy(bootstrap(api, { kind: 'tcp', address, port: Number(validator.http) })),
    grpc: await startEnvoy(
      bootstrap(api, { kind: 'grpc', address: { address, port: Number(validator.grpc) } }),
    ),
  };
  starting.defer(async () => {
    await Promise.all([envoys.http.stop(), envoys.grpc.stop()]);
  });
  const running = starting.move();
  return {
    envoys,
    port: (protocol) => envoys[protocol].ports.guarded_8080 ?? 0,
    validator,
    app,
    arrived,
    finishWatching: () => watching.resolve(),
    stop: () => running.disposeAsync(),
  };
}
