/** The webhook's server: over TLS, with a certificate that changes while it runs. Every replica has one. */

import type { Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { Time } from '../kubernetes/time.ts';
import { bindProblem } from '../process/listen.ts';
import type { Log } from '../telemetry/log.ts';
import { createLive } from './admission/live.ts';
import { admissionRouter } from './admission/router.ts';
import type { CertificateSource } from './certificates/source.ts';
import { closed } from './closing.ts';
import type { Control } from './control.ts';
import type { Cluster } from './follow/cluster.ts';
import type { OperatorOptions } from './options.ts';

const TLS = { minVersion: 'TLSv1.2' } as const;

export interface WebhookParts {
  readonly client: KubernetesClient;
  readonly control: Control;
  readonly cluster: Cluster;
  readonly certificates: Promise<CertificateSource | undefined>;
  readonly time: Pick<Time, 'set'>;
  readonly log: Log;
  readonly onBug: (error: unknown) => void;
}

export interface WebhookService {
  /** Why it does not serve; undefined = it does. */
  problem(): string | undefined;
  stop(): Promise<void>;
}

/** Milliseconds until a port that was taken is tried again. */
const RETRY = 1000;

/** Listens once there is a certificate to show. */
export function serveWebhook(
  { webhook, allowInsecureHttp }: OperatorOptions,
  { client, control, cluster, certificates, time, log, onBug }: WebhookParts,
): WebhookService {
  const app = express();
  app.disable('x-powered-by');
  app.use(
    admissionRouter({
      allowInsecureHttp,
      onError: onBug,
      view: {
        isSynced: cluster.hasSynced,
        store: control.policies.store,
        hasRouteApi: cluster.hasRouteApi,
        live: createLive(client),
      },
    }),
  );
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
