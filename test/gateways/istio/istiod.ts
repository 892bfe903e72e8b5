/** A real istiod outside of a cluster: it follows a real API server, and serves proxies over TLS, as in a pod. */

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ApiServer } from '../../apiserver/harness.ts';
import { freePorts, Server, temporaryFolder } from '../../support/server.ts';
import { istioProgram } from './build.ts';

export const ISTIO_NAMESPACE = 'istio-system';
/** A name in the certificate that it issues itself. */
export const ISTIOD_NAME = `istiod.${ISTIO_NAMESPACE}.svc`;

export interface Istiod {
  /** Of 127.0.0.1; xDS over TLS. */
  readonly port: number;
  logs(): string;
  /** Stops it alone; proxies stay. */
  halt(): Promise<void>;
  /** Starts it again, at the same port. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Seconds to come up, on a machine that may be busy. */
const startLimit = 120;

/** Starts it and waits until it has read all there is, and serves. Objects that are there before are in its first answer. */
export async function startIstiod({ kubeconfig }: Pick<ApiServer, 'kubeconfig'>): Promise<Istiod> {
  const program = await istioProgram('pilot-discovery');
  const folder = await temporaryFolder('istiod');
  await mkdir(path.join(folder.path, 'work'));
  const [port = 0, http = 0] = await freePorts(2);
  const start = async (): Promise<Server> => {
    const started = new Server({
      name: 'istiod',
      program,
      // Some of its files are looked for from here.
      cwd: path.join(folder.path, 'work'),
      args: [
        ...['discovery', `--kubeconfig=${kubeconfig}`, `--secureGRPCAddr=127.0.0.1:${port}`],
        // Webhooks, metrics and xDS in plain text at one more port, which nobody asks but for readiness.
        ...[
          `--httpAddr=127.0.0.1:${http}`,
          '--httpsAddr=',
          '--grpcAddr=',
          '--monitoringAddr=',
          '--ctrlz_port=0',
        ],
        '--shutdownDuration=1s',
      ],
      env: {
        POD_NAME: 'istiod-0',
        POD_NAMESPACE: ISTIO_NAMESPACE,
        // Filters that only Istio's own build of Envoy has: for protocols between sidecars, and for labels of metrics.
        PILOT_ENABLE_ALPN_FILTER: 'false',
        PILOT_ENABLE_METADATA_EXCHANGE: 'false',
        // What deploys a gateway; the tests do it in its place.
        PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER: 'false',
      },
    });
    await started.until('ready', startLimit, async () => {
      const response = await fetch(`http://127.0.0.1:${http}/ready`);
      return response.ok ? true : undefined;
    });
    return started;
  };
  let server: Server | undefined;
  const stop = async () => {
    await server?.stop();
    await folder.remove();
  };
  try {
    server = await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    logs: () => server?.logs ?? '',
    async halt() {
      await server?.stop();
      server = undefined;
    },
    async resume() {
      server = await start();
    },
    stop,
  };
}
