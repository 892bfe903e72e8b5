/** The data plane whole: manifests compiled, both services, and a real Envoy in front of an app for each. */

import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { type DemoApi, startDemoApi } from '../../dev/api.ts';
import { finishSteps } from '../../src/base/steps.ts';
import { manualClock } from '../../src/base/testing/manual-clock.ts';
import { compile } from '../../src/compiler/compile.ts';
import { type Enforcer, prepareEnforcer } from '../../src/decision/enforcer.ts';
import { readManifests } from '../../src/resources/manifests.ts';
import type { Authorizer } from '../../src/sidecar/authorizer.ts';
import { envoyBootstrap } from '../../src/sidecar/bootstrap.ts';
import { type AuthorizerParts, createAuthorizer } from '../../src/validator/authorizer.ts';
import { startGrpcService } from '../../src/validator/grpc/server.ts';
import { createHttpService } from '../../src/validator/http/server.ts';
import { type AnswerCheck, atOnce } from '../../src/validator/testing/asking.ts';
import { NO_PROXY } from '../../src/validator/testing/no-proxy.ts';
import { createTokenCache } from '../../src/validator/token-cache.ts';
import { freePorts, temporaryFolder } from '../support/server.ts';
import { NOW } from '../support/verification.ts';
import { type Envoy, startEnvoy } from './harness.ts';

export type Protocol = 'http' | 'grpc';

export interface Guarded {
  /** Envoy's port, by the protocol in which it asks. */
  readonly ports: Readonly<Record<Protocol, number>>;
  /** The HTTP service's own address. */
  readonly socket: string;
  /** What judges; a test may put in parts of its own and take them out again. */
  parts: AuthorizerParts;
  readonly logs: Readonly<Record<Protocol, () => string>>;
  stop(): Promise<void>;
}

/** Compiles manifests as they stand; findings of severity error are the test's own affair. */
export function enforcerFor(manifests: string): Enforcer {
  const { set } = readManifests('test.yaml', manifests);
  const { update } = compile({
    resources: set,
    keySets: new Map(),
    allowInsecureHttp: false,
    secretRevision: () => '1',
  });
  return finishSteps(prepareEnforcer(update));
}

/** @param app in place of the demo API, which echoes. */
export async function startGuarded(manifests: string, app?: { readonly port: number }): Promise<Guarded> {
  const folder = await temporaryFolder('guarded');
  const socket = join(folder.path, 'validator.sock');
  const enforcer = enforcerFor(manifests);
  const errors: unknown[] = [];
  const parts: AuthorizerParts = {
    enforcer: () => enforcer,
    refreshKeys: () => undefined,
    cache: createTokenCache(),
    queue: { submit: () => 'overloaded' },
    clock: manualClock(NOW * 1000),
    metrics: { tokenCacheHit: () => undefined, tokenCacheMiss: () => undefined },
    onUnspelt: () => undefined,
    onError: (error) => errors.push(error),
  };
  const answer: AnswerCheck = (check) => createAuthorizer(guarded.parts)(check.request);
  const onError = (error: unknown): void => void errors.push(error);
  const asked = { ask: atOnce(answer), record: () => undefined, onError };
  const http = createHttpService({ ...asked, ...NO_PROXY });
  await new Promise<void>((listening) => http.listen(socket, listening));
  const grpc = await startGrpcService({ kind: 'tcp', host: '127.0.0.1', port: 0 }, asked);
  if (grpc.address.kind !== 'tcp') throw new Error('gRPC does not listen on TCP');
  // Of its own, so that it can go and come back.
  const [port = 0] = await freePorts(1);
  const api = app === undefined ? await startDemoApi(port) : { ...app, stop: async () => {} };
  const envoys = {
    http: await startEnvoy(bootstrap(api, { kind: 'unix', path: socket })),
    grpc: await startEnvoy(
      bootstrap(api, { kind: 'grpc', address: { address: '127.0.0.1', port: grpc.address.port } }),
    ),
  };
  const portOf = (envoy: Envoy): number => envoy.ports.guarded_8080 ?? 0;
  const guarded: Guarded = {
    ports: { http: portOf(envoys.http), grpc: portOf(envoys.grpc) },
    socket,
    parts,
    logs: { http: envoys.http.logs, grpc: envoys.grpc.logs },
    stop: async () => {
      await Promise.all([envoys.http.stop(), envoys.grpc.stop(), api.stop()]);
      http.closeAllConnections();
      http.close();
      grpc.destroy();
      await folder.remove();
      rmSync(socket, { force: true });
    },
  };
  return guarded;
}

export function bootstrap(api: Pick<DemoApi, 'port'>, authorizer: Authorizer): object {
  return envoyBootstrap({
    listeners: [
      {
        port: 8080,
        listen: { address: '127.0.0.1', port: 0 },
        app: { address: '127.0.0.1', port: api.port },
        protocol: 'HTTP',
      },
    ],
    authorizer,
    admin: 'off',
    maxHeapBytes: 256 * 1024 * 1024,
  });
}

export interface Sent {
  readonly method?: string;
  readonly target?: string;
  /** Doubled ones stay doubled. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** Sends bytes as they are given, to a port of 127.0.0.1 or to a socket. */
export function send(
  to: number | string,
  { method = 'GET', target = '/', headers = [], body: sent }: Sent,
): Promise<Received> {
  const { promise, resolve, reject } = Promise.withResolvers<Received>();
  const place = typeof to === 'number' ? { host: '127.0.0.1', port: to } : { socketPath: to };
  const outgoing = request(
    { ...place, method, path: target, headers: headers.flat(), setHost: false, agent: false },
    async (response) => {
      let body = '';
      for await (const part of response.setEncoding('utf8')) body += part;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
    },
  );
  outgoing.once('error', reject);
  outgoing.end(sent);
  return promise;
}
