/** Headers by which a client would be somebody else, or have another request served than the one that was judged. */

type Headers = readonly (readonly [name: string, value: string])[];

/** Sent with a good token of a user named joe, who has the role user, to an open path and to his own. */
export const FORGED: readonly Headers[] = [
  [['x-auth-user', 'mallory']],
  [['X-AUTH-USER', 'mallory']],
  [
    ['x-auth-user', 'mallory'],
    ['x-auth-user', 'mallory'],
  ],
  [['x-auth-roles', 'mallory,admin']],
  [['x-auth-scopes', 'mallory']],
  [['x-auth-source', 'mallory/x']],
  [['x_auth_user', 'mallory']],
  [['X-Auth_User', 'mallory']],
  [['x.auth.user', 'mallory']],
  [['x-auth-user ', 'mallory']],
  [['x-auth-user\t', 'mallory']],
  [
    ['connection', 'x-auth-user'],
    ['x-auth-user', 'mallory'],
  ],
  [
    ['connection', 'keep-alive, X-Auth-User, X-Auth-Roles'],
    ['x-auth-roles', 'mallory'],
  ],
  [['x-original-url', '/mallory']],
  [['x-rewrite-url', '/mallory']],
  [['x-http-method-override', 'MALLORY']],
  [['x-http-method', 'MALLORY']],
  [['x-method-override', 'MALLORY']],
  [['x-original_url', '/mallory']],
  [['x-portcullis-port', 'mallory']],
  [['x-portcullis-client', 'mallory']],
  [['x-envoy-auth-headers-to-remove', 'x-auth-user']],
];

/** Sent without a token to /admin: what they tell of is open, and must not be judged in its place. */
export const MISLEADING: readonly Headers[] = [
  [['x-forwarded-uri', '/healthz']],
  [['x-forwarded-method', 'GET']],
  [['x-forwarded-host', 'nobody.example']],
  [['x-forwarded-proto', 'ftp']],
  [
    ['x-forwarded-uri', '/healthz'],
    ['x-forwarded-method', 'GET'],
    ['x-forwarded-host', 'orders.example'],
    ['x-forwarded-proto', 'https'],
  ],
  [
    ['x-forwarded-uri', '/healthz'],
    ['x-forwarded-uri', '/healthz'],
  ],
  [['x-original-uri', '/healthz']],
  [['x-original-url', 'http://orders.example/healthz']],
  [['x-original-method', 'GET']],
  [
    ['x-original-uri', '/healthz'],
    ['x-original-method', 'GET'],
  ],
  [['forwarded', 'host=orders.example;proto=https']],
  [['x-envoy-original-path', '/healthz']],
  [[':path', '/healthz']],
  [
    ['connection', 'x-forwarded-uri'],
    ['x-forwarded-uri', '/healthz'],
  ],
  [
    ['connection', 'x-original-uri, x-forwarded-uri, host'],
    ['x-forwarded-uri', '/healthz'],
  ],
];
