/** Who there is at the development identity provider. Their secrets are public, so it is for demos alone. */

export interface DemoUser {
  readonly id: string;
  readonly secret: string;
  readonly roles: readonly string[];
  /** Those of an API's scopes that they may ask for. */
  readonly scopes: readonly string[];
}

export const JOE: DemoUser = {
  id: 'joe',
  secret: 'joe-secret',
  roles: ['user'],
  scopes: ['orders:read', 'files:read'],
};
export const ANN: DemoUser = {
  id: 'ann',
  secret: 'ann-secret',
  roles: ['user', 'admin'],
  scopes: ['orders:read', 'files:read', 'files:delete'],
};

export const USERS: readonly DemoUser[] = [JOE, ANN];

/** The API that the tokens are for: `audiences` of examples/quickstart. */
export const AUDIENCE = 'https://orders.example';

export const SCOPE = 'orders:read';

/** An API for which tokens can be asked, by its resource indicator (RFC 8707). */
export interface ProtectedApi {
  readonly identifier: string;
  readonly scopes: readonly string[];
}

export const ORDERS: ProtectedApi = { identifier: AUDIENCE, scopes: [SCOPE] };
