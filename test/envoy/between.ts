/** A real Envoy with the generated configuration, between an authorizer by script and any app on a port. */

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { envoyBootstrap } from '../../src/sidecar/bootstrap.ts';
import { renderConfig } from '../../src/sidecar/config.ts';
import type { ForwardedFor } from '../../src/sidecar/forwarded-for.ts';
import { type PortTls, secretFiles } from '../../src/sidecar/port-tls.ts';
import type { UnderscoreHeaders } from '../../src/sidecar/underscores.ts';
import { temporaryFolder } from '../support/server.ts';
import { startEnvoy } from './harness.ts';

export interface Between {
  /** Envoy's. It guards port 8080. */
  readonly port: number;
  /** What the authorizer does with a check; allows from the start. */
  authorize: (request: IncomingMessage, response: ServerResponse) => void;
  /** The checks that the authorizer saw; a test may empty it. */
  readonly checks: IncomingMessage[];
  /** Envoy's access log so far. */
  log(): readonly Readonly<Record<string, unknown>>[];
  stop(): Promise<void>;
}

/** For a poll: whether the number is what it was the time before, so that whoever makes it grow has come to rest. */
export function atRest(count: () => number): () => boolean {
  let before = -1;
  return () => {
    const now = count();
    const same = now === before;
    before = now;
    return same;
  };
}

/** Without it no answer allows. */
export const ALLOWED = { 'portcullis-outcome': 'allowed' };

export interface BetweenOptions {
  /** The app's, on 127.0.0.1. */
  readonly appPort: number;
  readonly protocol?: 'HTTP' | 'H2C' | 'HTTPS';
  readonly tls?: PortTls;
  /** Where the files are that `tls` names, by the guarded port. */
  readonly tlsFolder?: string;
  readonly maxHeapBytes?: number;
  readonly underscoreHeaders?: UnderscoreHeaders;
  readonly forwardedFor?: ForwardedFor;
  /** Where the app listens if not there. */
  readonly otherAddress?: string;
}

export async function putBetween(options: BetweenOptions): Promise<Between> {
  const {
    appPort,
    protocol = 'HTTP',
    maxHeapBytes = 256 * 1024 * 1024,
    underscoreHeaders = 'Drop',
    forwardedFor = 'Append',
    otherAddress,
    tls = {},
    tlsFolder,
  } = options;
  const folder = await temporaryFolder('between');
  const socket = join(folder.path, 'authorizer.sock');
  const authorizer = createServer({ maxHeaderSize: 96 * 1024 }, (request, response) => {
    between.checks.push(request);
    between.authorize(request, response);
  });
  authorizer.listen(socket);
  await once(authorizer, 'listening');
  const tlsFiles = tlsFolder === undefined ? undefined : { mount: tlsFolder, beside: folder.path };
  for (const [path, content] of tlsFiles === undefined ? [] : secretFiles(8080, tls, tlsFiles)) {
    await writeFile(path, renderConfig(content));
  }
  const envoy = await startEnvoy(
    envoyBootstrap({
      listeners: [
        {
          port: 8080,
          listen: { address: '127.0.0.1', port: 0 },
          app: {
            address: '127.0.0.1',
            port: appPort,
            from: '127.0.0.6',
            ...(otherAddress !== undefined && { otherAddress }),
          },
          protocol,
          tls,
          ...(tlsFiles !== undefined && { tlsFiles }),
        },
      ],
      authorizer: { kind: 'unix', path: socket },
      admin: 'off',
      underscoreHeaders,
      forwardedFor,
      maxHeapBytes,
    }),
  );
  const between: Between = {
    port: envoy.ports.guarded_8080 ?? 0,
    authorize: (_request, response) => response.writeHead(200, ALLOWED).end(),
    checks: [],
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
      await folder.remove();
    },
  };
  return between;
}
