/** One bounded request and its answer: status, size and encoding checked, failures explained. */

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { readBytes } from '../base/bytes.ts';
import { type ProviderConnectionOptions, send } from './connection.ts';
import { type FetchFailed, fetchFailed } from './errors.ts';
import { explainProviderFailure, type Progress } from './failures.ts';
import { type Environment, routeFor } from './proxy.ts';
import { showUrl } from './target.ts';

export interface ExchangeOptions extends Omit<ProviderConnectionOptions, 'onStage'> {
  /** Where HTTP_PROXY, HTTPS_PROXY and NO_PROXY are looked up. */
  readonly environment: Environment;
  /** Called with the bytes of the body that have come so far. */
  readonly onBytes: (count: number) => void;
  /** Called with each phase that begins. */
  readonly onProgress: (progress: Progress) => void;
}

export type ResponseHeaders = Readonly<
  Pick<IncomingHttpHeaders, 'age' | 'cache-control' | 'content-type' | 'date' | 'expires'>
>;

export interface Received {
  readonly kind: 'ok';
  /** At most 1 MiB. */
  readonly body: Uint8Array;
  readonly headers: ResponseHeaders;
}

export type ProviderAnswer =
  | Received
  | { readonly kind: 'redirect'; readonly location: string }
  | FetchFailed;

const MAX_BODY_BYTES = 1024 * 1024;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Throws when the signal aborts, and for nothing else. */
export async function exchange(url: URL, options: ExchangeOptions): Promise<ProviderAnswer> {
  const route = routeFor(url, options.environment);
  if (route.kind === 'failed') return route;
  const proxy = route.kind === 'proxy' ? route.proxy : undefined;
  let response: IncomingMessage | undefined;
  try {
    const onStage = (stage: Progress['stage']) => options.onProgress({ stage, url, proxy });
    response = await send(url, proxy, { ...options, onStage });
    return await readAnswer(url, response, options.onBytes);
  } catch (error) {
    options.signal.throwIfAborted();
    return explainProviderFailure(error, { url, proxy, answered: response !== undefined });
  } finally {
    response?.destroy();
  }
}

async function readAnswer(
  url: URL,
  response: IncomingMessage,
  onBytes: ExchangeOptions['onBytes'],
): Promise<ProviderAnswer> {
  const { statusCode: status = 0, headers } = response;
  if (REDIRECTS.includes(status) && headers.location !== undefined) {
    return { kind: 'redirect', location: headers.location };
  }
  if (status !== 200) {
    return fetchFailed(
      'REMOTE_HOST_RESPONDED_WITH_ERROR',
      `${showUrl(url)} answered with status ${status}${statusHint(status)}.`,
      status,
    );
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    return fetchFailed(
      'COULD_NOT_PARSE_CONFIG',
      `${showUrl(url)} answered with a compressed body though none was asked for; publish it uncompressed.`,
    );
  }
  const body = await readBytes(response, MAX_BODY_BYTES, onBytes);
  if (body !== undefined) return { kind: 'ok', body, headers };
  return fetchFailed(
    'COULD_NOT_PARSE_CONFIG',
    `The answer of ${showUrl(url)} is larger than 1 MiB; is it the right document?`,
  );
}

function statusHint(status: number): string {
  if (status === 404 || status === 410) return ': there is nothing at this address; check it';
  if (status === 401 || status === 403) return ': it wants to know who asks, but keys must be public';
  if (status === 429) return ': it is asked too often; lengthen fetch.refreshInterval';
  if (status >= 500) return ': the fault is on its side; it is asked again';
  return '';
}
