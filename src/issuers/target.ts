/** Which URLs may be fetched at all, before anything is looked up or connected to. */

import { isIP } from 'node:net';
import { shorten } from '../base/text.ts';
import type { DenyList } from './deny.ts';
import { type FetchFailed, fetchFailed } from './errors.ts';

export interface UrlRules {
  readonly deny: DenyList;
  /** --allow-insecure-http */
  readonly allowInsecureHttp: boolean;
}

export type FetchTarget = { readonly kind: 'target'; readonly url: URL } | FetchFailed;

/** What a status can hold; no known provider's key set has a longer address. */
const MAX_URL_LENGTH = 2048;

/**
 * Judges a URL's form, scheme and, where its host is an address, that address. The URL parser has made plain
 * addresses of decimal, octal, hexadecimal and short ones.
 *
 * @param what names the URL in messages, such as `keys.jwksURI`.
 */
export function parseTarget(text: string, what: string, rules: UrlRules): FetchTarget {
  const url = text.length > MAX_URL_LENGTH ? null : URL.parse(text);
  if (url === null) return invalid(`${what} is not a URL of at most ${MAX_URL_LENGTH} characters.`);
  if (url.username !== '' || url.password !== '') {
    return invalid(`${what} holds a user name or password, which would be sent to ${url.host}; remove it.`);
  }
  if (url.protocol === 'http:' && !rules.allowInsecureHttp) {
    return invalid(
      `${what} is ${showUrl(url)}, and over http:// anybody on the way could hand us keys of their own; use ` +
        'https://, or start with --allow-insecure-http if this network is trusted.',
    );
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return invalid(`${what} has a scheme other than https://.`);
  }
  const address = literalAddress(url);
  if (address !== undefined && rules.deny.denies(address)) {
    return invalid(deniedMessage(what, url, address));
  }
  url.hash = '';
  return { kind: 'target', url };
}

/** Judges where a redirect from `from` leads: all rules anew, and never from https:// to http://. */
export function parseRedirect(location: string, what: string, from: URL, rules: UrlRules): FetchTarget {
  return refuseDowngrade(parseTarget(URL.parse(location, from)?.href ?? location, what, rules), what, from);
}

/** Who was asked over https:// must not send us to http://, be it by a redirect or by a document. */
export function refuseDowngrade(target: FetchTarget, what: string, from: URL): FetchTarget {
  if (target.kind !== 'target' || from.protocol !== 'https:' || target.url.protocol === 'https:')
    return target;
  return invalid(`${what} leads from https:// to http://${target.url.host}, which is never followed.`);
}

const invalid = (message: string): FetchFailed => fetchFailed('URL_INVALID', message);

export function deniedMessage(what: string, url: URL, address: string): string {
  const host = url.hostname === address || url.hostname === `[${address}]` ? '' : `${url.hostname} at `;
  return (
    `${what} leads to ${host}${address}, an address that must not be fetched from (--fetch-deny-cidrs); use the ` +
    "provider's own address, or change that list if this one is meant."
  );
}

/** The address that stands in a URL in place of a name, without brackets. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? undefined : host;
}

const SHOWN_LENGTH = 256;

/** A URL as messages show it: without the query, which may be secret, and shortened. */
export function showUrl(url: URL): string {
  return shorten(`${url.origin}${url.pathname}`, SHOWN_LENGTH);
}
