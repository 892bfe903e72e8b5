/** The forms of a check over HTTP. The beginning of its path says which it is, and so where the client's request stands. */

/**
 * Envoy's: the request line is the client's, behind this prefix, byte for byte. Without a prefix, the request line of
 * another kind of caller would be judged as if it were the client's.
 */
export const CHECK_PREFIX = '/envoy';

/** Traefik's ForwardAuth and Caddy's forward_auth: X-Forwarded-Method, -Proto, -Host and -Uri tell of the request. */
export const FORWARD_AUTH_PREFIX = '/forward-auth';

/** nginx's auth_request: X-Original-URI (or -URL), X-Original-Method and Host tell of the request. */
export const AUTH_REQUEST_PREFIX = '/auth-request';

/** Over AUTH_REQUEST_PREFIX, the header that holds a denial's body: nginx itself hands no body of a check to clients. */
export const PROBLEM_HEADER = 'portcullis-problem';
