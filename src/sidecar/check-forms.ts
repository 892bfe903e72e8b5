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

/**
 * Behind one of the last two, and before the carriers (CARRIERS) that this proxy turns back into what they carry, with commas
 * between them: no client can say it, for the path of such a check is the proxy's own.
 */
export const CARRYING = '/carrying/';

/**
 * No check: in front of the path of a client's own request, which a proxy leads here because it is for the metadata of a
 * resource. Anybody may ask, for everybody may read it.
 */
export const METADATA_REQUEST_PREFIX = '/resource-metadata';

/** Over AUTH_REQUEST_PREFIX, the header that holds the body for the client: nginx itself hands on no body of a check. */
export const PROBLEM_HEADER = 'portcullis-problem';
