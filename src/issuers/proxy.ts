/** Which proxy a URL is fetched through: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, as most programs read them. */

import { isLoopback } from '../process/address.ts';
import { inCidr } from './deny.ts';
import { type FetchFailed, fetchFailed } from './errors.ts';
import { literalAddress } from './target.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type ProxyChoice =
  | { readonly kind: 'direct' }
  | { readonly kind: 'proxy'; readonly proxy: URL }
  | FetchFailed;

/**
 * Lower-case names win over upper-case ones. Whatever is this machine itself is never asked through a proxy,
 * which would look for it on its own machine.
 */
export function routeFor(url: URL, environment: Environment): ProxyChoice {
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const value = variable(environment, name);
  if (value === '' || isLocal(url) || isExempt(url, variable(environment, 'no_proxy')))
    return { kind: 'direct' };
  const proxy = URL.parse(value.includes('://') ? value : `http://${value}`);
  if (proxy === null || (proxy.protocol !== 'http:' && proxy.protocol !== 'https:')) {
    return fetchFailed(
      'URL_INVALID',
      `The variable ${name.toUpperCase()} of this process is no http:// or https:// URL of a proxy; correct or remove it.`,
    );
  }
  return { kind: 'proxy', proxy };
}

function variable(environment: Environment, name: string): string {
  return (environment[name] ?? environment[name.toUpperCase()] ?? '').trim();
}

const isLocal = (url: URL): boolean => isLoopback(hostOf(url));

/** A name stands for itself and what is below it, `.name` and `*.name` only for what is below. */
function isExempt(url: URL, list: string): boolean {
  const host = hostOf(url);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*' || inCidr(host, entry)) return true;
      const [, bracketed, name = '', onlyPort] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
      if (onlyPort !== undefined && onlyPort !== port) return false;
      return bracketed === undefined ? matchesName(host, name) : host === bracketed;
    });
}

function matchesName(host: string, entry: string): boolean {
  const name = entry.replace(/^\*/, '').replace(/\.$/, '');
  if (name === '' || name === '.') return false;
  return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}

function hostOf(url: URL): string {
  return literalAddress(url) ?? url.hostname.toLowerCase().replace(/\.$/, '');
}
