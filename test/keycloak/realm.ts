/** A realm of Keycloak: its clients, users and roles, its tokens, and the keys that sign them. */
import { type Admin, type Credentials, passwordGrant, type Tokens } from './admin.ts';

export interface ClientOptions {
  /** Put into `aud`, beside what Keycloak puts there by itself: any text, or a client of the realm. */
  readonly audience?: string | { readonly client: string };
  /** Makes it a client that gets tokens for itself (client_credentials), by this secret. */
  readonly secret?: string;
  /** Client scopes that it may ask for; each must exist. */
  readonly scopes?: readonly string[];
  /** Signs the access tokens; absent = the realm's own. */
  readonly algorithm?: string;
  /** Roles of this client, as in `resource_access['<client>'].roles`. */
  readonly roles?: readonly string[];
}

export interface UserOptions extends Credentials {
  /** Realm roles; each must exist. */
  readonly roles?: readonly string[];
  /** Roles of clients, by the client; each must exist. */
  readonly clientRoles?: Readonly<Record<string, readonly string[]>>;
}

export interface Realm {
  readonly name: string;
  /** Where the realm is reached, and who issues its tokens, unless it was given a frontendUrl. */
  readonly issuer: string;
  readonly jwksUri: string;
  /** A realm role, as in `realm_access.roles`. */
  createRole(name: string): Promise<void>;
  /** A client scope, as in `scope`. */
  createScope(name: string): Promise<void>;
  /** A public client that may use the password grant, unless it has a secret. */
  createClient(clientId: string, options?: ClientOptions): Promise<void>;
  createUser(user: UserOptions): Promise<void>;
  /** An access token. */
  token(clientId: string, credentials: Credentials): Promise<string>;
  tokens(clientId: string, credentials: Credentials): Promise<Tokens>;
  /** The kid that signs now by this algorithm. */
  activeKey(algorithm?: string): Promise<string>;
  /** Adds a key that signs from now on, and returns its kid; the older ones stay published. */
  rotateKey(algorithm?: string): Promise<string>;
  /** Takes the key out of the published set: its tokens are no longer good. */
  disableKey(kid: string): Promise<void>;
}

interface Keys {
  readonly active: Readonly<Record<string, string>>;
  readonly keys: readonly { readonly kid?: string; readonly providerId: string }[];
}

/** The keys that a realm is born with have priority 100. */
const firstPriority = 200;

/** Makes the realm. The settings are members of Keycloak's RealmRepresentation. */
export async function createRealm(
  admin: Admin,
  name: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Realm> {
  await admin.call('POST', '', { realm: name, enabled: true, sslRequired: 'none', ...settings });
  const { id } = (await admin.call('GET', `/${name}`)) as { id: string };
  const issuer = `${admin.url}/realms/${name}`;
  let priority = firstPriority;

  const keys = async () => (await admin.call('GET', `/${name}/keys`)) as Keys;
  const activeKey = async (algorithm = 'RS256') => {
    const kid = (await keys()).active[algorithm];
    if (kid === undefined) throw new Error(`realm ${name} has no key for ${algorithm}`);
    return kid;
  };
  const internalId = async (clientId: string) => {
    const found = (await admin.call('GET', `/${name}/clients?clientId=${clientId}`)) as { id: string }[];
    if (found[0] === undefined) throw new Error(`realm ${name} has no client ${clientId}`);
    return found[0].id;
  };

  return {
    name,
    issuer,
    jwksUri: `${issuer}/protocol/openid-connect/certs`,
    activeKey,
    token: async (clientId, credentials) => (await passwordGrant(issuer, clientId, credentials)).access,
    tokens: (clientId, credentials) => passwordGrant(issuer, clientId, credentials),

    async createRole(role) {
      await admin.call('POST', `/${name}/roles`, { name: role });
    },

    async createScope(scope) {
      await admin.call('POST', `/${name}/client-scopes`, {
        name: scope,
        protocol: 'openid-connect',
        attributes: { 'include.in.token.scope': 'true' },
      });
    },

    async createClient(clientId, { audience, algorithm, roles = [], secret, scopes } = {}) {
      await admin.call('POST', `/${name}/clients`, {
        clientId,
        ...(secret === undefined
          ? { publicClient: true, directAccessGrantsEnabled: true }
          : { publicClient: false, secret, serviceAccountsEnabled: true }),
        standardFlowEnabled: false,
        // Whoever names one kind gets none of the other by itself.
        ...(scopes && { optionalClientScopes: scopes, defaultClientScopes: DEFAULT_SCOPES }),
        protocolMappers: audience === undefined ? [] : [audienceMapper(audience)],
        ...(algorithm && { attributes: { 'access.token.signed.response.alg': algorithm } }),
      });
      const client = roles.length > 0 ? await internalId(clientId) : '';
      for (const role of roles) await admin.call('POST', `/${name}/clients/${client}/roles`, { name: role });
    },

    async createUser({ user, password, roles = [], clientRoles = {} }) {
      await admin.call('POST', `/${name}/users`, {
        username: user,
        enabled: true,
        // Without these, Keycloak asks the user for them before it gives a token.
        email: `${user}@example.com`,
        emailVerified: true,
        firstName: user,
        lastName: user,
        credentials: [{ type: 'password', value: password, temporary: false }],
      });
      const users = (await admin.call('GET', `/${name}/users?exact=true&username=${user}`)) as {
        id: string;
      }[];
      const granted = await Promise.all(roles.map((role) => admin.call('GET', `/${name}/roles/${role}`)));
      const mappings = `/${name}/users/${users[0]?.id}/role-mappings`;
      await admin.call('POST', `${mappings}/realm`, granted);
      for (const [clientId, names] of Object.entries(clientRoles)) {
        const client = await internalId(clientId);
        const places = names.map((role) => `/${name}/clients/${client}/roles/${role}`);
        const wanted = await Promise.all(places.map((place) => admin.call('GET', place)));
        await admin.call('POST', `${mappings}/clients/${client}`, wanted);
      }
    },

    async rotateKey(algorithm = 'RS256') {
      priority += 1;
      await admin.call('POST', `/${name}/components`, {
        name: `${algorithm}-${priority}`,
        parentId: id,
        providerType: 'org.keycloak.keys.KeyProvider',
        ...keyProvider(algorithm, priority),
      });
      return activeKey(algorithm);
    },

    async disableKey(kid) {
      const key = (await keys()).keys.find((candidate) => candidate.kid === kid);
      if (key === undefined) throw new Error(`realm ${name} has no key ${kid}`);
      const place = `/${name}/components/${key.providerId}`;
      const component = (await admin.call('GET', place)) as { config: Record<string, readonly string[]> };
      await admin.call('PUT', place, {
        ...component,
        config: { ...component.config, enabled: ['false'], active: ['false'] },
      });
    },
  };
}

/** Those by which Keycloak tells `sub` and `auth_time`, and `acr`. */
const DEFAULT_SCOPES = ['basic', 'acr'];

function audienceMapper(audience: NonNullable<ClientOptions['audience']>): object {
  return {
    name: 'audience',
    protocol: 'openid-connect',
    protocolMapper: 'oidc-audience-mapper',
    config: {
      ...(typeof audience === 'string'
        ? { 'included.custom.audience': audience }
        : { 'included.client.audience': audience.client }),
      'access.token.claim': 'true',
    },
  };
}

function keyProvider(algorithm: string, priority: number): object {
  const config = { priority: [String(priority)], enabled: ['true'], active: ['true'] };
  const curve = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }[algorithm];
  if (curve !== undefined)
    return { providerId: 'ecdsa-generated', config: { ...config, ecdsaEllipticCurveKey: [curve] } };
  if (algorithm === 'EdDSA')
    return { providerId: 'eddsa-generated', config: { ...config, eddsaEllipticCurveKey: ['Ed25519'] } };
  return { providerId: 'rsa-generated', config: { ...config, algorithm: [algorithm], keySize: ['2048'] } };
}
