/**
 * The request target that the kubelet makes of a probe's path. It reads the path as a reference with Go's net/url, puts
 * the pod's address in, writes that out, and reads it again; what Go cannot read is a path as it stands. This follows
 * net/url and k8s.io/kubernetes/pkg/probe/http step by step, for an app must get the same request as before.
 */

import { isIPv4, isIPv6 } from 'node:net';

/** Bytes are characters here, as in Node.js' own requests. Undefined = a path that the kubelet can never ask for. */
export function requestTarget(path: string): string | undefined {
  const bytes = Buffer.from(path.toWellFormed(), 'utf8').toString('latin1');
  const reference = read(bytes) ?? { kind: 'path', path: escapePath(bytes), query: '' };
  if (reference.kind === 'opaque') return undefined;
  const { path: target, query } = reference;
  return `${target.startsWith('/') ? target : `/${target}`}${query}`;
}

type Reference =
  | {
      readonly kind: 'path';
      readonly path: string;
      /** With its question mark; empty where there is none. */
      readonly query: string;
    }
  /** `health:check` has a scheme and no host, and the pod's address finds no place in it. */
  | { readonly kind: 'opaque' };

/** Undefined for what net/url refuses. */
function read(text: string): Reference | undefined {
  const [reference, fragment] = cut(text, '#');
  if (CONTROL.test(reference) || isBroken(fragment)) return undefined;
  if (reference.startsWith(':')) return undefined;
  const { scheme = '', rest = reference } =
    /^(?<scheme>[A-Za-z][-A-Za-z0-9+.]*):(?<rest>.*)$/.exec(reference)?.groups ?? {};
  const [beforeQuery, , separator] = cut(rest, '?');
  const query = separator === '' ? '' : rest.slice(beforeQuery.length);
  if (!beforeQuery.startsWith('/') && scheme !== '') {
    return beforeQuery === '' ? { kind: 'path', path: '', query } : { kind: 'opaque' };
  }
  if (!beforeQuery.startsWith('/') && cut(beforeQuery, '/')[0].includes(':')) return undefined;
  const hasHost = beforeQuery.startsWith('//') && (scheme !== '' || !beforeQuery.startsWith('///'));
  const afterHost = hasHost ? beforeQuery.slice(2).replace(/^[^/]*/, '') : beforeQuery;
  if (hasHost && !isAuthority(beforeQuery.slice(2, beforeQuery.length - afterHost.length), scheme))
    return undefined;
  if (isBroken(afterHost)) return undefined;
  return { kind: 'path', path: PATH.test(afterHost) ? afterHost : escapePath(unescaped(afterHost)), query };
}

function cut(text: string, separator: string): readonly [before: string, after: string, separator: string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, '', ''] : [text.slice(0, at), text.slice(at + 1), separator];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\x00-\x1f\x7f]/;
/** What is left as it is; anything else in it has the whole path escaped anew. */
const PATH = /^[-A-Za-z0-9_.~$&+,/:;=@!'()*[\]%]*$/;
const isBroken = (text: string): boolean => /%(?![0-9A-Fa-f]{2})/.test(text);

const unescaped = (text: string): string =>
  text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

const escapePath = (bytes: string): string =>
  bytes.replace(/[^-A-Za-z0-9_.~$&+,/:;=@]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });

const USER = /^[-A-Za-z0-9._:~!$&'()*+,;=%@]*$/;
const HOST = /^(?:[-A-Za-z0-9_.~!$&'()*+,;=:[\]<>"\x80-\xff]|%25|%[89A-Fa-f][0-9A-Fa-f])*$/;
const OPTIONAL_PORT = /^(?::[0-9]*)?$/;

/** It is replaced by the pod's, but has to be one. */
function isAuthority(text: string, scheme: string): boolean {
  const at = text.lastIndexOf('@');
  const [user, host] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  if (!USER.test(user) || isBroken(user)) return false;
  const bracket = host.lastIndexOf('[');
  if (bracket > 0) return false;
  if (bracket === 0) {
    const end = host.lastIndexOf(']');
    return end > 0 && OPTIONAL_PORT.test(host.slice(end + 1)) && isAddress(host.slice(1, end));
  }
  const isStrict = /^https?$/i.test(scheme);
  const colon = isStrict ? host.indexOf(':') : host.lastIndexOf(':');
  return HOST.test(host) && (colon < 0 || OPTIONAL_PORT.test(host.slice(colon)));
}

/** Of IPv6, with a zone after `%25`. */
function isAddress(text: string): boolean {
  const [address, zone, separator] = cut(text, '%25');
  if (isIPv4(address) || !isIPv6(unescaped(address))) return false;
  return separator === '' || (zone !== '' && ZONE.test(zone));
}

const ZONE = /^(?:[-A-Za-z0-9_.~!$&'()*+,;=:[\]<>"\x80-\xff]|%25|%20|%[0-9A-Fa-f]{2})*$/;
