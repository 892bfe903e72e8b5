/** Why a JWT is refused. */

/** In the order in which they are looked for; the first that applies is the reason. */
export const TOKEN_REASONS = [
  'token_malformed',
  'token_encrypted',
  'issuer_unknown',
  'algorithm_not_allowed',
  'type_not_allowed',
  'keys_unavailable',
  'key_unknown',
  'token_expired',
  'token_not_yet_valid',
  'token_too_old',
  'signature_invalid',
  'token_bound',
  'audience_mismatch',
  'client_not_allowed',
  'claim_rejected',
  'groups_overage',
] as const;

export type TokenReason = (typeof TOKEN_REASONS)[number];
