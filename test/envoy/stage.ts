/** A real Envoy with the generated configuration, between an authorizer by script and an app that echoes. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type DemoApi, startDemoApi } from '../../dev/api.ts';
import { envoyBootstrap } from '../../src/sidecar/bootstrap.ts';
import { temporaryFolder } from '../support/server.ts';
import { startEnvoy } from './harness.ts';

export interface Stage {
  /** Envoy's. It guards port 8080. */
  readonly port: number;
  api: DemoApi;
  /** What the authorizer does with a check. */
  authorize: (request: IncomingMessage, response: ServerResponse) => void;
  /** The last check that the authorizer saw. */
  checked: IncomingMessage | undefined;
  /** Envoy's access log so far. */
  log(): readonly Readonly<Record<string, unknown>>[];
  stop(): Promise<void>;
}

export async function setStage(): Promise<Stage> {
  const folder = await temporaryFolder('stage');
  const socket = join(folder.path, 'authorizer.sock');
  const api = await startDemoApi(0);
  const authorizer = createServer((request, response) => {
    stage.checked = request;
    stage.authorize(request, response);
  });
  authorizer.listen(socket);
  await once(authorizer, 'listening');
  const envoy = await startEnvoy(
    envoyBootstrap({
      listeners: [
        {
          port: 8080,
          listen: { address: '127.0.0.1', port: 0 },
          app: { address: '127.0.0.1', port: api.port, from: '127.0.0.6' },
          protocol: 'HTTP',
        },
      ],
      authorizer: { kind: 'unix', path: socket },
      admin: 'off',
      maxHeapBytes: 256 * 1024 * 1024,
    }),
  );
  const stage: Stage = {
    port: envoy.ports.guarded_8080 ?? 0,
    api,
    authorize: (_request, response) => response.writeHead(200).end(),
    checked: undefined,
    log: () =>
      envoy
        .logs()
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .map((line) => JSON.parse(line)),
    async stop() {
      await envoy.stop();
      authorizer.closeAllConnections();
      authorizer.close();
      await stage.api.stop();
      await folder.remove();
    },
  };
  return stage;
}
