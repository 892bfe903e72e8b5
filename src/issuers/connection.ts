/** How a request leaves: straight to the host, or by way of a proxy; each on a connection of its own. */

import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { unescape as percentDecode } from 'node:querystring';
import { connect as tlsConnect } from 'node:tls';
import { answerTo, rejectOnEnd } from '../process/answer.ts';
import { followStages, type Stage } from '../process/stages.ts';
import type { DenyList } from './deny.ts';
import { type AddressLookup, guardedLookup } from './lookup.ts';
import { literalAddress } from './target.ts';

export interface ProviderConnectionOptions {
  readonly deny: DenyList;
  readonly lookup: AddressLookup;
  /** PEM certificates to trust instead of the system's. */
  readonly certificateAuthorities: string | undefined;
  /** Ends everything, at any stage. */
  readonly signal: AbortSignal;
  /** Called with each phase that begins; with a proxy, first with the phases of the connection to it. */
  readonly onStage: (stage: Stage) => void;
}

/** The proxy gave no tunnel. */
export class ProxyRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super('The proxy refused.');
    this.name = 'ProxyRefused';
    this.status = status;
  }
}

/** A compressed answer could grow a thousandfold, so none is asked for. */
const HEADERS = {
  accept: 'application/json, application/jwk-set+json',
  'accept-encoding': 'identity',
  'user-agent': 'portcullis',
};

/**
 * Sends a GET and resolves with the head of the answer. Rejects with what system, TLS or HTTP parser have to
 * say. The connection is gone when the answer is read or destroyed.
 */
export function send(
  url: URL,
  proxy: URL | undefined,
  options: ProviderConnectionOptions,
): Promise<IncomingMessage> {
  if (proxy === undefined) return sendStraight(url, options);
  return url.protocol === 'http:' ? sendForwarded(url, proxy, options) : sendTunnelled(url, proxy, options);
}

function sendStraight(url: URL, options: ProviderConnectionOptions): Promise<IncomingMessage> {
  const lookup = guardedLookup(options.lookup, options.deny);
  const { signal, onStage } = options;
  return answerTo(request(url, { headers: HEADERS, signal, lookup, ...trust(options) }, onStage));
}

/** RFC 9112 section 3.2.2: a proxy is asked with the whole URL. */
function sendForwarded(
  url: URL,
  proxy: URL,
  { signal, onStage }: ProviderConnectionOptions,
): Promise<IncomingMessage> {
  const headers = { ...HEADERS, host: url.host, ...proxyCredentials(proxy) };
  return answerTo(request(withoutCredentials(proxy), { path: url.href, headers, signal }, onStage));
}

async function sendTunnelled(
  url: URL,
  proxy: URL,
  options: ProviderConnectionOptions,
): Promise<IncomingMessage> {
  const { signal, onStage } = options;
  const socket = await tunnel(url, proxy, options);
  const host = literalAddress(url) ?? url.hostname;
  const createConnection = () =>
    tlsConnect({ socket, host, servername: isIP(host) === 0 ? host : '', ...VERIFIED, ...trust(options) });
  return answerTo(request(url, { headers: HEADERS, signal, createConnection }, onStage));
}

/** RFC 9110 section 9.3.6. */
function tunnel(url: URL, proxy: URL, { signal, onStage }: ProviderConnectionOptions): Promise<Socket> {
  const authority = `${url.hostname}:${url.port || '443'}`;
  const headers = { host: authority, ...proxyCredentials(proxy) };
  const options = { method: 'CONNECT', path: authority, headers, signal };
  const asking = request(withoutCredentials(proxy), options, onStage);
  return new Promise((resolve, reject) => {
    asking.once('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode === 200) return resolve(socket as Socket);
      socket.destroy();
      reject(new ProxyRefused(statusCode));
    });
    rejectOnEnd(asking, reject);
    asking.end();
  });
}

/** Without an agent, or with an agent of its own, a request has a connection that no other request uses. */
function request(url: URL, options: RequestOptions, onStage: (stage: Stage) => void): ClientRequest {
  const own: RequestOptions = options.createConnection === undefined ? { ...options, agent: false } : options;
  const asking =
    url.protocol === 'https:' ? httpsRequest(url, { ...own, ...VERIFIED }) : httpRequest(url, own);
  followStages(asking, url.hostname, onStage);
  return asking;
}

/** Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED cannot take it back, for proxies neither. */
const VERIFIED = { rejectUnauthorized: true } as const;

/** Of the provider; a proxy's own certificate is the system's business. */
function trust({ certificateAuthorities: ca }: ProviderConnectionOptions): { readonly ca?: string } {
  return ca === undefined ? {} : { ca };
}

function proxyCredentials({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {};
  const credentials = `${percentDecode(username)}:${percentDecode(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** Node would make an Authorization header of them, for the host behind the proxy to read. */
function withoutCredentials(proxy: URL): URL {
  const bare = new URL(proxy);
  bare.username = '';
  bare.password = '';
  return bare;
}
