/** The webhook's server: over TLS, with a certificate that changes while it runs. Every replica has one. */

import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import express, { type Router } from 'express';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { Time } from '../kubernetes/time.ts';
import { bindProblem } from '../process/listen.ts';
import type { Log } from '../telemetry/log.ts';
import { ADMISSION_PATH } from './admission/configuration.ts';
import { judge } from './admission/judge.ts';
import { createLive } from './admission/live.ts';
import { admissionRouter } from './admission/router.ts';
import type { CertificateSource } from './certificates/source.ts';
import { closed } from './closing.ts';
import type { Control } from './control.ts';
import type { Cluster } from './follow/cluster.ts';
import { GUARDED_PATH, INJECT_PATH } from './injection/configuration.ts';
import { createInjector, type InjectorParts } from './injection/judge.ts';
import { createReading } from './injection/reading.ts';
import { createTrust } from './injection/trust.ts';
import type { OperatorOptions } from './options.ts';

/** 128 bits. */
const HOOK_KEY_BYTES = 16;
const TLS = { minVersion: 'TLSv1.2' } as const;

export interface WebhookParts extends Pick<InjectorParts, 'settings' | 'tell'> {
  readonly client: KubernetesClient;
  readonly control: Control;
  readonly cluster: Cluster;
  readonly certificates: Promise<CertificateSource | undefined>;
  readonly time: Time;
  readonly log: Log;
  readonly onBug: (error: unknown) => void;
}

export interface WebhookService {
  /** Why it does not serve; undefined = it does. */
  problem(): string | undefined;
  stop(): Promise<void>;
}

/** Milliseconds until a watch has told of what was written just before. */
const CATCH_UP = 300;
/** Milliseconds until a port that was taken is tried again. */
const RETRY = 1000;

/** Listens once there is a certificate to show. */
export function serveWebhook(
  { webhook, allowInsecureHttp }: OperatorOptions,
  parts: WebhookParts,
): WebhookService {
  const { certificates, time, log, onBug } = parts;
  const app = express();
  app.disable('x-powered-by');
  for (const router of routers(allowInsecureHttp, parts)) app.use(router);
  let problem: string | undefined = 'there is no server certificate yet';
  let server: Server | undefined;
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
    const made = createServer({ ...TLS, ...source.current() }, app);
    source.onChange((certificate) => made.setSecureContext({ ...TLS, ...certificate }));
    made.on('error', (error: NodeJS.ErrnoException) => {
      if (made.listening || stopped) return onBug(error);
      made.removeAllListeners('listening');
      problem = bindProblem({ kind: 'tcp', ...webhook }, error.code);
      log.error('Could not serve webhooks', { problem });
      cancel = time.set(() => listenOn(made), RETRY);
    });
    listenOn(made);
    server = made;
  };
  void certificates.then((source) => {
    if (source !== undefined && !stopped) begin(source);
  }, onBug);

  return {
    problem: () => problem,
    async stop() {
      stopped = true;
      cancel();
      if (server !== undefined) await closed(server);
    },
  };
}

function routers(allowInsecureHttp: boolean, parts: WebhookParts): readonly Router[] {
  const { client, control, cluster, time, settings, tell, onBug: onError } = parts;
  const { store } = control.policies;
  const view = {
    isSynced: cluster.hasSynced,
    store,
    hasRouteApi: cluster.hasRouteApi,
    live: createLive(client),
    catchUp: () => new Promise<void>((resolve) => void time.set(resolve, CATCH_UP)),
  };
  const injector = createInjector({
    reading: createReading({ client, time, known: store }),
    trust: createTrust({ client, time }),
    ...{ settings, tell },
    newHookKey: () => randomBytes(HOOK_KEY_BYTES).toString('base64url'),
  });
  return [
    admissionRouter({
      path: ADMISSION_PATH,
      judge: (request) => judge(request, view, { allowInsecureHttp }),
      onError,
    }),
    admissionRouter({ path: INJECT_PATH, judge: injector.inject, onError }),
    admissionRouter({ path: GUARDED_PATH, judge: injector.confirm, onError }),
  ];
}
