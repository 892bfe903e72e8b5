/** The one table of reasons why an identity provider cannot be read, and the failures that carry them. */

/** issuerError.code → the reason of the condition KeysAvailable. */
export const ISSUER_ERRORS = {
  /** No jwks_uri, or no usable key behind it. */
  MISSING_JWKS: 'MissingJwks',
  /** Not a URL, http:// where it is not allowed, or a denied address. */
  URL_INVALID: 'UrlInvalid',
  /** DNS, a refused or unreachable connection, or TLS. */
  UNKNOWN_HOST: 'UnknownHost',
  /** No JSON, too large, or another issuer's document. */
  COULD_NOT_PARSE_CONFIG: 'CouldNotParseConfig',
  /** The exchange took too long, its body included. */
  REQUEST_TIMEOUT: 'RequestTimeout',
  /** Any status but 200, or too many redirects. */
  REMOTE_HOST_RESPONDED_WITH_ERROR: 'RemoteHostRespondedWithError',
} as const;

export type IssuerErrorCode = keyof typeof ISSUER_ERRORS;

export interface IssuerError {
  readonly code: IssuerErrorCode;
  /** What happened at which URL, and what to do; at most 1,024 characters, and nothing of the remote body. */
  readonly message: string;
}

export interface FetchFailed {
  readonly kind: 'failed';
  readonly error: IssuerError;
  /** The HTTP status, where that is what is wrong. */
  readonly status?: number;
}

const MAX_MESSAGE_LENGTH = 1024;

export function fetchFailed(code: IssuerErrorCode, message: string, status?: number): FetchFailed {
  const error = { code, message: message.slice(0, MAX_MESSAGE_LENGTH) };
  return status === undefined ? { kind: 'failed', error } : { kind: 'failed', error, status };
}
