/** The connection that a pod has by its service account. */

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { type ApiServerConnection, rememberCredentials } from './connection.ts';

/** Where the kubelet mounts the token, the API server's CA and the namespace. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * @param host as KUBERNETES_SERVICE_HOST has it: a name or an address.
 * @param root of the file system.
 */
export function connectionOfPod(
  host: string,
  port: string,
  clock: Pick<Clock, 'monotonic'>,
  root: string,
): ApiServerConnection {
  const account = path.join(root, ACCOUNT);
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    proxy: undefined,
    namespace: namespaceIn(account),
    ...rememberCredentials(async () => {
      const token = await readFile(path.join(account, 'token'), 'utf8');
      const ca = await readFile(path.join(account, 'ca.crt'));
      // A file may end with a line feed, which no header can hold.
      return { headers: { authorization: `Bearer ${token.trim()}` }, tls: { ca } };
    }, clock),
  };
}

/** Undefined where the pod has no token mounted: then the first call says that the credentials cannot be read. */
function namespaceIn(account: string): string | undefined {
  try {
    return readFileSync(path.join(account, 'namespace'), 'utf8').trim();
  } catch {
    return undefined;
  }
}
