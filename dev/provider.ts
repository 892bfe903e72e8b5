/**
 * The development identity provider: oidc-provider with demo users and keys that can be rotated, and on 127.0.0.1
 * with a switch to turn it off. It speaks the whole of OAuth; only its users are make-believe.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { Configuration, errors } from 'oidc-provider';
import { type DemoUser, ORDERS, type ProtectedApi, SCOPE, USERS } from './users.ts';

export interface DevelopmentProvider {
  readonly issuer: string;
  /** The `kid` that signs new tokens. */
  readonly kid: string;
  /** A fresh access token, from the token endpoint, as any client would ask for it. */
  token(user: DemoUser, scope?: string): Promise<string>;
  /** An access token as the provider would have issued it `age` seconds ago. */
  tokenOfAge(user: DemoUser, age: number): Promise<string>;
  /** New tokens get a new key from now on; the earlier ones stay published. */
  rotateKeys(): Promise<void>;
  stop(): Promise<void>;
  /** Listens again, at the same address and with the same keys. */
  start(): Promise<void>;
}

/** Seconds. */
const TOKEN_LIFETIME = 3600;
const ALGORITHM = 'RS256';

/** At least one. */
type Apis = readonly [ProtectedApi, ...ProtectedApi[]];

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** The provider without a server of its own. */
export interface ProviderCore {
  readonly handle: Handler;
  /** The key that signs new tokens. */
  newest(): JWK & { readonly kid: string };
  rotateKeys(): Promise<void>;
}

/**
 * Starts the provider on a port of 127.0.0.1; 0 = any that is free.
 *
 * @param apis for which it gives tokens; the first is meant where a client names none.
 */
export async function startProvider(port: number, apis: Apis = [ORDERS]): Promise<DevelopmentProvider> {
  let handler: Handler = (_request, response) => response.writeHead(503).end();
  const server = createServer((request, response) => {
    // No connection outlives its answer, so that turning the provider off and on surprises no pool.
    response.shouldKeepAlive = false;
    handler(request, response);
  });
  await listen(server, port);
  const address = (server.address() as AddressInfo).port;
  const issuer = `http://127.0.0.1:${address}`;
  const core = await createProvider(issuer, apis);
  handler = core.handle;
  const { newest, rotateKeys } = core;
  return {
    issuer,
    get kid() {
      return newest().kid;
    },
    rotateKeys,
    token: (user, scope) => requestToken(issuer, user, scope),
    async tokenOfAge(user, age) {
      const issued = Math.floor(Date.now() / 1000) - age;
      const { kid } = newest();
      return new SignJWT({ ...extraClaims(user), scope: SCOPE, client_id: user.id })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', kid })
        .setIssuer(issuer)
        .setAudience(apis[0].identifier)
        .setSubject(user.id)
        .setIssuedAt(issued)
        .setExpirationTime(issued + TOKEN_LIFETIME)
        .sign(await importJWK(newest(), ALGORITHM));
    },
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
    start: () => listen(server, address),
  };
}

/** What answers for `issuer`, whatever server it stands behind. */
export async function createProvider(issuer: string, apis: Apis = [ORDERS]): Promise<ProviderCore> {
  const keys: JWK[] = [];
  let handler: Handler = (_request, response) => response.writeHead(503).end();
  const { default: Provider, errors } = await importProvider();

  async function rotateKeys(): Promise<void> {
    keys.unshift(await signingKey(`demo-${keys.length + 1}`));
    // oidc-provider takes its keys once, so a rotation is a new one behind the same address.
    const next = new Provider(issuer, configuration(keys, apis, errors));
    next.on('server_error', (_context, error) => console.error(`identity provider: ${error.message}`));
    handler = next.callback();
  }

  await rotateKeys();
  return {
    handle: (request, response) => handler(request, response),
    rotateKeys,
    newest() {
      const key = keys[0];
      if (key?.kid === undefined) throw new Error('the provider has no key yet');
      return { ...key, kid: key.kid };
    },
  };
}

/** How a client gets a token, for people to paste. */
export function tokenCommand(
  issuer: string,
  user: DemoUser,
  { scope = SCOPE, resource }: { readonly scope?: string; readonly resource?: string } = {},
): string {
  const asked = [`scope=${scope}`, ...(resource === undefined ? [] : [`resource=${resource}`])];
  const form = asked.map((field) => ` -d ${field.includes(' ') ? `'${field}'` : field}`).join('');
  return `curl -s -u ${user.id}:${user.secret} -d grant_type=client_credentials${form} ${issuer}/token`;
}

/** @param server where the provider listens: its issuer, or another address of it. */
export async function requestToken(server: string, user: DemoUser, scope = SCOPE): Promise<string> {
  const response = await fetch(`${server}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${user.id}:${user.secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  });
  const answer: unknown = await response.json();
  if (typeof answer === 'object' && answer !== null && 'access_token' in answer) {
    return String(answer.access_token);
  }
  throw new Error(`the identity provider gave ${user.id} no token (status ${response.status})`);
}

function configuration(keys: readonly JWK[], apis: Apis, { InvalidTarget }: typeof errors): Configuration {
  const kid = keys[0]?.kid;
  const scopes = apis.flatMap((api) => api.scopes);
  return {
    jwks: { keys: keys.map((key) => ({ ...key })) } as NonNullable<Configuration['jwks']>,
    adapter: Forgetful,
    ttl: { ClientCredentials: TOKEN_LIFETIME },
    clients: USERS.map((user) => ({
      client_id: user.id,
      client_secret: user.secret,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      scope: user.scopes.filter((scope) => scopes.includes(scope)).join(' '),
    })),
    scopes,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => apis[0].identifier,
        getResourceServerInfo: (_context, resource) => {
          const api = apis.find(({ identifier }) => identifier === resource);
          if (api === undefined) throw new InvalidTarget('no API has this identifier');
          return {
            scope: api.scopes.join(' '),
            audience: api.identifier,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: ALGORITHM, ...(kid === undefined ? {} : { kid }) } },
          };
        },
      },
    },
    extraTokenClaims: (_context, token) => {
      const user = USERS.find(({ id }) => id === token.clientId);
      return user === undefined ? undefined : extraClaims(user);
    },
  };
}

const extraClaims = ({ roles }: DemoUser): { roles: readonly string[] } => ({ roles });

/** JWT access tokens and configured clients need no store, and nothing else is offered. */
class Forgetful {
  async upsert(): Promise<void> {}
  async find(): Promise<undefined> {}
  async findByUserCode(): Promise<undefined> {}
  async findByUid(): Promise<undefined> {}
  async consume(): Promise<void> {}
  async destroy(): Promise<void> {}
  async revokeByGrantId(): Promise<void> {}
}

async function signingKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: ALGORITHM, use: 'sig' };
}

/** On import, oidc-provider warns of every Node.js that is newer than itself. */
export async function importProvider(): Promise<typeof import('oidc-provider')> {
  const { warn } = console;
  console.warn = () => {};
  try {
    return await import('oidc-provider');
  } finally {
    console.warn = warn;
  }
}

function listen(server: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, '127.0.0.1', () => {
    server.off('error', reject);
    resolve();
  });
  return promise;
}
