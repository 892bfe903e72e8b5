/** What a failed connection or a broken answer means: system, TLS and HTTP errors as issuer errors. */

import { errorCode } from '../base/error-code.ts';
import type { Stage } from '../process/stages.ts';
import { ProxyRefused } from './connection.ts';
import { type FetchFailed, fetchFailed } from './errors.ts';
import { AddressDenied } from './lookup.ts';
import { deniedMessage, showUrl } from './target.ts';

export interface Circumstances {
  readonly url: URL;
  readonly proxy: URL | undefined;
  /** Whether the answer's head had already come. */
  readonly answered: boolean;
}

/** What was waited for last. */
export interface Progress {
  readonly stage: Stage;
  readonly url: URL;
  readonly proxy: URL | undefined;
}

/** Explains that nothing came for so many seconds: packets that vanish say neither yes nor no. */
export function explainTimeout({ stage, url, proxy }: Progress, what: URL, seconds: number): FetchFailed {
  const peer = peerOf(url, proxy);
  const within = `within ${seconds} s`;
  switch (stage) {
    case 'lookup':
      return fetchFailed(
        'REQUEST_TIMEOUT',
        `The name ${(proxy ?? url).hostname} was not resolved ${within}: DNS does not answer; does an egress ` +
          'NetworkPolicy drop packets to it (port 53, UDP and TCP)?',
      );
    case 'connect':
      return fetchFailed(
        'REQUEST_TIMEOUT',
        `${peer} neither accepted nor refused a connection ${within}; does an egress NetworkPolicy or a firewall drop ` +
          `packets to it${proxy === undefined ? ', or is a proxy needed on the way (HTTPS_PROXY)' : ''}?`,
      );
    case 'handshake':
      return fetchFailed(
        'REQUEST_TIMEOUT',
        `${peer} took the connection and ended no TLS handshake ${within}; is it an https:// port, and does something ` +
          'on the way drop packets?',
      );
    case 'answer':
      return fetchFailed(
        'REQUEST_TIMEOUT',
        `${showUrl(what)} did not give a whole answer ${within}; is it reachable from here, or does it need a longer ` +
          'fetch.timeout?',
      );
  }
}

const peerOf = (url: URL, proxy: URL | undefined): string =>
  proxy === undefined ? url.host : `${url.host} through the proxy ${proxy.host}`;

/** Explains what the HTTP client threw. System codes are quoted, its texts are not. */
export function explainProviderFailure(error: unknown, { url, proxy, answered }: Circumstances): FetchFailed {
  const causes = causesOf(error);
  const denied = causes.find((cause) => cause instanceof AddressDenied);
  if (denied !== undefined)
    return fetchFailed('URL_INVALID', deniedMessage(showUrl(url), url, denied.address));

  const refused = causes.find((cause) => cause instanceof ProxyRefused);
  if (refused !== undefined && proxy !== undefined) {
    const answer = `The proxy ${proxy.host} refused a tunnel to ${url.host} (status ${refused.status}).`;
    return fetchFailed('UNKNOWN_HOST', answer + PROXY_HINT);
  }
  const code = causes.map(errorCode).find((found) => found !== undefined) ?? 'no code';
  if (answered) {
    return fetchFailed(
      'COULD_NOT_PARSE_CONFIG',
      `The answer of ${showUrl(url)} broke off or is malformed (${code}); it is asked again.`,
    );
  }
  const peer = peerOf(url, proxy);
  if (code === 'ETIMEDOUT') {
    return fetchFailed(
      'REQUEST_TIMEOUT',
      `${peer} did not accept a connection in time (${code}); is a firewall or NetworkPolicy in the way?`,
    );
  }
  if (code.startsWith('HPE_')) {
    return fetchFailed(
      'COULD_NOT_PARSE_CONFIG',
      `${peer} did not answer ${showUrl(url)} in proper HTTP (${code}); are scheme and port right?`,
    );
  }
  return fetchFailed(
    'UNKNOWN_HOST',
    `${connectionProblem(code, url, peer)} (${code}).${proxy ? PROXY_HINT : ''}`,
  );
}

const PROXY_HINT =
  ' The proxy comes from the variables HTTPS_PROXY and HTTP_PROXY of this process; NO_PROXY exempts hosts.';

function connectionProblem(code: string, { hostname }: URL, peer: string): string {
  if (/^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL)/.test(code)) {
    return `The name ${hostname} cannot be resolved; check its spelling and the cluster's DNS`;
  }
  if (code === 'ECONNREFUSED') return `${peer} refused the connection; is it running, and is the port right?`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `TLS: the certificate of ${peer} is for another name; use a name that stands in it`;
  }
  if (code === 'CERT_HAS_EXPIRED') return `TLS: the certificate of ${peer} has expired; it must be renewed`;
  if (code === 'CERT_NOT_YET_VALID') {
    return `TLS: the certificate of ${peer} is not valid yet; is the clock of this machine right?`;
  }
  if (UNTRUSTED.test(code)) {
    return `TLS: the certificate of ${peer} comes from no authority trusted here; name it in fetch.caBundleFrom`;
  }
  if (TLS.test(code)) return `TLS with ${peer} failed; is it an https:// port, with TLS 1.2 or later?`;
  return `The connection to ${peer} failed before it answered`;
}

const UNTRUSTED =
  /^(SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)|CERT_UNTRUSTED)/;
const TLS =
  /^(CERT_|CRL_|ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO$|UNABLE_TO_|INVALID_|PATH_LENGTH|HOSTNAME_MISMATCH)/;

const MAX_CAUSES = 5;

/** The error and what it wraps, outermost first. */
function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  let cause = error;
  while (cause instanceof Error && causes.length < MAX_CAUSES) {
    causes.push(cause);
    cause = cause.cause;
  }
  return causes;
}
