/** Who there is at the development identity provider. Their secrets are public, so it is for demos alone. */

export interface DemoUser {
  readonly id: string;
  readonly secret: string;
  readonly roles: readonly string[];
}

export const JOE: DemoUser = { id: 'joe', secret: 'joe-secret', roles: ['user'] };
export const ANN: DemoUser = { id: 'ann', secret: 'ann-secret', roles: ['user', 'admin'] };

export const USERS: readonly DemoUser[] = [JOE, ANN];

/** The API that the tokens are for: `audiences` of examples/quickstart. */
export const AUDIENCE = 'https://orders.example';

export const SCOPE = 'orders:read';
