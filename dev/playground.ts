/** All that `make run` and `make demo` start: identity provider, the example's API, validator, and a real Envoy. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { envoyBootstrap } from '../src/sidecar/bootstrap.ts';
import { renderConfig } from '../src/sidecar/config.ts';
import { findEnvoy } from '../tools/envoy.ts';
import type { DemoApi } from './api.ts';
import { Children } from './children.ts';
import { issuerPort, type Manifests, manifestsFor } from './manifests.ts';
import { freePort, isFree } from './ports.ts';
import { type DevelopmentProvider, startProvider } from './provider.ts';
import { get } from './request.ts';
import { JOE, type ProtectedApi } from './users.ts';

export interface Example {
  /** Its folder below examples/. */
  readonly name: string;
  /** A request whose token is looked at. */
  readonly knock: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
  };
  /** For which the provider gives tokens. @param origin where clients call it. */
  apis(origin: string): readonly [ProtectedApi, ...ProtectedApi[]];
  startApi(): Promise<DemoApi>;
}

export interface PlaygroundOptions {
  readonly example: Example;
  /** Envoy's port on 127.0.0.1; 0 = any that is free. */
  readonly port: number;
  /** Hears every line of Envoy's access log once all is up. */
  onRequest?(line: string): void;
  /** Hears every line that the validator logs. */
  onLog?(line: string): void;
}

export interface Playground {
  /** Where Envoy listens, on 127.0.0.1. */
  readonly port: number;
  /** The validator's admin address. */
  readonly admin: string;
  readonly provider: DevelopmentProvider;
  readonly manifests: Manifests;
  /** The folder of the processes' logs. */
  readonly logs: string;
  /** Settles when Envoy or the validator ends by itself. */
  readonly died: Promise<Error>;
  /** Stops everything, and removes the logs unless told to keep them. */
  stop(options?: { readonly keepLogs: boolean }): Promise<void>;
}

/** A failure that is the machine's and not the program's: its message says the way out. */
export class PlaygroundError extends Error {}

const ROOT = join(import.meta.dirname, '..');
const PORTCULLIS = join(ROOT, 'bin', 'portcullis');

/** What `--fetch-deny-cidrs` denies by default, without loopback, where the provider is. */
const DENIED_NETWORKS = '0.0.0.0/32,169.254.0.0/16,224.0.0.0/4,::/128,fe80::/10,ff00::/8';
const ENVOY_HEAP_BYTES = 256 * 1024 * 1024;
/** Milliseconds; the validator promises to end within five seconds. */
const PATIENCE = 6000;
const START_TIMEOUT = 30_000;
/** The request id by which our own first requests are told from a visitor's. */
const KNOCK = 'portcullis-start';

/** Starts everything and returns when a request with a good token is answered. */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  if (options.port !== 0 && !(await isFree(options.port))) {
    throw new PlaygroundError(
      `127.0.0.1:${options.port} is in use. Stop what listens there, or choose another port: make run PORTCULLIS_PORT=${options.port + 1}`,
    );
  }
  const envoy = await findEnvoy().catch(fail);
  const logs = mkdtempSync(join(tmpdir(), 'portcullis-'));
  const children = new Children(PATIENCE);
  await using running = new AsyncDisposableStack();

  const { example } = options;
  const heard = (tell?: (line: string) => void) => (line: string) => {
    if (!line.includes(KNOCK)) tell?.(line);
  };
  const folder = join(ROOT, 'examples', example.name);
  const port = await freePort(options.port);
  const origin = `http://127.0.0.1:${port}`;
  const api = await example.startApi();
  running.defer(api.stop);
  const provider = await startProvider(await freePort(issuerPort(folder) ?? 0), example.apis(origin));
  running.defer(provider.stop);
  running.defer(() => children.stop());

  const manifests = manifestsFor(folder, { issuer: provider.issuer, api: origin }, logs);
  const admin = `127.0.0.1:${await freePort(9003)}`;
  const socket = join(logs, 'validator.sock');

  children.start({
    name: 'validator',
    program: PORTCULLIS,
    args: [
      ...['validator', '--manifests', relative(ROOT, manifests.folder)],
      ...['--http', `unix:${socket}`, '--grpc', 'off', '--admin', admin],
      ...['--allow-insecure-http', '--fetch-deny-cidrs', DENIED_NETWORKS],
    ],
    cwd: ROOT,
    logFile: join(logs, 'validator.log'),
    onLine: heard(options.onLog),
  });
  children.start({
    name: 'Envoy',
    program: envoy,
    args: [
      ...['-c', writeEnvoyConfig(join(logs, 'envoy.json'), port, api.port, socket)],
      ...['--log-level', 'warn', '--concurrency', '1'],
      ...['--use-dynamic-base-id', '--file-flush-interval-msec', '50'],
    ],
    cwd: ROOT,
    logFile: join(logs, 'envoy.log'),
    onLine: heard(options.onRequest),
  });

  await Promise.race([answering({ port, knock: example.knock, provider, logs }), children.died.then(fail)]);

  const everything = running.move();
  return {
    port,
    admin,
    provider,
    manifests,
    logs,
    died: children.died,
    async stop({ keepLogs } = { keepLogs: false }) {
      await everything.disposeAsync();
      if (!keepLogs) rmSync(logs, { recursive: true, force: true });
    },
  };
}

/** Writes Envoy's configuration and returns its path. */
function writeEnvoyConfig(path: string, port: number, apiPort: number, socket: string): string {
  const config = envoyBootstrap({
    listeners: [
      {
        port,
        listen: { address: '127.0.0.1', port },
        app: { address: '127.0.0.1', port: apiPort },
        protocol: 'HTTP',
      },
    ],
    authorizer: { kind: 'unix', path: socket },
    admin: 'off',
    maxHeapBytes: ENVOY_HEAP_BYTES,
  });
  writeFileSync(path, renderConfig(config));
  return path;
}

interface Knock extends Pick<Playground, 'port' | 'provider' | 'logs'> {
  readonly knock: Example['knock'];
}

/** Returns when a good token gets an answer of the validator's. */
async function answering({ port, knock, provider, logs }: Knock): Promise<void> {
  const { method, path } = knock;
  const headers = {
    ...knock.headers,
    authorization: `Bearer ${await provider.token(JOE)}`,
    'x-request-id': KNOCK,
  };
  const deadline = Date.now() + START_TIMEOUT;
  while (Date.now() < deadline) {
    const answer = await get(port, path, headers, { method }).catch(() => undefined);
    if (answer !== undefined && answer.status !== 503) return;
    await pause(50);
  }
  throw new PlaygroundError(
    `Envoy and the validator gave no answer within ${START_TIMEOUT / 1000} s. Their logs: ${logs}`,
  );
}

function fail(error: Error): never {
  throw new PlaygroundError(error.message);
}
