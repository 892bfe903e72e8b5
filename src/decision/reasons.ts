/** The one table of reasons why a request is refused: status, challenge and title for each. */

import type { DenialStatus } from '../base/denial-statuses.ts';
import type { CredentialReason } from '../sources/verification.ts';

/** What `WWW-Authenticate` says (RFC 6750 section 3, RFC 9470): nothing at all, no error, or its code. */
export type Challenge =
  | 'none'
  | 'bare'
  | 'invalid_token'
  | 'invalid_request'
  | 'insufficient_scope'
  | 'insufficient_user_authentication';

export interface ReasonEntry {
  readonly status: DenialStatus;
  readonly challenge: Challenge;
  readonly title: string;
}

const invalidToken = (title: string): ReasonEntry => ({ status: 401, challenge: 'invalid_token', title });
const forbidden = (title: string): ReasonEntry => ({ status: 403, challenge: 'none', title });
const badRequest = (title: string): ReasonEntry => ({ status: 400, challenge: 'none', title });
const unavailable = (title: string): ReasonEntry => ({ status: 503, challenge: 'none', title });

const TABLE = {
  token_missing: { status: 401, challenge: 'bare', title: 'A token is required' },

  token_malformed: invalidToken('The token is not a well-formed JWT'),
  token_encrypted: invalidToken('The token is encrypted'),
  token_bound: invalidToken('The token is bound to its sender'),
  algorithm_not_allowed: invalidToken("The token's algorithm is not allowed"),
  issuer_unknown: invalidToken("The token's issuer is not trusted here"),
  key_unknown: invalidToken("The token's key is not known"),
  signature_invalid: invalidToken("The token's signature is not valid"),
  type_not_allowed: invalidToken("The token's type is not allowed"),
  audience_mismatch: invalidToken('The token is meant for another audience'),
  client_not_allowed: invalidToken("The token's client is not allowed"),
  token_expired: invalidToken('The token has expired'),
  token_not_yet_valid: invalidToken('The token is not valid yet'),
  token_too_old: invalidToken('The token is too old'),
  claim_rejected: invalidToken("The token's claims were rejected"),
  groups_overage: invalidToken('The token holds too many groups to list them'),

  authentication_insufficient: {
    status: 401,
    challenge: 'insufficient_user_authentication',
    title: 'A fresh or stronger login is required',
  },

  token_ambiguous: {
    status: 400,
    challenge: 'invalid_request',
    title: 'The request holds more than one token',
  },
  path_ambiguous: badRequest('The path can be read in more than one way'),
  request_malformed: badRequest('The request is malformed'),
  version_unsupported: badRequest('The version of MCP is not supported here'),
  method_not_allowed: { status: 405, challenge: 'none', title: 'The method is not allowed' },

  scope_insufficient: { status: 403, challenge: 'insufficient_scope', title: 'A scope is missing' },
  role_mismatch: forbidden('A role is missing'),
  claim_mismatch: forbidden('A claim does not match'),
  client_mismatch: forbidden('The client may not make this request'),
  expression_denied: forbidden('A rule refused the request'),
  access_denied: forbidden('Access is denied'),
  origin_not_allowed: forbidden('The origin is not allowed'),
  host_unbound: forbidden('No binding guards this host'),
  metadata_undeliverable: forbidden('The metadata of the resource cannot be answered here'),
  identity_too_large: forbidden('What the API would be told of the user is too large'),

  keys_unavailable: unavailable("The issuer's keys are not available"),
  policy_missing: unavailable('No policy has been received yet'),
  binding_invalid: unavailable('The binding cannot be enforced'),
  overloaded: unavailable('Too much is waiting to be judged'),
  internal_error: unavailable('The request could not be judged'),
} satisfies Readonly<Record<CredentialReason, ReasonEntry>> & Readonly<Record<string, ReasonEntry>>;

export type Reason = keyof typeof TABLE;

export const REASONS: Readonly<Record<Reason, ReasonEntry>> = TABLE;
