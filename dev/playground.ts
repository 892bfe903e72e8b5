/** All that `make run` and `make demo` start: identity provider, the example's API, validator, and a real Envoy. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { envoyBootstrap } from '../src/sidecar/bootstrap.ts';
import { renderConfig } from '../src/sidecar/config.ts';
import { findEnvoy } from '../tools/envoy.ts';
import type { DemoApi } from './api.ts';
import { Children } from './children.ts';
import { tellsOfMistake } from './lines.ts';
import { issuerPort, type Manifests, manifestsFor } from './manifests.ts';
import { freePort, isFree } from './ports.ts';
import { type DevelopmentProvider, startProvider } from './provider.ts';
import { judging } from './readiness.ts';
import { JOE, type ProtectedApi } from './users.ts';

export interface Example {
  readonly name: string;
  /** Its manifests. */
  readonly folder: string;
  /** A request whose token is looked at: all is up when it can be judged. It is never sent. */
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
  /** What was typed to start it, for messages that say what to type. */
  readonly command: string;
  /** Hears every line of Envoy's access log. */
  onRequest?(line: string): void;
  /** Hears every line that the validator logs. */
  onLog?(line: string): void;
  /** Called once where a mistake in the manifests keeps all from being up; with it, the start waits for its end. */
  onMistake?(manifests: Manifests): void;
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
const LAST_PORT = 65_535;

/** Starts everything and returns when a request with a good token can be judged. */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  if (options.port !== 0 && !(await isFree(options.port))) {
    const other = await freePort(options.port < LAST_PORT ? options.port + 1 : 0);
    throw new PlaygroundError(
      `127.0.0.1:${options.port} is in use. Stop what listens there, or choose another port: ${options.command} PORTCULLIS_PORT=${other}`,
    );
  }
  const envoy = await findEnvoy().catch(fail);
  const logs = mkdtempSync(join(tmpdir(), 'portcullis-'));
  const children = new Children(PATIENCE);
  await using running = new AsyncDisposableStack();

  const { example } = options;
  const { folder, knock } = example;
  let isMistaken = false;
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
    onLine: (line) => {
      isMistaken ||= tellsOfMistake(line);
      options.onLog?.(line);
    },
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
    ...(options.onRequest && { onLine: options.onRequest }),
  });

  const { onMistake } = options;
  const problem = await Promise.race([
    judging({
      admin,
      listeners: [{ path: socket }, { port, host: '127.0.0.1' }],
      question: {
        ...{ method: knock.method, url: origin + knock.path, headers: knock.headers },
        token: await provider.token(JOE),
      },
      isMistaken: () => isMistaken,
      ...(onMistake && { onMistake: () => onMistake(manifests) }),
      timeout: START_TIMEOUT,
    }),
    children.died.then(fail),
  ]);
  if (problem !== undefined) {
    throw new PlaygroundError(
      `Requests are not judged after ${START_TIMEOUT / 1000} s (${problem}). The logs of Envoy and the validator: ${logs}`,
    );
  }

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

function fail(error: Error): never {
  throw new PlaygroundError(error.message);
}
