/** What to change so that a caller is no longer refused, by reason: for whoever answers for the API. */

/** A line each. More of each stands in docs/troubleshooting.md. */
const REMEDIES: Readonly<Record<string, string>> = {
  token_missing: 'let the client send its token, or give these paths a rule with authentication: None',
  token_malformed:
    'what it sends is no JWT: have it send an access token, not a session, an API key or an opaque token',
  token_encrypted: 'have the provider sign access tokens for this API, and not encrypt them',
  token_bound: 'have the client ask for bearer tokens: one that is bound to its sender cannot be judged here',
  issuer_unknown: 'if the provider is trusted, add a source for it, or its spelling to acceptedIssuers',
  algorithm_not_allowed: "compare the token's alg with the source's algorithms and with the provider's keys",
  type_not_allowed: 'have the client send the access token, not the ID token, or add the type to tokenTypes',
  key_unknown:
    'is it a token of another environment or tenant? The source fetches keys that do not include its own',
  token_expired: 'have the client renew its token in time; if fresh ones are refused, compare clocks',
  token_not_yet_valid: 'compare the clocks of the node and the provider, or allow more clockSkew',
  token_too_old: 'have the user sign in again, or allow a longer maxTokenAge',
  signature_invalid: 'nothing here: a forged token looks so; with HMAC, compare the Secret and its encoding',
  audience_mismatch:
    'if the token is meant for this API, add its aud to spec.jwt.audiences or resource.audiences; else have the client ask for one',
  client_not_allowed: "if this client may use the API, add it to the source's clientIDs",
  claim_rejected: "compare the token's claims with requiredClaims and expressions of the source",
  groups_overage: 'have the provider send app roles or assigned groups alone, and map roles by them',
  token_ambiguous: 'have the client, or the proxy in front, send one token in one place',
  path_ambiguous: 'say in spec.pathMatching what the API does, or have the client write the path plainly',
  request_malformed:
    'the detail says what cannot be read: look at the client, or at the proxy in front of the validator',
  version_unsupported:
    'have the client speak a version of MCP that is in mcp.versions, or add its own if the server takes it',
  method_not_allowed:
    'MCP takes POST alone: give other paths another host and binding, or write mcp.other: Pass',
  authentication_insufficient:
    'have the client log the user in anew as the challenge says (acr_values, max_age), and the provider put acr and auth_time into access tokens',
  scope_insufficient: 'have the client ask the provider for the scope, or take it out of the rule',
  role_mismatch: 'give the user the role at the provider, or name a role in the rule that the user has',
  claim_mismatch: "compare the token's claim with the rule's require.claims",
  client_mismatch: "if this client may, add it to the rule's require.clients",
  expression_denied:
    "compare the request with the rule's expressions; portcullis explain shows what each of them says",
  access_denied:
    'the rule lets nobody in, or takes tokens of other sources: is it the right rule for this path?',
  origin_not_allowed: "if the page may use the API, add its origin to the cookie's origins",
  metadata_undeliverable:
    "print the proxy's configuration anew, or let it ask over gRPC: docs/resource-server.md says which proxy needs what",
  identity_too_large: 'forward less: no payload, no roles, or those claims alone that the API reads',
  host_unbound: 'add the host, or the route, to a binding',
  keys_unavailable: "see why the source's keys cannot be read: portcullis status, or its conditions",
  policy_missing: 'see whether the operator runs, and whether the validator can reach it',
  binding_invalid: "see the binding's conditions, and mend what they name",
  overloaded: 'it was too much at one time: see who floods, or give the validator more CPU',
  internal_error: 'report it as a bug: the log of the validator has the place',
};

export const remedyFor = (reason: string): string | undefined =>
  Object.hasOwn(REMEDIES, reason) ? REMEDIES[reason] : undefined;
