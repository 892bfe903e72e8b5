/** Writes the file that the Envoy beside us starts from. */

import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { errorCode } from '../../base/error-code.ts';
import type { ListenAddress } from '../../process/address.ts';
import { READABLE, replaceFile } from '../../process/replace-file.ts';
import { StartError } from '../../process/start-error.ts';
import type { Authorizer } from '../../sidecar/authorizer.ts';
import { envoyBootstrap } from '../../sidecar/bootstrap.ts';
import { renderConfig } from '../../sidecar/config.ts';
import type { GuardedPort } from '../../sidecar/listener.ts';
import { type PortTlsFiles, secretFiles } from '../../sidecar/port-tls.ts';
import { BOOTSTRAP_FILE, callerAddress, type EnvoySettings } from '../../sidecar/settings.ts';
import { drainFile } from './drain.ts';

/** Where this validator really listens; undefined = off. */
export interface Bound {
  readonly http: ListenAddress | undefined;
  readonly grpc: ListenAddress | undefined;
}

/** And before it what it needs beside it, by `prepare`. Rejects with a StartError. */
export async function writeBootstrap(
  file: string,
  settings: EnvoySettings,
  bound: Bound,
  podAddress: string | undefined,
  prepare: () => Promise<void>,
): Promise<void> {
  const config = bootstrapFor(settings, authorizerAt(bound), await everyAddress(), file, podAddress);
  try {
    await prepare();
    for (const [path, content] of tlsFiles(file, settings))
      await replaceFile(path, renderConfig(content), READABLE);
    await replaceFile(file, renderConfig(config), READABLE);
  } catch (error) {
    const code = errorCode(error) ?? 'unknown error';
    throw new StartError(
      `cannot write ${file}, which ${BOOTSTRAP_FILE} names (${code}): is its folder there, and writable for this user?`,
    );
  }
}

export function bootstrapFor(
  settings: EnvoySettings,
  authorizer: Authorizer,
  everywhere: string,
  file: string,
  podAddress?: string,
) {
  const { listeners, admin, counters, underscoreHeaders, forwardedFor, maxHeapBytes } = settings;
  const other = podAddress === undefined ? {} : { otherAddress: podAddress };
  const files = filesOf(file, settings);
  return envoyBootstrap({
    listeners: listeners.map(
      ({ port, listener, protocol, tls, appPort = port, appAddress = '127.0.0.1' }): GuardedPort => {
        const from = callerAddress(appAddress);
        return {
          port,
          listen: { address: everywhere, port: listener },
          app: { address: appAddress, port: appPort, ...(from !== undefined && { from }), ...other },
          protocol,
          ...(tls !== undefined && { tls }),
          ...(files !== undefined && { tlsFiles: files }),
        };
      },
    ),
    authorizer,
    admin: admin ?? 'off',
    ...(counters !== undefined && {
      counters: {
        listen: { address: everywhere, port: counters.port },
        adminSocket: counters.adminSocket,
      },
    }),
    ...(underscoreHeaders !== undefined && { underscoreHeaders }),
    ...(forwardedFor !== undefined && { forwardedFor }),
    maxHeapBytes,
    drainFile: drainFile(file),
  });
}

const filesOf = (file: string, { tlsFolder }: EnvoySettings): PortTlsFiles | undefined =>
  tlsFolder === undefined ? undefined : { mount: tlsFolder, beside: dirname(file) };

/** Beside the bootstrap, by path. */
export function tlsFiles(file: string, settings: EnvoySettings): ReturnType<typeof secretFiles> {
  const files = filesOf(file, settings);
  if (files === undefined) return [];
  return settings.listeners.flatMap(({ port, tls = {} }) => secretFiles(port, tls, files));
}

/** HTTP is the main path; gRPC is asked where there is nothing else. */
export function authorizerAt({ http, grpc }: Bound): Authorizer {
  if (http !== undefined) {
    return http.kind === 'unix'
      ? { kind: 'unix', path: http.path }
      : { kind: 'tcp', address: reachable(http.host), port: http.port };
  }
  if (grpc !== undefined) {
    const address =
      grpc.kind === 'unix' ? { path: grpc.path } : { address: reachable(grpc.host), port: grpc.port };
    return { kind: 'grpc', address };
  }
  throw new StartError('--http and --grpc are both off: Envoy could not ask.');
}

/** Envoy's configuration takes addresses alone, and calls none that means "every". */
function reachable(host: string): string {
  if (host === '::') return '::1';
  return host === '0.0.0.0' || host === 'localhost' ? '127.0.0.1' : host;
}

/** The address that takes every family that this pod has; only the pod itself knows. */
function everyAddress(): Promise<'::' | '0.0.0.0'> {
  return new Promise((resolve) => {
    const attempt = createServer();
    attempt.once('error', () => resolve('0.0.0.0'));
    attempt.listen({ host: '::', port: 0 }, () => attempt.close(() => resolve('::')));
  });
}
