/**
 * The policy document: everything a validator enforces, resolved, immutable and ready to be sent.
 *
 * It holds no secret. HMAC keys are named by id and travel beside it, and so do the times of the last
 * good key fetches, so that the version, a hash of the content, moves only when the meaning does.
 */

/** The wire format's number; a validator refuses any other. */
export const POLICY_FORMAT = 1;

export interface Policy {
  readonly format: typeof POLICY_FORMAT;
  /** Hash of all the rest: the same content has the same version on every replica. */
  readonly version: string;
  readonly sources: readonly SourcePolicy[];
  /** Oldest first, then by namespace/name: of two that fit equally well, the first decides. */
  readonly bindings: readonly BindingPolicy[];
}

/** What a feed hands to the enforcing side: the document and what travels beside it. */
export interface PolicyUpdate {
  readonly policy: Policy;
  /** HMAC secrets, decoded, by `HmacKeyPolicy.secret`. */
  readonly secrets: ReadonlyMap<string, Uint8Array>;
  /** Unix seconds of the last good key fetch, by source UID. Absent for keys that are not fetched. */
  readonly keysChecked: ReadonlyMap<string, number>;
}

/** An AuthenticationSource, of whatever kind: what its kind adds to it stands in that kind's folder of src/sources. */
export interface SourcePolicy {
  /** The kind. Absent: JWT. */
  readonly type?: string;
  /** namespace/name. */
  readonly id: string;
  /** The object's UID; namespace/name where there is no API server. */
  readonly uid: string;
  /**
   * Changes when anything here but `keys` does, or the place where they are fetched from: verifications made and
   * keys kept under another one are void.
   */
  readonly revision: string;
  /** Absent for kinds that verify with no keys. */
  readonly keys?: SourceKeys;
  /** Fetched keys serve this long after the last good fetch. Absent for keys that are not fetched. */
  readonly maxStale?: number;
}

/** Where a source's keys stand. A source whose keys are not there yet denies with keys_unavailable. */
export type SourceKeys =
  | { readonly kind: 'public'; readonly keys: readonly PublicJwk[] }
  | { readonly kind: 'hmac'; readonly keys: readonly HmacKeyPolicy[] }
  | { readonly kind: 'unavailable' };

/** A JWK's public members (RFC 7517, RFC 7518 section 6); `issuer` is Entra ID's own. */
export interface PublicJwk {
  readonly kty: 'RSA' | 'EC' | 'OKP';
  readonly kid?: string;
  readonly use?: string;
  readonly key_ops?: readonly string[];
  readonly alg?: string;
  readonly n?: string;
  readonly e?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly issuer?: string;
}

export interface HmacKeyPolicy {
  readonly kid?: string;
  /** Names the secret in `PolicyUpdate.secrets`; says nothing about its content. */
  readonly secret: string;
  /** Changes when the secret does. */
  readonly secretRevision: string;
}

export interface ExpressionPolicy {
  readonly expression: string;
  readonly message: string;
}

export type Mode = 'Enforce' | 'Audit' | 'Disabled';

/** An ApiBinding, its references resolved. */
export interface BindingPolicy {
  /** namespace/name. */
  readonly id: string;
  /** Exact names or `*.suffix`, normalised; empty = any. */
  readonly hosts: readonly string[];
  /** Container ports; empty = any. */
  readonly ports: readonly number[];
  readonly mode: Mode;
  /** Also of an invalid binding: what it names is removed from every request that a binding of its namespace judges. */
  readonly forward: ForwardPolicy;
  readonly judgement: Judgement;
}

export type Judgement =
  /** Could not be compiled: 503 binding_invalid for its hosts. */
  | { readonly kind: 'invalid'; readonly problem: string }
  | {
      readonly kind: 'rules';
      /** Ids of the sources that are there and permit this binding. None left: 503 keys_unavailable. */
      readonly sources: readonly string[];
      readonly credentials: readonly CredentialPolicy[];
      readonly pathMatching: PathMatching;
      readonly rules: readonly RulePolicy[];
      readonly cors: CorsPolicy;
      readonly realm: string;
      /** RFC 9728 URL for the challenge; empty = none. */
      readonly resourceMetadata: string;
    };

export interface PathMatching {
  readonly case: 'Sensitive' | 'Insensitive' | 'Unknown';
  readonly trailingSlash: 'Distinct' | 'Ignore' | 'Unknown';
  /** Absent: not known to be none. */
  readonly formatSuffix?: 'None';
  readonly frontController?: 'None';
}

export type CredentialPolicy =
  /** `scheme` empty: the whole value is the token. */
  | { readonly in: 'Header'; readonly name: string; readonly scheme: string }
  | { readonly in: 'Query'; readonly name: string }
  | { readonly in: 'Cookie'; readonly name: string; readonly origins: readonly string[] };

export interface RulePolicy {
  /** The rule's name, or `rules[i]`. */
  readonly name: string;
  readonly match: RuleMatch;
  readonly authentication: 'None' | 'Optional' | 'Required' | 'Deny';
  /** Ids of the only sources whose tokens this rule takes. Absent = all; empty = none that is there. */
  readonly sources?: readonly string[];
  readonly require: Requirements;
}

/** Each empty list = any. */
export interface RuleMatch {
  readonly paths: readonly PathMatch[];
  readonly methods: readonly string[];
  readonly hosts: readonly string[];
}

export interface PathMatch {
  readonly type: 'Exact' | 'PathPrefix' | 'Template' | 'RegularExpression';
  readonly value: string;
}

/** Everything that is named must hold; empty lists ask for nothing. */
export interface Requirements {
  readonly roles: ValueRequirement;
  readonly scopes: ValueRequirement;
  readonly claims: readonly ClaimRequirement[];
  readonly clients: { readonly anyOf: readonly string[]; readonly noneOf: readonly string[] };
  readonly expressions: readonly ExpressionPolicy[];
}

export interface ValueRequirement {
  readonly anyOf: readonly string[];
  readonly allOf: readonly string[];
  readonly noneOf: readonly string[];
}

export interface ClaimRequirement extends ValueRequirement {
  readonly claim: string;
}

/** Header names in lower case; empty = not forwarded. */
export interface ForwardPolicy {
  readonly user: string;
  readonly roles: string;
  readonly scopes: string;
  readonly source: string;
  readonly payload: string;
  readonly claims: readonly { readonly claim: string; readonly header: string }[];
  readonly token: 'Keep' | 'Remove';
}

export interface CorsPolicy {
  readonly preflight: 'Allow' | 'Check';
  readonly allowOrigins: readonly string[];
}
