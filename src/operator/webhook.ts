/** The webhook's server: over TLS, with a certificate that changes while it runs. Every replica has one. */

import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import express, { type Router } from 'express';
import { type Clock, sleep } from '../base/clock.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { Policies } from '../planning/policies.ts';
import { closerOf } from '../process/closing.ts';
import { bindProblem } from '../process/listen.ts';
import { type CertificateSource, createTlsServer } from '../process/tls.ts';
import type { Log } from '../telemetry/log.ts';
import { bounded } from './admission/bounds.ts';
import { ADMISSION_PATH } from './admission/configuration.ts';
import { boundedBytes } from './admission/in-flight.ts';
import { judgeAdmission } from './admission/judge-admission.ts';
import { keyedPaths } from './admission/keyed.ts';
import { createLive } from './admission/live.ts';
import { inTurn } from './admission/namespace-turns.ts';
import { within } from './admission/namespaces.ts';
import { admissionRouter, MAX_BODY } from './admission/router.ts';
import type { PathKeyFollower } from './certificates/path-keys-source.ts';
import { GUARDED_PATH, INJECT_PATH } from './injection/configuration.ts';
import { createInjector, type InjectorParts } from './injection/injector.ts';
import { createReading } from './injection/reading.ts';
import { createTrust } from './injection/trust.ts';
import type { OperatorOptions } from './options.ts';
import { createClientConnections } from './server/connection-limits.ts';

/** 128 bits. */
const HOOK_KEY_BYTES = 16;
/** Of all reviews that are read or judged at once. */
const MOST_BYTES = 64 * 1024 * 1024;
const OF_OBJECTS = { running: 16, runningOfNamespace: 4, waiting: 256, waitingOfNamespace: 64 };
/** A workload's pods come many at once, and new ones are held until their binding is there. */
const OF_PODS = { running: 1024, runningOfNamespace: 256, waiting: 1024, waitingOfNamespace: 512 };
/** Connections by which nothing has come to a webhook's path yet. An API server has no bound once it has shown the key. */
const CONNECTIONS = { perAddress: 1024, inAll: 1024, perPod: Number.POSITIVE_INFINITY };
/** Milliseconds for the head of a request, and for all of it. */
const TIMES = { headersTimeout: 10_000, requestTimeout: 30_000 };

export interface WebhookParts extends Pick<InjectorParts, 'settings' | 'tell'> {
  readonly client: KubernetesClient;
  readonly store: Policies['store'];
  /** The cluster has been read, and applied. */
  readonly isSynced: () => boolean;
  readonly hasRouteApi: () => boolean;
  readonly certificates: Promise<CertificateSource | undefined>;
  readonly pathKeys: Pick<PathKeyFollower, 'ready' | 'accepts'>;
  /** The control plane's own namespace. */
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onBug: (error: unknown) => void;
}

export interface WebhookService {
  /** Why it does not serve; undefined = it does. */
  problem(): string | undefined;
  stop(): Promise<void>;
}

/** Milliseconds until a watch has brought what was written just before. */
const CATCH_UP = 300;
/** Milliseconds until a port that was taken is tried again. */
const RETRY = 1000;
/** Milliseconds that reviews under way have at the end. */
const CLOSING_LIMIT = 1000;

/** Listens once there is a certificate to show, and keys for its paths. */
export function serveWebhook(
  { webhook, allowInsecureHttp, watched }: OperatorOptions,
  parts: WebhookParts,
): WebhookService {
  const { certificates, pathKeys, clock, log, onBug } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.use(keyedPaths([ADMISSION_PATH, INJECT_PATH, GUARDED_PATH], pathKeys.accepts));
  const connections = createClientConnections(clock, CONNECTIONS);
  app.use((request, _response, next) => {
    const connection = connections.connectionOf(request.socket);
    connection?.authenticate(connection.address);
    next();
  });
  app.use(boundedBytes(MOST_BYTES, MAX_BODY));
  for (const router of routers(allowInsecureHttp, watched, parts)) app.use(router);
  let problem: string | undefined = 'there is no server certificate yet';
  let close: ReturnType<typeof closerOf> | undefined;
  let stopped = false;
  let cancel = () => {};

  const listenOn = (made: Server): void => {
    made.listen({ host: webhook.host, port: webhook.port }, () => {
      if (stopped) return void made.close();
      problem = undefined;
      const { port } = made.address() as AddressInfo;
      log.info('Served webhooks', { port });
    });
  };
  const begin = (source: CertificateSource): void => {
    const made = createTlsServer(source, (tls) => createServer({ ...TIMES, ...tls }, app), onBug);
    close = closerOf(made);
    made.on('connection', (socket: Socket) => {
      if (!connections.accept(socket)) return void socket.destroy();
      const connection = connections.connectionOf(socket);
      socket.once('close', () => {
        // An API server whose handshakes fail, for it does not know a new authority yet, is not to owe for them.
        connection?.authenticate(connection.address);
        connections.closed(socket);
      });
    });
    made.on('error', (error: NodeJS.ErrnoException) => {
      if (made.listening || stopped) return onBug(error);
      made.removeAllListeners('listening');
      problem = bindProblem({ kind: 'tcp', ...webhook }, error.code);
      log.error('Could not serve webhooks', { problem });
      cancel = clock.after(RETRY, () => listenOn(made));
    });
    listenOn(made);
  };
  void certificates
    .then(async (source) => {
      if (source === undefined) return;
      problem = "there are no keys of the webhooks' paths yet";
      await pathKeys.ready();
      if (!stopped) begin(source);
    })
    .catch(onBug);

  return {
    problem: () => problem,
    async stop() {
      stopped = true;
      cancel();
      await close?.(CLOSING_LIMIT);
    },
  };
}

/** No webhook of ours asks for it. */
const SYSTEM = 'kube-system';

function routers(
  allowInsecureHttp: boolean,
  watched: readonly string[] | undefined,
  parts: WebhookParts,
): readonly Router[] {
  const { client, store, isSynced, hasRouteApi, clock, home, settings, tell, onBug: onError } = parts;
  // The control plane's own pods must start without it; sources may well live there.
  const ofObjects = { namespaces: [SYSTEM], watched };
  const ofPods = { namespaces: [SYSTEM, home], watched };
  const view = {
    isSynced,
    store,
    hasRouteApi,
    live: createLive(client),
    catchUp: () => sleep(clock, CATCH_UP),
    pause: () => sleep(clock, 0),
  };
  const injector = createInjector({
    reading: createReading({ client, clock, known: store }),
    trust: createTrust({ client, clock }),
    settings,
    tell,
    newHookKey: () => randomBytes(HOOK_KEY_BYTES).toString('base64url'),
  });
  const objects = bounded(
    inTurn(OF_OBJECTS, clock, (request) => judgeAdmission(request, view, { allowInsecureHttp })),
  );
  return [
    admissionRouter({
      path: ADMISSION_PATH,
      judge: within(ofObjects, objects),
      onError,
    }),
    admissionRouter({
      path: INJECT_PATH,
      judge: within(ofPods, bounded(inTurn(OF_PODS, clock, injector.inject))),
      onError,
    }),
    admissionRouter({
      path: GUARDED_PATH,
      judge: within(ofPods, bounded(inTurn(OF_PODS, clock, injector.confirm))),
      onError,
    }),
  ];
}
