/**
 * A check whose proxy tells of the client's request in headers. All of them have to be there, once and well-formed: what
 * is missing is never taken from the check's own request line, which is the proxy's.
 */

import { isIP } from 'node:net';
import type { CheckCall } from '../check.ts';
import type { ToldForm } from './form.ts';
import { readHeaders } from './request.ts';

export type ToldRequest =
  | { readonly kind: 'check'; readonly check: CheckCall }
  /** `detail` is whole sentences. */
  | { readonly kind: 'refused'; readonly detail: string };

interface Line {
  readonly method: string;
  readonly host: string;
  readonly pathAndQuery: string;
}

/** Carries what is wrong out of the reading; never leaves this file. */
class NotTold extends Error {}

/** The headers of each form, which neither expressions nor credentials see. */
const FORMS = {
  'forward-auth': {
    names: ['x-forwarded-method', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-uri'],
    read: readForwardAuth,
  },
  'auth-request': {
    names: ['x-original-uri', 'x-original-url', 'x-original-method'],
    read: readAuthRequest,
  },
} as const satisfies Readonly<
  Record<ToldForm, { readonly names: readonly string[]; readonly read: (raw: readonly string[]) => Line }>
>;

/** @param raw names and values in turn, as they came. */
export function readTold(raw: readonly string[], form: ToldForm): ToldRequest {
  const { names, read } = FORMS[form];
  try {
    const line = read(raw);
    const { headers, doubled } = readHeaders(raw);
    for (const name of names) delete headers[name];
    headers.host = line.host;
    // A proxy of another kind has no place for the port: bindings are told apart by host alone.
    return {
      kind: 'check',
      check: { request: { ...line, headers, doubled, port: undefined }, client: clientOf(raw) },
    };
  } catch (error) {
    if (!(error instanceof NotTold)) throw error;
    return { kind: 'refused', detail: error.message };
  }
}

function readForwardAuth(raw: readonly string[]): Line {
  const proto = only(raw, 'X-Forwarded-Proto');
  if (!/^(?:https?|wss?)$/i.test(proto))
    throw new NotTold('X-Forwarded-Proto is none of http, https, ws, wss.');
  return {
    method: method(raw, 'X-Forwarded-Method'),
    host: host(only(raw, 'X-Forwarded-Host'), 'X-Forwarded-Host'),
    pathAndQuery: path(only(raw, 'X-Forwarded-Uri'), 'X-Forwarded-Uri'),
  };
}

/** X-Original-URL is whole: its host counts, for ingress-nginx puts the name of the validator into Host. */
function readAuthRequest(raw: readonly string[]): Line {
  const [uris, urls] = [valuesOf(raw, 'X-Original-URI'), valuesOf(raw, 'X-Original-URL')];
  if (uris.length > 0 && urls.length > 0) {
    throw new NotTold(
      'X-Original-URI and X-Original-URL are both there: the proxy has to send one, and take the other away.',
    );
  }
  const told = { method: method(raw, 'X-Original-Method') };
  if (urls.length === 0) {
    const uri = path(only(raw, 'X-Original-URI'), 'X-Original-URI');
    return { ...told, host: host(only(raw, 'Host'), 'Host'), pathAndQuery: uri };
  }
  const [, authority = '', rest = ''] =
    /^https?:\/\/([^/?#]*)(.*)$/is.exec(only(raw, 'X-Original-URL')) ?? [];
  only(raw, 'Host');
  return { ...told, host: host(authority, 'X-Original-URL'), pathAndQuery: path(rest, 'X-Original-URL') };
}

function valuesOf(raw: readonly string[], name: string): readonly string[] {
  const wanted = name.toLowerCase();
  const values: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const at = raw[i] ?? '';
    if (at.length === wanted.length && at.toLowerCase() === wanted) values.push(raw[i + 1] ?? '');
  }
  return values;
}

function only(raw: readonly string[], name: string): string {
  const [value, another] = valuesOf(raw, name);
  if (value === undefined)
    throw new NotTold(`The proxy sends no ${name}, which tells of the client's request.`);
  if (another !== undefined)
    throw new NotTold(`${name} is there more than once: the proxy has to overwrite it.`);
  return value;
}

/** As long as any that is known, and longer than those of Envoy. */
const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;

function method(raw: readonly string[], name: string): string {
  const value = only(raw, name);
  if (!METHOD.test(value)) throw new NotTold(`${name} is no method.`);
  // Proxies in Go send what follows as raw bytes: the app would take it for further requests.
  if (value === 'CONNECT')
    throw new NotTold('CONNECT opens a tunnel, through which nothing would be judged.');
  return value;
}

function host(value: string, name: string): string {
  if (!/^[^\s,/?#@\\]+$/.test(value)) throw new NotTold(`${name} names no host, or several.`);
  return value;
}

function path(value: string, name: string): string {
  if (!value.startsWith('/')) throw new NotTold(`${name} has no path that begins with a slash.`);
  return value;
}

/** The last hop's word of the client, which the proxy itself has written; for the log and for fair turns. */
function clientOf(raw: readonly string[]): string | undefined {
  const last = valuesOf(raw, 'X-Forwarded-For').at(-1)?.split(',').at(-1)?.trim() ?? '';
  return isIP(last) === 0 ? undefined : last;
}
