/** The connection that kubeconfig files describe. Loads the Kubernetes client: 113 MB and a second. */

import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from '../base/clock.ts';
import { errorCode } from '../base/error-code.ts';
import {
  type ApiServerCredentials,
  type LoadedConnection,
  rememberCredentials,
  type TlsOptions,
} from './connection.ts';

export interface KubeconfigChoice {
  /** Of its contexts another one than the current. */
  readonly context?: string;
  /** What names the files, for messages. Absent = KUBECONFIG. */
  readonly namedBy?: string;
}

/** Of several files the first that says something counts. A mistake comes back as a sentence, without the file's content. */
export function connectionOfKubeconfig(
  files: readonly string[],
  clock: Pick<Clock, 'monotonic'>,
  { context, namedBy = 'KUBECONFIG' }: KubeconfigChoice = {},
): LoadedConnection {
  const config = new KubeConfig();
  for (const file of files) {
    const problem = readKubeconfig(config, file, namedBy);
    if (problem !== undefined) return { kind: 'refused', message: problem };
  }
  if (context !== undefined) {
    if (config.getContextObject(context) === null) {
      const names = config.getContexts().map(({ name }) => name);
      const message = `The kubeconfig has no context "${context}"; it has: ${names.join(', ')}.`;
      return { kind: 'refused', message };
    }
    config.setCurrentContext(context);
  }
  return connectionOf(config, clock);
}

/** What is wrong with the file; undefined where nothing is. Parsers quote what they stumble over: here, perhaps a token. */
function readKubeconfig(config: KubeConfig, file: string, namedBy: string): string | undefined {
  const one = new KubeConfig();
  try {
    one.loadFromFile(file);
    config.mergeConfig(one, config.currentContext !== undefined);
    return undefined;
  } catch (error) {
    const code = errorCode(error);
    const cause = code === undefined ? '' : ` (${code})`;
    return `${namedBy} names ${file}, which cannot be read as a kubeconfig${cause}: correct the file or its name.`;
  }
}

function connectionOf(config: KubeConfig, clock: Pick<Clock, 'monotonic'>): LoadedConnection {
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    const context = config.getCurrentContext() ?? '';
    const message = `The kubeconfig's current context "${context}" names no cluster in it: set current-context.`;
    return { kind: 'refused', message };
  }
  const server = URL.parse(cluster.server);
  const refusal = server === null ? 'is no URL' : refuseServer(server, cluster.skipTLSVerify === true);
  if (server === null || refusal !== undefined) {
    return { kind: 'refused', message: `The API server's address ${cluster.server} ${refusal}.` };
  }
  if (cluster.proxyUrl?.startsWith('socks')) {
    const message = 'The kubeconfig names a SOCKS proxy, which is not supported: use an HTTP proxy, or none.';
    return { kind: 'refused', message };
  }
  return {
    kind: 'connection',
    connection: {
      server: cluster.server.replace(/\/+$/, ''),
      proxy: cluster.proxyUrl === '' ? undefined : cluster.proxyUrl,
      namespace: config.getContextObject(config.getCurrentContext())?.namespace,
      ...rememberCredentials(() => readCredentials(config), clock),
    },
  };
}

function refuseServer(server: URL, insecure: boolean): string | undefined {
  if (server.username !== '' || server.password !== '') return 'holds a password: move it to the user';
  if (server.protocol === 'https:' || (server.protocol === 'http:' && insecure)) return undefined;
  return 'is not https://: whoever listens could read its tokens';
}

/** The client's own way: token files, exec plugins, OIDC, certificates from files or data. */
async function readCredentials(config: KubeConfig): Promise<ApiServerCredentials> {
  const options: RequestOptions = {};
  tellPlugin(config);
  await config.applyToHTTPSOptions(options);
  const { headers, auth, ca, cert, key, servername, rejectUnauthorized } = options;
  const basic = auth ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  return {
    headers: { ...plainHeaders(headers), ...basic },
    tls: {
      ...material('ca', ca),
      ...material('cert', cert),
      ...material('key', key),
      ...(servername !== undefined && { servername }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    },
  };
}

const EXEC_INFO = 'KUBERNETES_EXEC_INFO';

/** Some credential plugins give nothing without that variable, which kubectl sets and the client does not. */
function tellPlugin(config: KubeConfig): void {
  const plugin: unknown = config.getCurrentUser()?.exec;
  if (!isPlugin(plugin) || plugin.env?.some(({ name }) => name === EXEC_INFO)) return;
  const cluster = config.getCurrentCluster();
  const { caData, caFile, server, tlsServerName, skipTLSVerify } = cluster ?? {};
  const authority = caData ?? (caFile === undefined ? undefined : readFileSync(caFile).toString('base64'));
  const info = {
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: {
      // Its input and output are pipes.
      interactive: false,
      ...(plugin.provideClusterInfo === true && {
        cluster: {
          server,
          ...(tlsServerName !== undefined && { 'tls-server-name': tlsServerName }),
          ...(skipTLSVerify === true && { 'insecure-skip-tls-verify': true }),
          ...(authority !== undefined && { 'certificate-authority-data': authority }),
        },
      }),
    },
  };
  plugin.env = [...(plugin.env ?? []), { name: EXEC_INFO, value: JSON.stringify(info) }];
}

interface Plugin {
  readonly apiVersion?: string;
  readonly provideClusterInfo?: boolean;
  env?: readonly { readonly name: string; readonly value: string }[] | null;
}

const isPlugin = (value: unknown): value is Plugin => typeof value === 'object' && value !== null;

function plainHeaders(headers: RequestOptions['headers']): Readonly<Record<string, string>> {
  const entries = headers === undefined || Array.isArray(headers) ? [] : Object.entries(headers);
  // A token file may end with a line feed, which no header can hold.
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value).trim()]));
}

function material(name: 'ca' | 'cert' | 'key', value: unknown): TlsOptions {
  return typeof value === 'string' || Buffer.isBuffer(value) ? { [name]: value } : {};
}
