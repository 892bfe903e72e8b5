/** A request as people write it, made into the check that Envoy would ask. */

import { trimmed } from '../base/http-space.ts';
import { oneLine } from '../base/text.ts';
import type { CheckRequest } from '../decision/decision.ts';
import { HeaderTable, readPort } from '../decision/headers.ts';
import type { CredentialPolicy } from '../policy/policy.ts';

export type HeaderLine = readonly [name: string, value: string];

export interface RequestLine {
  readonly method: string;
  /** As written, with its port; undefined where the URL has none. */
  readonly host: string | undefined;
  /** Path and query, byte for byte. */
  readonly target: string;
}

export type ParsedOption<T> =
  | { readonly kind: 'parsed'; readonly value: T }
  | { readonly kind: 'refused'; readonly problem: string };

const parsed = <T>(value: T): ParsedOption<T> => ({ kind: 'parsed', value });
const refused = (problem: string): ParsedOption<never> => ({ kind: 'refused', problem });
const shown = (text: string): string => JSON.stringify(oneLine(text.slice(0, 80)));

/**
 * Reads `GET https://host/path` or `GET /path`. Never by way of URL, which would resolve, decode and encode
 * what is to be judged as it stands.
 */
export function parseRequestLine(text: string): ParsedOption<RequestLine> {
  const space = text.indexOf(' ');
  const method = text.slice(0, Math.max(0, space));
  const url = text.slice(space + 1);
  if (space <= 0 || url === '') {
    return refused(`must be "METHOD URL", such as "GET https://host/path", not ${shown(text)}`);
  }
  if (url.startsWith('/')) return parsed({ method, host: undefined, target: url });
  const scheme = /^https?:\/\//i.exec(url)?.[0];
  if (scheme === undefined) {
    return refused(`needs a URL that begins with https://, http:// or /, not ${shown(url)}`);
  }
  const rest = url.slice(scheme.length);
  const end = rest.search(/[/?#]/);
  const host = end < 0 ? rest : rest.slice(0, end);
  if (host === '') return refused(`names no host: ${shown(url)}`);
  // Where a URL has no path, every client sends the root.
  const target = end < 0 ? '/' : rest.slice(end);
  return parsed({ method, host, target: target.startsWith('/') ? target : `/${target}` });
}

const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Reads `name: value`. */
export function parseHeader(text: string): ParsedOption<HeaderLine> {
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(0, colon)).trim();
  const value = trimmed(text.slice(colon + 1));
  if (colon < 0 || !FIELD_NAME.test(name)) return refused(`must be "name: value", not ${shown(text)}`);
  if (/[\0\r\n]/.test(value)) {
    return refused(`${name} has a line break or a zero byte, which no header can carry`);
  }
  return parsed([name.toLowerCase(), value]);
}

/** The host of the URL is a Host header as any other: one more makes it a doubled one. */
export function toCheck({ method, host, target }: RequestLine, lines: readonly HeaderLine[]): CheckRequest {
  const headers = new HeaderTable();
  const doubled = new Set<string>();
  for (const [name, value] of host === undefined ? lines : [['host', host] as const, ...lines]) {
    if (headers[name] !== undefined) doubled.add(name);
    headers[name] = joined(headers[name], value, ',');
  }
  return {
    method,
    host: headers.host ?? '',
    pathAndQuery: target,
    headers,
    ...(doubled.size > 0 && { doubled }),
    port: readPort(headers['x-portcullis-port']),
  };
}

/** Envoy joins doubled headers of every name by a comma. */
function joined(before: string | undefined, value: string, separator: string): string {
  return before === undefined ? value : before + separator + value;
}

/** The same request with a token at its place. */
export function withToken(request: CheckRequest, token: string, place: CredentialPolicy): CheckRequest {
  switch (place.in) {
    case 'Header':
      return withHeader(
        request,
        place.name.toLowerCase(),
        place.scheme === '' ? token : `${place.scheme} ${token}`,
        ',',
      );
    case 'Query': {
      const parameter = `${encodeURIComponent(place.name)}=${encodeURIComponent(token.toWellFormed())}`;
      const separator = request.pathAndQuery.includes('?') ? '&' : '?';
      return { ...request, pathAndQuery: request.pathAndQuery + separator + parameter };
    }
    case 'Cookie':
      return withHeader(request, 'cookie', `${place.name}=${token}`, '; ');
  }
}

function withHeader(request: CheckRequest, name: string, value: string, separator: string): CheckRequest {
  const headers = Object.assign(new HeaderTable(), request.headers);
  headers[name] = joined(headers[name], value, separator);
  return { ...request, headers };
}
