/**
 * The policy document: everything a validator enforces, resolved, immutable and ready to be sent. Its types are those of
 * its shapes, by which it is read.
 *
 * It holds no secret. HMAC keys are named by id and travel beside it, and so do the times of the last
 * good key fetches, so that the version, a hash of the content, moves only when the meaning does.
 */

import { answers } from './answers.ts';
import { gatewayChoice } from './gateway-choice.ts';
import { resource } from './resource.ts';
import { ruleMatch } from './rule-match.ts';
import { amount, type Infer, list, object, oneOf, port, text, variant } from './shape.ts';

/** The wire format's number; a validator refuses any other. */
export const POLICY_FORMAT = 1;

export interface Policy {
  readonly format: typeof POLICY_FORMAT;
  /** Hash of all the rest: the same content has the same version on every replica. */
  readonly version: string;
  readonly sources: readonly SourcePolicy[];
  /** Oldest first, then by namespace/name: of two that fit equally well, the first decides. */
  readonly bindings: readonly BindingPolicy[];
  /**
   * Those in mode Trial, in the same order: each is judged beside the binding that decides, and never answers. They have
   * mode Audit, which is what they are where no other binding applies. Absent where there is none.
   */
  readonly trials?: readonly BindingPolicy[];
}

/** What a feed hands to the enforcing side: the document and what travels beside it. */
export interface PolicyUpdate {
  readonly policy: Policy;
  /** HMAC secrets, decoded, by `HmacKeyPolicy.secret`. */
  readonly secrets: ReadonlyMap<string, Uint8Array>;
  /** Unix seconds of the last good key fetch, by source UID. Absent for keys that are not fetched. */
  readonly keysChecked: ReadonlyMap<string, number>;
}

/**
 * An AuthenticationSource, of whatever kind: what its kind adds to it, and its shape, stand in that kind's folder of
 * src/sources.
 */
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

const texts = list(text);

/** A JWK's public members (RFC 7517, RFC 7518 section 6); `issuer` is Entra ID's own. */
export type PublicJwk = Infer<typeof publicJwk>;

/** A provider's key set, as it was fetched. */
export interface FetchedKeys {
  readonly keys: readonly PublicJwk[];
  /** Unix seconds of the last good fetch. */
  readonly checkedAt: number;
}
const keyParameters = { n: text, e: text, crv: text, x: text, y: text };
const publicJwk = object(
  { kty: oneOf('RSA', 'EC', 'OKP') },
  { kid: text, use: text, key_ops: texts, alg: text, ...keyParameters, issuer: text },
);

export type HmacKeyPolicy = Infer<typeof hmacKey>;
const hmacKey = object(
  {
    /** Names the secret in `PolicyUpdate.secrets`; says nothing about its content. */
    secret: text,
    /** Changes when the secret does. */
    secretRevision: text,
  },
  { kid: text },
);

/** Where a source's keys stand. A source whose keys are not there yet denies with keys_unavailable. */
export type SourceKeys = Infer<typeof sourceKeys>;
export const sourceKeys = variant('kind', {
  public: object({ kind: oneOf('public'), keys: list(publicJwk) }),
  hmac: object({ kind: oneOf('hmac'), keys: list(hmacKey) }),
  unavailable: object({ kind: oneOf('unavailable') }),
});

export const expression = object({ expression: text, message: text });

export type PathMatching = Infer<typeof pathMatching>;
const pathMatching = object(
  {
    case: oneOf('Sensitive', 'Insensitive', 'Unknown'),
    trailingSlash: oneOf('Distinct', 'Ignore', 'Unknown'),
  },
  {
    /** Absent: not known to be none. */
    formatSuffix: oneOf('None'),
    frontController: oneOf('None'),
  },
);

export type CredentialPolicy = Infer<typeof credential>;
const credential = variant('in', {
  /** `scheme` empty: the whole value is the token. */
  Header: object({ in: oneOf('Header'), name: text, scheme: text }),
  Query: object({ in: oneOf('Query'), name: text }),
  Cookie: object({ in: oneOf('Cookie'), name: text, origins: texts }),
});

const values = { anyOf: texts, allOf: texts, noneOf: texts };
export type ValueRequirement = Infer<typeof valueRequirement>;
const valueRequirement = object(values);

const claimRequirement = object({ claim: text, ...values });

const requiredExpression = object(
  { expression: text, message: text },
  {
    /** What its refusal asks for. Never empty. */
    scopes: texts,
  },
);

/** How, and how lately, the user must have logged in. */
export type AuthenticationRequirement = Infer<typeof authenticationRequirement>;
const authenticationRequirement = object(
  {
    /** The preferred one first; empty = any, or none. */
    acr: texts,
  },
  {
    /** Whole seconds since the login. Absent = unlimited. */
    maxAge: amount,
  },
);

/** Everything that is named must hold; empty lists ask for nothing. */
export type Requirements = Infer<typeof requirements>;
const requirements = object(
  {
    roles: valueRequirement,
    scopes: valueRequirement,
    claims: list(claimRequirement),
    clients: object({ anyOf: texts, noneOf: texts }),
    expressions: list(requiredExpression),
  },
  { authentication: authenticationRequirement },
);

export type RulePolicy = Infer<typeof rule>;
const rule = object(
  {
    /** The rule's name, or `rules[i]`. */
    name: text,
    match: ruleMatch,
    authentication: oneOf('None', 'Optional', 'Required', 'Deny'),
    require: requirements,
  },
  {
    /** Ids of the only sources whose credentials this rule takes. Absent = all; empty = none that is there. */
    sources: texts,
  },
);

/** How requests of MCP are told from others. */
export type McpPolicy = Infer<typeof mcpPolicy>;
const mcpPolicy = object({
  versions: texts,
  /** What becomes of the others. */
  other: oneOf('Deny', 'Pass'),
});

const cors = object({ preflight: oneOf('Allow', 'Check'), allowOrigins: texts });

export type Judgement = Infer<typeof judgement>;
const judgement = variant('kind', {
  /** Could not be compiled: 503 binding_invalid for its hosts. */
  invalid: object({ kind: oneOf('invalid'), problem: text }),
  rules: object(
    {
      kind: oneOf('rules'),
      /** Ids of the sources that are there and permit this binding. None left: 503 keys_unavailable. */
      sources: texts,
      credentials: list(credential),
      pathMatching,
      rules: list(rule),
      cors,
      realm: text,
      /** RFC 9728 URL for the challenge; empty = none. */
      resourceMetadata: text,
    },
    {
      resource,
      /** Absent: the API speaks no MCP. */
      mcp: mcpPolicy,
      answers,
    },
  ),
});

/** Header names in lower case; empty = not forwarded. */
export type ForwardPolicy = Infer<typeof forward>;
const forward = object({
  user: text,
  roles: text,
  scopes: text,
  source: text,
  payload: text,
  claims: list(object({ claim: text, header: text })),
  token: oneOf('Keep', 'Remove'),
});

const mode = oneOf('Enforce', 'Audit', 'Disabled');

/** An ApiBinding, its references resolved. */
export type BindingPolicy = Infer<typeof bindingPolicy>;
export const bindingPolicy = object(
  {
    /** namespace/name. */
    id: text,
    /** Exact names or `*.suffix`, normalised; empty = any. */
    hosts: texts,
    /** Container ports; empty = any. */
    ports: list(port),
    mode,
    /** Also of an invalid binding: what it names is removed from every request that a binding of its namespace judges. */
    forward,
    judgement,
  },
  {
    /** Absent where the host alone chooses: beside a pod, and in a folder's policy. */
    atGateway: gatewayChoice,
    /**
     * Names the state of the object's spec: where it is another one, what the binding would have denied is counted anew.
     * Only of mode Audit, which Trials have too, and absent where there is no API server.
     */
    revision: text,
  },
);
