// Generated from crds/ by `npm run generate`. Do not edit.
//
// Fields with a default in the schema are always there: the API server and the offline reader fill them in.

import type { JsonObject } from '../base/json.ts';
import type { ObjectMeta } from './object.ts';

/** An identity provider, and how its tokens are read. ApiBindings refer to it by name. */
export interface AuthenticationSource {
  readonly apiVersion: 'portcullis.dev/v1alpha1';
  readonly kind: 'AuthenticationSource';
  readonly metadata: ObjectMeta;
  readonly spec: AuthenticationSourceSpec;
  readonly status?: AuthenticationSourceStatus;
}

/** What the provider's tokens look like, where its keys stand, and who may bind to it. */
export interface AuthenticationSourceSpec {
  /** A name for people. */
  readonly displayName?: string;
  /** What the source is for, in a sentence or two. */
  readonly description?: string;
  /**
   * How this source authenticates; names the member that must be there. JWT is the only one;
   * Introspection and ApiKey are reserved.
   */
  readonly type?: 'JWT' | 'Introspection' | 'ApiKey';
  /** The namespaces whose ApiBindings may use this source. */
  readonly allowedNamespaces: AuthenticationSourceAllowedNamespaces;
  /** How the provider's JSON Web Tokens are verified and read. */
  readonly jwt?: AuthenticationSourceJwt;
}

/** The namespaces whose ApiBindings may use this source. */
export interface AuthenticationSourceAllowedNamespaces {
  /**
   * Same is the source's own namespace, All is every namespace, Selector those that the selector
   * chooses.
   */
  readonly from: 'Same' | 'All' | 'Selector';
  /** Chooses namespaces by their labels. Both members must match. */
  readonly selector?: LabelSelector;
}

/** Chooses objects by their labels. Both members must match. */
export interface LabelSelector {
  /** Labels with the values they must have. */
  readonly matchLabels?: Readonly<Record<string, string>>;
  /** Conditions on labels, all of which must hold. */
  readonly matchExpressions?: readonly LabelSelectorMatchExpression[];
}

/** A condition on one label. */
export interface LabelSelectorMatchExpression {
  /** The label's name. */
  readonly key: string;
  /** How the label's value is compared with values. */
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /** The values to compare with; for In and NotIn only. */
  readonly values?: readonly string[];
}

/** How the provider's JSON Web Tokens are verified and read. */
export interface AuthenticationSourceJwt {
  /**
   * The provider's habits: changes the defaults of acceptedIssuers, requiredClaims and mapping, with
   * SPIFFE also which keys serve (use jwt-svid), and nothing else. status.effective shows the outcome.
   */
  readonly preset?: 'Okta' | 'Cognito' | 'Google' | 'EntraID' | 'Auth0' | 'Keycloak' | 'SPIFFE';
  /**
   * The tokens' exact iss, and where discovery starts. Without it iss is not checked, which only
   * keys.jwks, keys.jwksURI, keys.publicKeys and keys.hmac permit, and of a binding's sources one
   * alone. May hold {tenantid} once.
   */
  readonly issuer?: string;
  /** Further exact values of iss. Absent: the preset's (Google: both forms of its issuer; else none). */
  readonly acceptedIssuers?: readonly string[];
  /** For an issuer with {tenantid}: the tenant ids (GUIDs) that may stand there, or "*" alone for any. */
  readonly tenants?: readonly string[];
  /** Where the keys stand; at most one member. Absent or empty: they are discovered from issuer. */
  readonly keys?: AuthenticationSourceJwtKeys;
  /** How discovered and fetched keys are fetched and kept. */
  readonly fetch: AuthenticationSourceJwtFetch;
  /**
   * The signature algorithms that are allowed. Empty: what the key permits; HS* only with keys.hmac,
   * ES* bound to its curve. EdDSA and Ed25519 are the same.
   */
  readonly algorithms?: readonly ('RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | 'ES256K' | 'EdDSA' | 'Ed25519' | 'HS256' | 'HS384' | 'HS512')[];
  /**
   * The token's aud must hold one of these. A token without aud passes only where clientIDs is set and
   * matches. Empty: aud is not checked.
   */
  readonly audiences?: readonly string[];
  /** The token's client (mapping.client) must be one of these. Empty: not checked. */
  readonly clientIDs?: readonly string[];
  /**
   * Allowed values of the header's typ, compared without case and without application/; "" stands for
   * absent. Empty: absent, JWT, at+jwt and JOSE. Where JOSE is named, keys whose use is jwt-svid
   * (SPIFFE) serve, too.
   */
  readonly tokenTypes?: readonly string[];
  /** How far the provider's clock may be off, 0s to 10m. */
  readonly clockSkew: string;
  /** Whether a token must have exp. Where it is there, it always counts. */
  readonly expiration: 'Required' | 'Optional';
  /** The longest time since iat, which is then required. Absent: unlimited. */
  readonly maxTokenAge?: string;
  /**
   * Claims that every token must have. Absent: the preset's (Cognito: token_use is access; Keycloak:
   * typ is Bearer; else none).
   */
  readonly requiredClaims?: readonly AuthenticationSourceJwtRequiredClaim[];
  /** CEL expressions that must be true for every token. They read claims and header. */
  readonly expressions?: readonly AuthenticationSourceJwtExpression[];
  /** Any one of these roles suffices to use this source. Empty: not checked. */
  readonly roles?: readonly string[];
  /**
   * Which claims say who the user is. The first claim present wins for user, name and client; roles
   * and scopes unite all. An absent member is the preset's; [] is none.
   */
  readonly mapping?: AuthenticationSourceJwtMapping;
}

/** Where the keys stand; at most one member. Absent or empty: they are discovered from issuer. */
export interface AuthenticationSourceJwtKeys {
  /** Where the discovery document stands, when not at issuer + /.well-known/openid-configuration. */
  readonly discoveryURL?: string;
  /** Where the key set stands; nothing is discovered. */
  readonly jwksURI?: string;
  /**
   * Public keys as a JSON Web Key Set (RFC 7517), inline; members beside keys are kept and passed
   * over.
   */
  readonly jwks?: AuthenticationSourceJwtKeysJwks;
  /** Public keys or certificates as PEM. */
  readonly publicKeys?: readonly AuthenticationSourceJwtKeysPublicKey[];
  /** Shared secrets for HS256, HS384 and HS512. Requires allowedNamespaces.from: Same. */
  readonly hmac?: readonly AuthenticationSourceJwtKeysHmac[];
}

/** Public keys as a JSON Web Key Set (RFC 7517), inline; members beside keys are kept and passed over. */
export interface AuthenticationSourceJwtKeysJwks {
  /** The keys; at most 64 of them for signatures. */
  readonly keys: readonly AuthenticationSourceJwtKeysJwksKey[];
  readonly [member: string]: unknown;
}

/** A public JSON Web Key; members that are not listed here are kept and passed over. */
export interface AuthenticationSourceJwtKeysJwksKey {
  /** Key type. RSA, EC or OKP. */
  readonly kty: string;
  /** Key id, which the tokens' header names. */
  readonly kid?: string | null;
  /** sig, or absent. */
  readonly use?: string | null;
  /** Operations the key is meant for; verify, or absent. */
  readonly key_ops?: readonly string[] | null;
  /** The one algorithm the key is for. */
  readonly alg?: string | null;
  /** RSA modulus, base64url. */
  readonly n?: string | null;
  /** RSA exponent, base64url. */
  readonly e?: string | null;
  /** Curve of an EC or OKP key. */
  readonly crv?: string | null;
  /** X coordinate, or the Ed25519 public key, base64url. */
  readonly x?: string | null;
  /** Y coordinate, base64url. */
  readonly y?: string | null;
  /** The issuer this key is for (Entra ID); may hold {tenantid}. */
  readonly issuer?: string | null;
  /** Refused, for it is the private part of a key, unless it is null or empty. */
  readonly d?: string | null;
  /** Refused, for it is a shared secret, unless it is null or empty. */
  readonly k?: string | null;
  readonly [member: string]: unknown;
}

/** One public key. */
export interface AuthenticationSourceJwtKeysPublicKey {
  /** Key id, which the tokens' header names. */
  readonly kid?: string;
  /** A PUBLIC KEY (SPKI), RSA PUBLIC KEY (PKCS#1) or CERTIFICATE block. */
  readonly pem: string;
}

/** One shared secret. */
export interface AuthenticationSourceJwtKeysHmac {
  /** Key id, which the tokens' header names. */
  readonly kid?: string;
  /** The key of a Secret, in the source's namespace, that holds it. */
  readonly secretKeyRef: SecretKeyReference;
  /** How the secret's bytes are written there. Default: Base64URL. Text takes them as they are. */
  readonly encoding?: 'Base64URL' | 'Base64' | 'Hex' | 'Text';
}

/** A key of a Secret in the object's own namespace. */
export interface SecretKeyReference {
  /** The Secret's name. */
  readonly name: string;
  /** The key in its data. */
  readonly key: string;
}

/** How discovered and fetched keys are fetched and kept. */
export interface AuthenticationSourceJwtFetch {
  /**
   * The time between two fetches. The answer's Cache-Control may lengthen it to at most 24h or shorten
   * it to at least 1m.
   */
  readonly refreshInterval: string;
  /** The time after a failed fetch; doubles, with jitter, up to refreshInterval. */
  readonly retryInterval: string;
  /**
   * Bounds each exchange, from the connection to the last byte of the answer. More than 30s counts as
   * 30s.
   */
  readonly timeout: string;
  /** How long keys serve after the last good fetch; then requests get keys_unavailable. */
  readonly maxStale: string;
  /** Tokens with an unknown kid cause at most one fetch in this time. */
  readonly unknownKeyCooldown: string;
  /**
   * Certificates (PEM) to trust instead of the system's, for a provider with a private authority.
   * Exactly one member.
   */
  readonly caBundleFrom?: AuthenticationSourceJwtFetchCaBundleFrom;
}

/**
 * Certificates (PEM) to trust instead of the system's, for a provider with a private authority.
 * Exactly one member.
 */
export interface AuthenticationSourceJwtFetchCaBundleFrom {
  /** The key of a ConfigMap, in the source's namespace, that holds the certificates. */
  readonly configMapKeyRef?: ConfigMapKeyReference;
  /** The key of a Secret, in the source's namespace, that holds the certificates. */
  readonly secretKeyRef?: SecretKeyReference;
}

/** A key of a ConfigMap in the object's own namespace. */
export interface ConfigMapKeyReference {
  /** The ConfigMap's name. */
  readonly name: string;
  /** The key in its data. */
  readonly key: string;
}

/** A claim and the values it may have. */
export interface AuthenticationSourceJwtRequiredClaim {
  /** The claim's name; a flat name wins, else a path such as realm_access.roles. */
  readonly claim: string;
  /** Any one of these suffices. Empty: the claim must be present. */
  readonly values?: readonly string[];
}

/** A CEL expression and what is said when it is not true. */
export interface AuthenticationSourceJwtExpression {
  /** The CEL expression. */
  readonly expression: string;
  /** What the caller is told when it is not true. */
  readonly message?: string;
}

/**
 * Which claims say who the user is. The first claim present wins for user, name and client; roles and
 * scopes unite all. An absent member is the preset's; [] is none.
 */
export interface AuthenticationSourceJwtMapping {
  /** The user's stable id. Default sub; Okta uid, sub; EntraID oid, sub. */
  readonly user?: readonly string[];
  /**
   * The user's name for people, in logs and messages. Default preferred_username, sub; Cognito
   * username, cognito:username; Google email; EntraID preferred_username, upn, unique_name.
   */
  readonly name?: readonly string[];
  /**
   * The user's roles. Default groups; Cognito cognito:groups; EntraID roles, groups; Auth0
   * permissions; Keycloak realm_access.roles. A name that ends in .* reads the names of an object's
   * members (Zitadel).
   */
  readonly roles?: readonly string[];
  /**
   * Splits a claim that is one string into roles. Default "": the string is one role. Elements of an
   * array are never split.
   */
  readonly rolesSeparator?: string;
  /** The token's scopes. Default scope, scp. Strings are split at spaces, elements of an array are not. */
  readonly scopes?: readonly string[];
  /** The client that the token was made for. Default azp, client_id, cid, appid. */
  readonly client?: readonly string[];
}

/** What the control plane found; never written by hand. */
export interface AuthenticationSourceStatus {
  /** The generation of spec that this status speaks of. */
  readonly observedGeneration?: number;
  /** spec.jwt with preset and defaults applied. */
  readonly effective?: JsonObject;
  /** The key set's address, as discovered. */
  readonly jwksURI?: string;
  /** The keys in use; at most 32 are shown. */
  readonly keys?: readonly AuthenticationSourceKey[];
  /** How many keys are in use. */
  readonly keyCount?: number;
  /**
   * Keys of the provider's set that cannot be used, and why; those for encryption do not count. At
   * most 8 are shown; absent where there are none.
   */
  readonly keysLeftOut?: readonly AuthenticationSourceKeysLeftOut[];
  /** How many keys of the provider's set are left out; absent where none is. */
  readonly keysLeftOutCount?: number;
  /** When the set of keys last changed. */
  readonly keysChangedTime?: string;
  /** Why the last fetch of the keys failed; absent when it did not. */
  readonly issuerError?: AuthenticationSourceIssuerError;
  /** The ApiBindings that use this source; at most 64 are shown. */
  readonly bindings?: readonly AuthenticationSourceBinding[];
  /** How many ApiBindings use this source. */
  readonly bindingCount?: number;
  /** Ready, Accepted, KeysAvailable, and Stalled while it is true. */
  readonly conditions?: readonly Condition[];
}

/** A key. */
export interface AuthenticationSourceKey {
  /** Its id. */
  readonly kid?: string;
  /** Its type, for example RSA. */
  readonly type?: string;
  /** The algorithm it is for, where that is known. */
  readonly algorithm?: string;
}

/** A key that is left out. */
export interface AuthenticationSourceKeysLeftOut {
  /** Its place in the set, from 0. */
  readonly index: number;
  /** Its id. */
  readonly kid?: string;
  /** Completes "the key …". */
  readonly problem: string;
}

/** Why the last fetch of the keys failed; absent when it did not. */
export interface AuthenticationSourceIssuerError {
  /** What kind of failure it was. */
  readonly code: 'MISSING_JWKS' | 'URL_INVALID' | 'UNKNOWN_HOST' | 'COULD_NOT_PARSE_CONFIG' | 'REQUEST_TIMEOUT' | 'REMOTE_HOST_RESPONDED_WITH_ERROR';
  /** What happened, and what to do; never quotes the remote body. */
  readonly message: string;
}

/** An ApiBinding. */
export interface AuthenticationSourceBinding {
  /** Its namespace. */
  readonly namespace: string;
  /** Its name. */
  readonly name: string;
}

/** One aspect of an object's state. */
export interface Condition {
  /** The aspect. */
  readonly type: string;
  /** Whether it holds. */
  readonly status: 'True' | 'False' | 'Unknown';
  /** The generation of spec that this condition speaks of. */
  readonly observedGeneration?: number;
  /** When status last changed. */
  readonly lastTransitionTime: string;
  /** Why, in one word for programs. */
  readonly reason: string;
  /** Why, for people, and what to do next. */
  readonly message: string;
}

/** Which API is guarded, by which AuthenticationSources, under which rules. */
export interface ApiBinding {
  readonly apiVersion: 'portcullis.dev/v1alpha1';
  readonly kind: 'ApiBinding';
  readonly metadata: ObjectMeta;
  readonly spec: ApiBindingSpec;
  readonly status?: ApiBindingStatus;
}

/** The workloads, the sources whose tokens they take, and the rules. */
export interface ApiBindingSpec {
  /**
   * The workloads to guard, in the binding's namespace: Services, Deployments, StatefulSets,
   * DaemonSets, or HTTPRoutes and GRPCRoutes of a gateway.
   */
  readonly targetRefs?: readonly ApiBindingTargetRef[];
  /** The pods to guard, by their labels; instead of targetRefs. */
  readonly podSelector?: LabelSelector;
  /** The host names this binding speaks for: exact, or *.suffix. Empty: any. */
  readonly hosts?: readonly string[];
  /**
   * The container ports to guard. Absent: the Service's ports whose appProtocol or name says http,
   * h2c, grpc or ws, else its only port.
   */
  readonly ports?: readonly ApiBindingPort[];
  /**
   * Enforce decides; Audit decides, counts, logs, and allows; Disabled allows. Trial is judged beside
   * the binding that decides on the same requests, whose targets and hosts it may share, and never
   * answers: what it would decide otherwise is counted. Where no other binding applies it is Audit.
   */
  readonly mode: 'Enforce' | 'Audit' | 'Disabled' | 'Trial';
  /** The AuthenticationSources whose tokens are taken. */
  readonly sources: readonly ApiBindingSource[];
  /** The places where a token may stand. More than one token in a request is refused. */
  readonly credentials: readonly ApiBindingCredential[];
  /**
   * How the app itself reads paths. What is Unknown is judged both ways, and a request on which the
   * two disagree is refused.
   */
  readonly pathMatching: ApiBindingPathMatching;
  /**
   * In order; the first that matches decides. A rule without match takes every request. A request that
   * none matches needs a token.
   */
  readonly rules?: readonly ApiBindingRule[];
  /**
   * What the app is told about the caller, in headers that no client can set. Every name starts with
   * x-; "" forwards nothing.
   */
  readonly forward: ApiBindingForward;
  /** What browsers on other origins need. */
  readonly cors: ApiBindingCors;
  /** The realm that challenges name. Default: the binding's namespace/name. */
  readonly realm?: string;
  /** The URL of the API's protected resource metadata (RFC 9728), named in challenges. */
  readonly resourceMetadata: string;
  /**
   * Makes the API an OAuth resource (RFC 8707), which tokens must name, and which clients can discover
   * (RFC 9728).
   */
  readonly resource?: ApiBindingResource;
  /** What callers get in place of a refusal's usual answer. Who is refused does not change by it. */
  readonly answers?: ApiBindingAnswers;
  /** Automatic restarts the workload when its pods lack the sidecar; Manual leaves that to you. */
  readonly rollout: 'Manual' | 'Automatic';
  /**
   * The API speaks the Model Context Protocol (Streamable HTTP), and rules may go by its headers
   * (match.mcp). The server must compare them with the body, which is never read here.
   */
  readonly mcp?: ApiBindingMcp;
}

/** One object. */
export interface ApiBindingTargetRef {
  /** The kind's API group. Default: the one that it is in. */
  readonly group?: string;
  /** The object's kind. */
  readonly kind: 'Service' | 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'HTTPRoute' | 'GRPCRoute';
  /** The object's name. */
  readonly name: string;
  /**
   * Of a route: the name of the one rule to guard (`rules[].name` there). Guarded at gateways alone,
   * and only at those that say which rule matched; what they do not say is refused. Default: all of
   * the route.
   */
  readonly sectionName?: string;
}

/** One port. */
export interface ApiBindingPort {
  /** The container port's number. */
  readonly port: number;
  /**
   * What the app speaks there: HTTP (1.1, the default, unless the port's name says TLS), H2C (HTTP/2
   * without TLS, gRPC), or HTTPS (TLS; HTTP/2 in it where the app offers that).
   */
  readonly protocol?: 'HTTP' | 'H2C' | 'HTTPS';
  /**
   * How TLS is spoken at the port. Absent: callers speak plain HTTP, and of an app with protocol HTTPS
   * any certificate is taken.
   */
  readonly tls?: ApiBindingPortTls;
}

/**
 * How TLS is spoken at the port. Absent: callers speak plain HTTP, and of an app with protocol HTTPS
 * any certificate is taken.
 */
export interface ApiBindingPortTls {
  /** Certificates (PEM) of the authorities that the app's certificate is checked by. */
  readonly caFrom?: ApiBindingPortTlsCaFrom;
  /**
   * The name that the app is asked for (SNI). With caFrom its certificate must be for it; without
   * serverName any certificate of those authorities will do.
   */
  readonly serverName?: string;
  /**
   * A Secret of type kubernetes.io/tls, in the binding's namespace. With it callers speak TLS, and are
   * shown its certificate.
   */
  readonly secretName?: string;
}

/** Certificates (PEM) of the authorities that the app's certificate is checked by. */
export interface ApiBindingPortTlsCaFrom {
  /** The key of a ConfigMap, in the binding's namespace, that holds the certificates. */
  readonly configMapKeyRef: ConfigMapKeyReference;
}

/** One AuthenticationSource. */
export interface ApiBindingSource {
  /** Its name. */
  readonly name: string;
  /** Its namespace, which must permit this one (allowedNamespaces). Default: the binding's own. */
  readonly namespace?: string;
}

/** One place. */
export interface ApiBindingCredential {
  /** Where it stands. */
  readonly in: 'Header' | 'Query' | 'Cookie';
  /** The name of the header, query parameter or cookie. */
  readonly name: string;
  /** For a header: the word before the token. Absent: the whole value is the token. */
  readonly scheme?: string;
  /**
   * For a cookie: on methods other than GET, HEAD and OPTIONS, and on every request with Upgrade
   * (WebSockets) or an extended CONNECT, the request's Origin must be one of these.
   */
  readonly origins?: readonly string[];
}

/**
 * How the app itself reads paths. What is Unknown is judged both ways, and a request on which the two
 * disagree is refused.
 */
export interface ApiBindingPathMatching {
  /** Whether /Admin and /admin are two paths. */
  readonly case: 'Unknown' | 'Sensitive' | 'Insensitive';
  /** Whether /admin and /admin/ are two paths. */
  readonly trailingSlash: 'Unknown' | 'Distinct' | 'Ignore';
  /**
   * Whether /admin.json may lead to what is at /admin (Rails, Spring before 5.3, Struts). None: it
   * never does. Of no account where the rule's pattern spells the segment with its suffix. It chooses
   * the rule alone: neither params nor request.path change.
   */
  readonly formatSuffix: 'Unknown' | 'None';
  /**
   * Whether /index.php/admin, or /(S(x))/admin, may lead to what is at /admin (PHP, CGI, ASP.NET).
   * None: it never does. Of no account where the rule's pattern spells that segment. It chooses the
   * rule alone: neither params nor request.path change.
   */
  readonly frontController: 'Unknown' | 'None';
}

/** What is asked of the requests that match. */
export interface ApiBindingRule {
  /** A name for logs, traces and tests. */
  readonly name?: string;
  /** Which requests; every member must match. Absent: all. */
  readonly match?: ApiBindingRuleMatch;
  /**
   * Required (the default) needs a good token; Optional takes requests without one, but none with a
   * bad one; None looks at no token; Deny refuses.
   */
  readonly authentication?: 'None' | 'Optional' | 'Required' | 'Deny';
  /** Only tokens of these sources of the binding. Empty: of all. */
  readonly sources?: readonly string[];
  /** What the token must say; everything that is named must hold. */
  readonly require?: ApiBindingRuleRequire;
}

/** Which requests; every member must match. Absent: all. */
export interface ApiBindingRuleMatch {
  /** Any one of these. Empty: any path. */
  readonly paths?: readonly ApiBindingRuleMatchPath[];
  /**
   * Any one of these. Empty: any method. GET stands for HEAD as well, unless a rule that matches the
   * path lists HEAD itself.
   */
  readonly methods?: readonly string[];
  /** Any one of these: exact, or *.suffix. Empty: any host. */
  readonly hosts?: readonly string[];
  /**
   * Requests of MCP, by what their headers say; every member must match. {}: all of them. Needs
   * spec.mcp.
   */
  readonly mcp?: ApiBindingRuleMatchMcp;
}

/** A path, or a pattern of paths. */
export interface ApiBindingRuleMatchPath {
  /**
   * Exact; PathPrefix, by whole segments; Template, as in /users/{id}; RegularExpression (RE2), which
   * must match the whole path and compile to at most 1000 instructions.
   */
  readonly type: 'Exact' | 'PathPrefix' | 'Template' | 'RegularExpression';
  /** The path or pattern. */
  readonly value: string;
}

/**
 * Requests of MCP, by what their headers say; every member must match. {}: all of them. Needs
 * spec.mcp.
 */
export interface ApiBindingRuleMatchMcp {
  /** Any one of these MCP methods (Mcp-Method). Empty: any method. */
  readonly methods?: readonly string[];
  /**
   * Any one of these (Mcp-Name): a tool or prompt by its name, a resource by its URI, a task by its
   * id; exact, or with one * at the end. Requests of methods that carry no name are not taken then.
   * Empty: any.
   */
  readonly names?: readonly string[];
}

/** What the token must say; everything that is named must hold. */
export interface ApiBindingRuleRequire {
  /** The user's roles. */
  readonly roles?: ApiBindingRuleRequireRoles;
  /** The token's scopes. */
  readonly scopes?: ApiBindingRuleRequireScopes;
  /** Claims of the token. */
  readonly claims?: readonly ApiBindingRuleRequireClaim[];
  /** The client that the token was made for. */
  readonly clients?: ApiBindingRuleRequireClients;
  /**
   * How, and how lately, the user must have logged in. A token that does not say so is answered 401
   * with a challenge (RFC 9470), by which the client asks for such a login.
   */
  readonly authentication?: ApiBindingRuleRequireAuthentication;
  /**
   * CEL expressions that must be true. They read claims, header, user, name, roles, scopes, client,
   * source, params and request.
   */
  readonly expressions?: readonly ApiBindingRuleRequireExpression[];
}

/** The user's roles. */
export interface ApiBindingRuleRequireRoles {
  /** At least one of these. */
  readonly anyOf?: readonly string[];
  /** Every one of these. */
  readonly allOf?: readonly string[];
  /** Not one of these; what cannot be read as text (an object, a list in a list) is refused, too. */
  readonly noneOf?: readonly string[];
}

/** The token's scopes. */
export interface ApiBindingRuleRequireScopes {
  /** At least one of these. */
  readonly anyOf?: readonly string[];
  /** Every one of these. */
  readonly allOf?: readonly string[];
  /** Not one of these; what cannot be read as text (an object, a list in a list) is refused, too. */
  readonly noneOf?: readonly string[];
}

/** A claim and what its values must be. */
export interface ApiBindingRuleRequireClaim {
  /** The claim's name; a flat name wins, else a path such as realm_access.roles. */
  readonly claim: string;
  /** At least one of these. */
  readonly anyOf?: readonly string[];
  /** Every one of these. */
  readonly allOf?: readonly string[];
  /** Not one of these; what cannot be read as text (an object, a list in a list) is refused, too. */
  readonly noneOf?: readonly string[];
}

/** The client that the token was made for. */
export interface ApiBindingRuleRequireClients {
  /** One of these. */
  readonly anyOf?: readonly string[];
  /** Not one of these; what cannot be read as text (an object, a list in a list) is refused, too. */
  readonly noneOf?: readonly string[];
}

/**
 * How, and how lately, the user must have logged in. A token that does not say so is answered 401 with
 * a challenge (RFC 9470), by which the client asks for such a login.
 */
export interface ApiBindingRuleRequireAuthentication {
  /**
   * The token's acr must be one of these; the client is told them in this order, the preferred one
   * first. Empty: any, or none.
   */
  readonly acr?: readonly string[];
  /**
   * The longest time since the login (auth_time), which is then required; the source's clockSkew is
   * added. Absent: unlimited.
   */
  readonly maxAge?: string;
}

/** A CEL expression and what is said when it is not true. */
export interface ApiBindingRuleRequireExpression {
  /** The CEL expression. */
  readonly expression: string;
  /** What the caller is told when it is not true. */
  readonly message?: string;
  /**
   * The scopes with which it would be true, should it need some: the refusal is then
   * scope_insufficient, and its challenge names them with those of the rule.
   */
  readonly scopes?: readonly string[];
}

/**
 * What the app is told about the caller, in headers that no client can set. Every name starts with x-;
 * "" forwards nothing.
 */
export interface ApiBindingForward {
  /** The header for the user's id. */
  readonly user: string;
  /** The header for the user's roles, joined with commas. */
  readonly roles: string;
  /** The header for the token's scopes, joined with commas. */
  readonly scopes: string;
  /** The header for the source, namespace/name. */
  readonly source: string;
  /** The header for all claims, as base64url of their JSON. */
  readonly payload: string;
  /** Headers for single claims. */
  readonly claims?: readonly ApiBindingForwardClaim[];
  /**
   * Whether the app gets the token itself. Default: Remove where mcp and resource are set and no
   * credential is a Query, for what an MCP server passes on must be a token of its own; else Keep.
   */
  readonly token?: 'Keep' | 'Remove';
}

/** A claim and the header for it. */
export interface ApiBindingForwardClaim {
  /** The claim's name; a flat name wins, else a path such as realm_access.roles. */
  readonly claim: string;
  /** The header's name. */
  readonly header: string;
}

/** What browsers on other origins need. */
export interface ApiBindingCors {
  /** Allow lets preflight requests through without a token; Check judges them like any other. */
  readonly preflight: 'Allow' | 'Check';
  /** Refusals to these origins carry CORS headers, so that scripts there can read them. */
  readonly allowOrigins?: readonly string[];
}

/**
 * Makes the API an OAuth resource (RFC 8707), which tokens must name, and which clients can discover
 * (RFC 9728).
 */
export interface ApiBindingResource {
  /** The API's URL, byte for byte as clients call it: tokens must have it in aud. */
  readonly identifier: string;
  /**
   * What aud may be instead: an authorization server's own name for the API, such as Entra ID's
   * application or Keycloak's client.
   */
  readonly audiences?: readonly string[];
  /**
   * Serve answers requests for the protected resource metadata (RFC 9728), without a token; None
   * leaves that to others.
   */
  readonly metadata: 'Serve' | 'None';
  /** The API's name for people, as the metadata tells it. */
  readonly name?: string;
  /** The URL of a page for developers, as the metadata tells it. */
  readonly documentation?: string;
  /**
   * The scopes that the metadata tells. Default: those that rules ask for; with mcp, those that a
   * client's first calls need (server/discover, and the lists of tools, prompts and resources).
   */
  readonly scopes?: readonly string[];
}

/** What callers get in place of a refusal's usual answer. Who is refused does not change by it. */
export interface ApiBindingAnswers {
  /**
   * Sends browsers to a login page: who opens a page and would get 401 for want of a login gets 302.
   * Others get the 401.
   */
  readonly login?: ApiBindingAnswersLogin;
  /**
   * Bodies in place of the usual application/problem+json; the first one whose statuses fit. Status
   * and headers stay.
   */
  readonly denied?: readonly ApiBindingAnswersDenied[];
}

/**
 * Sends browsers to a login page: who opens a page and would get 401 for want of a login gets 302.
 * Others get the 401.
 */
export interface ApiBindingAnswersLogin {
  /** The login page. {url} stands in it for the URL that was asked for, percent-encoded. */
  readonly url: string;
  /**
   * Hosts that browsers may be sent back to: those of the URLs that are asked for. With a port, where
   * it is not that of https.
   */
  readonly hosts: readonly string[];
}

/** One body. */
export interface ApiBindingAnswersDenied {
  /** For which statuses it is. */
  readonly statuses: readonly number[];
  /**
   * Its media type: application/json or any other that ends in +json, text/html, or text/plain. The
   * last two are in UTF-8.
   */
  readonly contentType: string;
  /**
   * At most 4 KiB. {status}, {reason}, {title}, {detail} and {requestId} stand in it for what is true
   * of the denial, escaped as the media type needs it.
   */
  readonly body: string;
}

/**
 * The API speaks the Model Context Protocol (Streamable HTTP), and rules may go by its headers
 * (match.mcp). The server must compare them with the body, which is never read here.
 */
export interface ApiBindingMcp {
  /** The versions (MCP-Protocol-Version) that are taken. Those from 2026-07-28 on have the headers. */
  readonly versions: readonly string[];
  /**
   * What becomes of requests that are none of these versions: Deny refuses them, and every method but
   * POST; with Pass no rule with match.mcp takes them, and all others judge them.
   */
  readonly other: 'Deny' | 'Pass';
}

/** What the control plane found; never written by hand. */
export interface ApiBindingStatus {
  /** The generation of spec that this status speaks of. */
  readonly observedGeneration?: number;
  /** How many of the sources are there and permit this binding. */
  readonly sourceCount?: number;
  /** The validators that enforce this binding. */
  readonly validators?: ApiBindingValidators;
  /**
   * Targeted pods without a validator, or with one that does not take every guarded port, such as
   * those that are older than the binding.
   */
  readonly podsUnguarded?: number;
  /**
   * Targeted pods whose sidecars are not those that they would get now, because they are of another
   * version, of other images or settings, or for a port that nothing guards any more.
   */
  readonly podsOutdated?: number;
  /** In mode Audit or Trial, what validators have counted so far; absent in the others. */
  readonly trial?: ApiBindingTrial;
  /** Ready, Accepted, SourcesResolved, Programmed, Guarded, and Stalled while it is true. */
  readonly conditions?: readonly Condition[];
}

/** The validators that enforce this binding. */
export interface ApiBindingValidators {
  /** Ready pods that hold this very version. */
  readonly current: number;
  /** Ready pods in all. */
  readonly total: number;
  /** Both, as in 3/3. */
  readonly summary: string;
}

/** In mode Audit or Trial, what validators have counted so far; absent in the others. */
export interface ApiBindingTrial {
  /**
   * Requests that passed and that this spec would deny in mode Enforce. It may be a minute behind, and
   * never gets less. Where the leader changed and validators ended, some of them may be missing, but
   * it is never 0 for that.
   */
  readonly wouldDeny: number;
  /** When the counting of this spec began. A changed spec is counted anew. */
  readonly since: string;
}
