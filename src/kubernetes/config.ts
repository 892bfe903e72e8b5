/** Where the API server is and who we are: from a kubeconfig, or from the pod that this runs in. */

import type { RequestOptions } from 'node:https';
import { delimiter } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import type { Time } from './time.ts';

export interface TlsOptions {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  /** The same object as long as nothing in it has changed. */
  readonly tls: TlsOptions;
}

export interface Connection {
  /** Without a slash at its end. */
  readonly server: string;
  /** The URL of an HTTP proxy on the way there. */
  readonly proxy: string | undefined;
  /** Of the kubeconfig's context, or of the pod. */
  readonly namespace: string | undefined;
  /** Read anew now and then: tokens and certificates rotate. */
  credentials(): Promise<Credentials>;
  /** After a 401: what is remembered is wrong. */
  forget(): void;
}

export type LoadedConnection =
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'refused'; readonly message: string };

/** Milliseconds for which credentials are not read again. */
const CREDENTIALS_AGE = 10_000;

/** KUBECONFIG comes first, then the pod's service account. Its mistakes come back as a sentence, without the file's content. */
export function loadConnection(
  environment: Readonly<Record<string, string | undefined>>,
  time: Pick<Time, 'monotonic'>,
  /** Of the file system, for the test. */
  root = '',
): LoadedConnection {
  const files = (environment.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  const config = new KubeConfig();
  if (files.length > 0) {
    for (const file of files) {
      const problem = readKubeconfig(config, file);
      if (problem !== undefined) return { kind: 'refused', message: problem };
    }
  } else if (environment.KUBERNETES_SERVICE_HOST !== undefined) {
    config.loadFromCluster(root);
  } else {
    const message = 'There is no cluster to talk to: set KUBECONFIG to a kubeconfig, or run in a pod.';
    return { kind: 'refused', message };
  }
  return connectionOf(config, time);
}

/** What is wrong with the file; undefined where nothing is. Parsers quote what they stumble over: here, perhaps a token. */
function readKubeconfig(config: KubeConfig, file: string): string | undefined {
  const one = new KubeConfig();
  try {
    one.loadFromFile(file);
    config.mergeConfig(one, config.currentContext !== undefined);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return `KUBECONFIG names ${file}, which cannot be read as a kubeconfig${code}: correct the file or the variable.`;
  }
}

function connectionOf(config: KubeConfig, time: Pick<Time, 'monotonic'>): LoadedConnection {
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
      ...rememberCredentials(() => readCredentials(config), time),
    },
  };
}

function refuseServer(server: URL, insecure: boolean): string | undefined {
  if (server.username !== '' || server.password !== '') return 'holds a password: move it to the user';
  if (server.protocol === 'https:' || (server.protocol === 'http:' && insecure)) return undefined;
  return 'is not https://: whoever listens could read its tokens';
}

/** The client's own way: token files, exec plugins, OIDC, certificates from files or data. */
async function readCredentials(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = {};
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

function plainHeaders(headers: RequestOptions['headers']): Readonly<Record<string, string>> {
  const entries = headers === undefined || Array.isArray(headers) ? [] : Object.entries(headers);
  // A token file may end with a line feed, which no header can hold.
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value).trim()]));
}

function material(name: 'ca' | 'cert' | 'key', value: unknown): TlsOptions {
  return typeof value === 'string' || Buffer.isBuffer(value) ? { [name]: value } : {};
}

/** Exported for its test. */
export function rememberCredentials(
  read: () => Promise<Credentials>,
  time: Pick<Time, 'monotonic'>,
): Pick<Connection, 'credentials' | 'forget'> {
  let known: { readonly value: Promise<Credentials>; readonly at: number } | undefined;
  let last: Credentials | undefined;
  const refresh = async (): Promise<Credentials> => {
    try {
      const fresh = await read();
      const same = last !== undefined && isDeepStrictEqual(last.tls, fresh.tls);
      last = same && last !== undefined ? { ...fresh, tls: last.tls } : fresh;
      return last;
    } catch (error) {
      known = undefined;
      throw error;
    }
  };
  return {
    credentials() {
      if (known === undefined || time.monotonic() - known.at >= CREDENTIALS_AGE) {
        known = { value: refresh(), at: time.monotonic() };
      }
      return known.value;
    },
    forget() {
      known = undefined;
    },
  };
}
