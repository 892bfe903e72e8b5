/** A connection to the API server: its address, and its credentials, which are read again now and then. */

import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.ts';

export interface TlsOptions {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface ApiServerCredentials {
  readonly headers: Readonly<Record<string, string>>;
  /** The same object as long as nothing in it has changed. */
  readonly tls: TlsOptions;
}

export interface ApiServerConnection {
  /** Without a slash at its end. */
  readonly server: string;
  /** The URL of an HTTP proxy on the way there. */
  readonly proxy: string | undefined;
  /** Of the kubeconfig's context, or of the pod. */
  readonly namespace: string | undefined;
  /** Read anew now and then: tokens and certificates rotate. */
  credentials(): Promise<ApiServerCredentials>;
  /** After a 401: what is remembered is wrong. */
  forget(): void;
}

export type LoadedConnection =
  | { readonly kind: 'connection'; readonly connection: ApiServerConnection }
  | { readonly kind: 'refused'; readonly message: string };

/** Milliseconds for which credentials are not read again. */
const CREDENTIALS_AGE = 10_000;

/** Credentials that are read at most once in ten seconds. */
export function rememberCredentials(
  read: () => Promise<ApiServerCredentials>,
  clock: Pick<Clock, 'monotonic'>,
): Pick<ApiServerConnection, 'credentials' | 'forget'> {
  let known: { readonly value: Promise<ApiServerCredentials>; readonly at: number } | undefined;
  let last: ApiServerCredentials | undefined;
  const refresh = async (): Promise<ApiServerCredentials> => {
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
      if (known === undefined || clock.monotonic() - known.at >= CREDENTIALS_AGE) {
        known = { value: refresh(), at: clock.monotonic() };
      }
      return known.value;
    },
    forget() {
      known = undefined;
    },
  };
}
