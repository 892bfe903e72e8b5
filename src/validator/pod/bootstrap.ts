/** Writes the file that the Envoy beside us starts from. */

import { chmod, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { ListenAddress } from '../../process/address.ts';
import { StartError } from '../../process/start-error.ts';
import type { Authorizer } from '../../sidecar/authorizer.ts';
import { envoyBootstrap } from '../../sidecar/bootstrap.ts';
import { renderConfig } from '../../sidecar/config.ts';
import type { GuardedPort } from '../../sidecar/listener.ts';
import { BOOTSTRAP_FILE, callerAddress, type EnvoySettings } from '../../sidecar/settings.ts';

/** Where this validator really listens; undefined = off. */
export interface Bound {
  readonly http: ListenAddress | undefined;
  readonly grpc: ListenAddress | undefined;
}

/** Envoy runs under a user of its own, and there is no secret in it. */
const MODE = 0o644;

/** The file is there whole or not at all; one from before a restart is replaced. Rejects with a StartError. */
export async function writeBootstrap(file: string, settings: EnvoySettings, bound: Bound): Promise<void> {
  const text = renderConfig(bootstrapFor(settings, authorizerAt(bound), await everyAddress()));
  const draft = `${file}.new`;
  try {
    await writeFile(draft, text, { mode: MODE });
    await chmod(draft, MODE); // whatever the umask
    await rename(draft, file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new StartError(
      `cannot write ${file}, which ${BOOTSTRAP_FILE} names (${code}): is its folder there, and writable for this user?`,
    );
  }
}

export function bootstrapFor(settings: EnvoySettings, authorizer: Authorizer, everywhere: string) {
  const { listeners, admin, maxHeapBytes } = settings;
  return envoyBootstrap({
    listeners: listeners.map(
      ({ port, listener, protocol, appPort = port, appAddress = '127.0.0.1' }): GuardedPort => {
        const from = callerAddress(appAddress);
        return {
          port,
          listen: { address: everywhere, port: listener },
          app: { address: appAddress, port: appPort, ...(from !== undefined && { from }) },
          protocol,
        };
      },
    ),
    authorizer,
    admin: admin ?? 'off',
    maxHeapBytes,
  });
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
