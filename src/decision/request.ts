/** Prepares a request for judging: splits path and query, and drops headers that Envoy added itself. */

import type { CheckRequest } from './decision.ts';

export interface SplitPath {
  /** Undecoded. */
  readonly path: string;
  /** Undecoded, without the question mark. */
  readonly query: string;
}

/**
 * Undefined for what is not in origin form (RFC 9112 section 3.2.1), or holds a fragment, white
 * space, a control or a raw non-ASCII character: no two servers read those alike.
 */
export function splitPath(pathAndQuery: string): SplitPath | undefined {
  if (!/^\/[!"$-~]*$/.test(pathAndQuery)) return undefined;
  const mark = pathAndQuery.indexOf('?');
  return mark < 0
    ? { path: pathAndQuery, query: '' }
    : { path: pathAndQuery.slice(0, mark), query: pathAndQuery.slice(mark + 1) };
}

/** Methods are case-sensitive (RFC 9110 section 9.1), apps not always: one that is not upper case is refused. */
export function isPlainMethod(method: string): boolean {
  return /^[A-Z][A-Z0-9_-]*$/.test(method);
}

/** All three, or it is no preflight (Fetch standard, CORS-preflight request). */
export function isPreflight({ method, headers }: CheckRequest): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

export const saysGrpc = (contentType: string | undefined): boolean =>
  contentType?.toLowerCase().startsWith('application/grpc') === true;

/** What Envoy may add itself; others of this kind come from proxies further out, and are the caller's. */
const FORWARDED = /^x-forwarded-(?:for|proto|host|port|client-cert)$/;

/** Headers with which Envoy or the generated configuration speak to us, not the caller. */
export function isFromEnvoy(name: string): boolean {
  return (
    name.startsWith('x-envoy-') ||
    name.startsWith('x-portcullis-') ||
    FORWARDED.test(name) ||
    name.startsWith(':') ||
    name === 'x-request-id' ||
    name === 'content-length'
  );
}

/** Returns what expressions see as `request.headers`. */
export function callerHeaders(headers: CheckRequest['headers']): Readonly<Record<string, string>> {
  const visible: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !isFromEnvoy(name)) visible[name] = value;
  }
  return visible;
}
