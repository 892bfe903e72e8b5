/** An authorization server that knows resources (RFC 8707) and step-up (RFC 9470): oidc-provider, whose one user agrees to all. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Adapter, AdapterPayload, Configuration } from 'oidc-provider';
import { importProvider } from '../../dev/provider.ts';

type Provider = InstanceType<Awaited<ReturnType<typeof importProvider>>['default']>;

/** A client for people. Nobody listens at its redirect URI: a browser that is led there has arrived. */
export const DESKTOP = { id: 'desktop', redirect: 'http://127.0.0.1:1/callback' };
/** A client for itself alone. */
export const MACHINE = { id: 'machine', secret: 'machine-secret' };
/** One that gets no scope but files:read, whatever it asks for. */
export const READER = { id: 'reader', secret: 'reader-secret' };

export interface Granted {
  readonly client: string;
  readonly grant: string;
  readonly resource: string;
  readonly scope: string;
}

export interface AuthorizationServer {
  readonly issuer: string;
  /** What it has given tokens for. */
  readonly granted: readonly Granted[];
  /** Seconds since the user has logged in, as the next login says. */
  loginAge: number;
  stop(): Promise<void>;
}

const ALGORITHM = 'RS256';
const INTERACTION = '/interaction/';

/** @param resources the scopes of each, by its identifier. */
export async function startAuthorizationServer(
  resources: ReadonlyMap<string, string>,
): Promise<AuthorizationServer> {
  let answer = (_request: IncomingMessage, response: ServerResponse): unknown =>
    response.writeHead(503).end();
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const granted: Granted[] = [];
  const state = { loginAge: 0 };
  const { default: Provider, errors, interactionPolicy } = await importProvider();
  const policy = interactionPolicy.base();
  policy.get('login')?.checks.add(
    new interactionPolicy.Check('acr_values', 'another login is wanted', 'login_required', ({ oidc }) => {
      const wanted = oidc.params?.acr_values;
      return (
        typeof wanted === 'string' &&
        oidc.result?.login === undefined &&
        !wanted.split(' ').includes(oidc.session?.acr ?? '')
      );
    }),
  );
  const provider: Provider = new Provider(issuer, {
    ...CONFIGURATION,
    jwks: { keys: [await signingKey()] } as NonNullable<Configuration['jwks']>,
    interactions: { policy, url: (_context, { uid }) => INTERACTION + uid },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(_context, resource, client) {
          const scope = resources.get(resource);
          if (scope === undefined) throw new errors.InvalidTarget('there is no such resource');
          return {
            scope: client.clientId === READER.id ? 'files:read' : scope,
            audience: resource,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: ALGORITHM } },
          };
        },
      },
    },
  });
  provider.on('server_error', (_context, error) => console.error(`authorization server: ${error.message}`));
  provider.on('grant.success', ({ oidc, body }) => {
    const { grant_type: grant, resource } = oidc.params ?? {};
    const { scope = '' } = body as { readonly scope?: string };
    granted.push({
      client: oidc.client?.clientId ?? '',
      grant: String(grant),
      resource: String(resource),
      scope,
    });
  });
  const protocol = provider.callback();
  answer = (request, response) =>
    request.url?.startsWith(INTERACTION)
      ? interact(provider, state.loginAge, request, response)
      : protocol(request, response);

  return {
    issuer,
    granted,
    get loginAge() {
      return state.loginAge;
    },
    set loginAge(seconds) {
      state.loginAge = seconds;
    },
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}

/** What the user does at the page that is shown to them: log in as they are asked to, and agree. */
async function interact(
  provider: Provider,
  loginAge: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    const [acr = 'pwd'] = typeof params.acr_values === 'string' ? params.acr_values.split(' ') : [];
    const ts = Math.floor(Date.now() / 1000) - loginAge;
    return provider.interactionFinished(request, response, { login: { accountId: 'joe', acr, ts } });
  }
  const grant = new provider.Grant({
    accountId: session?.accountId,
    clientId: String(params.client_id),
  });
  grant.addOIDCScope(String(params.scope));
  grant.addResourceScope(String(params.resource), String(params.scope));
  const grantId = await grant.save();
  return provider.interactionFinished(request, response, { consent: { grantId } });
}

/** Keeps what it is given as long as it lives. */
class Remembering implements Adapter {
  readonly #kept = new Map<string, AdapterPayload>();

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.#kept.set(id, payload);
  }
  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#kept.get(id);
  }
  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#kept.values().find((payload) => payload.uid === uid);
  }
  async findByUserCode(): Promise<undefined> {}
  async consume(id: string): Promise<void> {
    this.#kept.set(id, { ...this.#kept.get(id), consumed: true });
  }
  async destroy(id: string): Promise<void> {
    this.#kept.delete(id);
  }
  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [id, payload] of this.#kept) if (payload.grantId === grantId) this.#kept.delete(id);
  }
}

const machine = ({ id, secret }: typeof MACHINE) => ({
  client_id: id,
  client_secret: secret,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
});

const CONFIGURATION: Configuration = {
  adapter: Remembering,
  cookies: { keys: ['for tests alone'] },
  acrValues: ['pwd', 'phr'],
  scopes: ['openid'],
  ttl: {
    AccessToken: 600,
    AuthorizationCode: 60,
    ClientCredentials: 600,
    Grant: 600,
    IdToken: 600,
    Interaction: 600,
    Session: 600,
  },
  findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  extraTokenClaims({ oidc }) {
    const { acr, authTime } = oidc.entities.AuthorizationCode ?? {};
    return { ...(acr !== undefined && { acr }), ...(authTime !== undefined && { auth_time: authTime }) };
  },
  clients: [
    machine(MACHINE),
    machine(READER),
    {
      client_id: DESKTOP.id,
      token_endpoint_auth_method: 'none',
      redirect_uris: [DESKTOP.redirect],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
};

async function signingKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: 'one', alg: ALGORITHM, use: 'sig' };
}
