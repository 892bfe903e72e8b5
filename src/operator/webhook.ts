/** The webhook's server: over TLS, with a certificate that changes while it runs. Every replica has one. */

import type { Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { KubernetesClient } from '../kubernetes/client.ts';
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
  readonly log: Log;
  readonly onBug: (error: unknown) => void;
}

export interface WebhookService {
  isListening(): boolean;
  stop(): Promise<void>;
}

/** Listens once there is a certificate to show. */
export function serveWebhook(
  { webhook, allowInsecureHttp }: OperatorOptions,
  { client, control, cluster, certificates, log, onBug }: WebhookParts,
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
  let server: Server | undefined;
  const started = certificates.then((source) => {
    if (source === undefined) return;
    const made = createServer({ ...TLS, ...source.current() }, app);
    source.onChange((certificate) => made.setSecureContext({ ...TLS, ...certificate }));
    made.on('error', (error: NodeJS.ErrnoException) =>
      log.error('Webhook cannot listen', { problem: error.code ?? error.name }),
    );
    made.listen({ host: webhook.host, port: webhook.port }, () => {
      const { port } = made.address() as AddressInfo;
      log.info('Served webhooks', { port });
    });
    server = made;
  });
  return {
    isListening: () => server?.listening === true,
    async stop() {
      await Promise.race([started, Promise.resolve()]);
      if (server !== undefined) await closed(server);
    },
  };
}
