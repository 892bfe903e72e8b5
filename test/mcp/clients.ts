/** Real MCP clients, who are told a URL and nothing else of the server: for a person, and for a machine. */

import { createConnection } from 'node:net';
import {
  Client,
  ClientCredentialsProvider,
  type FetchLike,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
  type StreamableHTTPClientTransportOptions,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { Agent } from 'undici';
import { DESKTOP, MACHINE } from './authorization-server.ts';
import { Browser } from './browser.ts';
import { VERSION } from './calls.ts';

export const machineAt = (expectedIssuer: string, { id, secret } = MACHINE): ClientCredentialsProvider =>
  new ClientCredentialsProvider({ clientId: id, clientSecret: secret, expectedIssuer });

/** A token that MACHINE asks for, at a provider that has its endpoint at /token. */
export async function tokenFor(issuer: string, resource: string, scope: string): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${MACHINE.id}:${MACHINE.secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope }),
  });
  const { access_token: token } = (await response.json()) as { readonly access_token?: string };
  if (token === undefined) throw new Error(`no token: ${response.status}`);
  return token;
}

/** Logs in with a browser wherever the server wants it. */
export class Person implements OAuthClientProvider {
  readonly redirectUrl = DESKTOP.redirect;
  readonly clientMetadata = {
    redirect_uris: [DESKTOP.redirect],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  readonly #browser = new Browser();
  /** Where the browser was led in the end. */
  arrived: URL | undefined;
  #tokens: StoredOAuthTokens | undefined;
  #verifier = '';
  #discovered: OAuthDiscoveryState | undefined;

  clientInformation() {
    return { client_id: DESKTOP.id };
  }
  tokens(): StoredOAuthTokens | undefined {
    return this.#tokens;
  }
  saveTokens(tokens: StoredOAuthTokens): void {
    this.#tokens = tokens;
  }
  async redirectToAuthorization(url: URL): Promise<void> {
    this.arrived = await this.#browser.open(url, DESKTOP.redirect);
  }
  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }
  codeVerifier(): string {
    return this.#verifier;
  }
  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovered = state;
  }
  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovered;
  }
}

/** One request of a client, wherever it went. */
export interface Exchange {
  readonly asked: string;
  readonly status: number;
}

export interface Connected {
  readonly client: Client;
  readonly transport: StreamableHTTPClientTransport;
  /** In their order, those of discovery and at the authorization server among them. */
  readonly exchanges: readonly Exchange[];
  /** What the tool says. */
  call(tool: string, args?: Readonly<Record<string, unknown>>): Promise<string>;
}

interface Wanted {
  readonly url: string;
  /** Of the Envoy that stands for every host below `.example`, with its TLS already taken off. */
  readonly port: number;
  readonly provider: ClientCredentialsProvider | Person;
  readonly onInsufficientScope?: 'throw';
  /** Absent = 2026-07-28 and no other. */
  readonly speaks?: Speaks;
}

/** Versions that a client speaks: older ones alone, or whatever the server speaks. */
export type Speaks = 'legacy' | 'auto';

export async function connect({
  url,
  port,
  provider,
  onInsufficientScope,
  speaks,
}: Wanted): Promise<Connected> {
  const exchanges: Exchange[] = [];
  const options: StreamableHTTPClientTransportOptions = {
    authProvider: provider,
    fetch: fetchThrough(port, exchanges),
    ...(onInsufficientScope && { onInsufficientScope }),
  };
  const open = async () => {
    const transport = new StreamableHTTPClientTransport(new URL(url), options);
    const client = new Client(
      { name: 'test', version: '1.0.0' },
      { versionNegotiation: { mode: speaks ?? { pin: VERSION } } },
    );
    return { client, transport, connecting: client.connect(transport) };
  };
  const first = await open();
  const { client, transport } = await first.connecting.then(
    () => first,
    async (error: unknown) => {
      await finishLogin(error, first.transport, provider);
      const second = await open();
      await second.connecting;
      return second;
    },
  );
  return {
    client,
    transport,
    exchanges,
    async call(name, args = {}) {
      const call = () => client.callTool({ name, arguments: args });
      const { content } = await call().catch(async (error: unknown) => {
        await finishLogin(error, transport, provider);
        return call();
      });
      return content.map((part) => (part.type === 'text' ? part.text : part.type)).join('\n');
    },
  };
}

/** The host application's part: the person has come back from the browser. Whatever is no request to log in goes on. */
async function finishLogin(
  error: unknown,
  transport: StreamableHTTPClientTransport,
  provider: Wanted['provider'],
): Promise<void> {
  if (!(error instanceof UnauthorizedError && provider instanceof Person && provider.arrived)) throw error;
  await transport.finishAuth(provider.arrived.searchParams);
}

/** As a name server and a load balancer would lead it, who take TLS off. */
export function fetchThrough(port: number, exchanges: Exchange[] = []): FetchLike {
  const dispatcher = new Agent({
    connect(_options, callback) {
      const socket = createConnection(port, '127.0.0.1');
      socket.once('connect', () => callback(null, socket));
      socket.once('error', (error) => callback(error, null));
    },
  });
  return async (input, init = {}) => {
    const url = new URL(input);
    const isOurs = url.hostname.endsWith('.example');
    const response = await fetch(url, isOurs ? Object.assign({}, init, { dispatcher }) : init);
    exchanges.push({ asked: `${init.method ?? 'GET'} ${url.href}`, status: response.status });
    return response;
  };
}
