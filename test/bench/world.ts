/** The processes of one measurement: started, waited for, watched and stopped. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../dev/ports.ts';
import type { Authorizer } from '../../src/sidecar/authorizer.ts';
import { type ConfigObject, renderConfig } from '../../src/sidecar/config.ts';
import { type Check, measuredEnvoy, noOpAuthorizer } from './envoys.ts';
import { type ManifestOptions, writeManifests } from './manifests.ts';

const VALIDATOR = fileURLToPath(new URL('../../bin/portcullis', import.meta.url));
/** Milliseconds that anything here may take to come up. */
const PATIENCE = 30_000;
const POLL = 2;

export interface Running {
  readonly pid: number;
}

export interface RunningValidator extends Running {
  readonly authorizer: Authorizer;
  /** From the start of the process to its first ready answer, in milliseconds. */
  readonly startup: number;
  /** The value of a counter, of all its series together. */
  metric(name: string): Promise<number>;
}

export class World implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'));
  readonly #envoy: string;
  readonly #children: ChildProcess[] = [];
  #files = 0;

  constructor(envoy: string) {
    this.#envoy = envoy;
  }

  /** A file of the world's own that goes with it. */
  file(content: string, ending: string): string {
    this.#files += 1;
    const path = join(this.folder, `${this.#files}.${ending}`);
    writeFileSync(path, content);
    return path;
  }

  /** An Envoy with one worker on a free port of 127.0.0.1. */
  async checking(check: Check): Promise<Running & { readonly port: number }> {
    const port = await freePort(0);
    const { pid } = this.#startEnvoy(measuredEnvoy(port, check));
    await answers({ port, path: '/' });
    return { pid, port };
  }

  /** An Envoy with these arguments. What it writes to /dev/stdout, as an access log, is thrown away. */
  envoy(args: readonly string[]): Running {
    return this.#start(this.#envoy, args);
  }

  async noOp(): Promise<Running & { readonly authorizer: Authorizer }> {
    const path = join(this.folder, `noop-${this.#children.length}.sock`);
    const { pid } = this.#startEnvoy(noOpAuthorizer(path));
    await answers({ socketPath: path, path: '/' });
    return { pid, authorizer: { kind: 'unix', path } };
  }

  async validator(
    alg: string,
    bindings: number,
    protocol: 'http' | 'grpc',
    besides: ManifestOptions = {},
  ): Promise<RunningValidator> {
    const manifests = mkdtempSync(join(this.folder, 'manifests-'));
    writeManifests(manifests, alg, bindings, besides);
    const socket = join(manifests, '..', `validator-${this.#children.length}.sock`);
    const [admin, grpc] = [await freePort(0), await freePort(0)];
    const addresses =
      protocol === 'http' ? ['--http', `unix:${socket}`] : ['--http', 'off', '--grpc', `127.0.0.1:${grpc}`];
    const begun = performance.now();
    const { pid } = this.#start(VALIDATOR, [
      ...['validator', '--manifests', manifests, '--admin', `127.0.0.1:${admin}`],
      ...(protocol === 'http' ? ['--grpc', 'off'] : []),
      ...addresses,
    ]);
    await answers({ port: admin, path: '/readyz' });
    return {
      pid,
      startup: performance.now() - begun,
      authorizer:
        protocol === 'http'
          ? { kind: 'unix', path: socket }
          : { kind: 'grpc', address: { address: '127.0.0.1', port: grpc } },
      metric: async (name) => sumOf(name, (await answers({ port: admin, path: '/metrics' })).body),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
      await ended;
      clearTimeout(timer);
    }
    rmSync(this.folder, { recursive: true });
  }

  #startEnvoy(config: ConfigObject): Running {
    const path = this.file(renderConfig(config), 'json');
    return this.envoy(['-c', path, '--concurrency', '1', '--use-dynamic-base-id', '--log-level', 'error']);
  }

  #start(program: string, args: readonly string[]): Running {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    this.#children.push(child);
    if (child.pid === undefined) throw new Error(`${program} could not be started`);
    return { pid: child.pid };
  }
}

type Place = { readonly path: string } & ({ readonly port: number } | { readonly socketPath: string });

/** The first answer below 500 that is not "nobody there"; a refusal is an answer too. */
async function answers(place: Place): Promise<{ readonly status: number; readonly body: string }> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    const answer = await ask(place);
    if (answer !== undefined && answer.status < 500) return answer;
    if (performance.now() > deadline) throw new Error(`nothing answers at ${JSON.stringify(place)}`);
    await sleep(POLL);
  }
}

function ask(place: Place): Promise<{ readonly status: number; readonly body: string } | undefined> {
  const { promise, resolve } = Promise.withResolvers<{ status: number; body: string } | undefined>();
  const signal = AbortSignal.timeout(PATIENCE);
  const asking = request({ host: '127.0.0.1', ...place, agent: false, signal }, (response) => {
    const { statusCode: status = 0 } = response;
    text(response).then(
      (body) => resolve({ status, body }),
      () => resolve(undefined),
    );
  });
  asking.once('error', () => resolve(undefined));
  asking.end();
  return promise;
}

/** Of the Prometheus text format: the series of one name, added up. */
function sumOf(name: string, page: string): number {
  return page
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
