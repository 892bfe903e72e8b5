/** One AuthenticationSource becomes its policy, and the plan by which its keys are fetched. */

import { digest } from '../base/canonical-json.ts';
import { remember } from '../base/steps.ts';
import { type KeyUses, SIGNATURES, SVIDS } from '../keys/jwk.ts';
import type { FetchPlan, KeyLocation } from '../keys/plan.ts';
import type { PublicJwk, SourceKeys, SourcePolicy } from '../policy/policy.ts';
import { partDigest } from '../policy/version.ts';
import { type EffectiveJwt, effectiveJwt } from '../resources/effective.ts';
import type { ConfigMap, Secret } from '../resources/object.ts';
import type { AuthenticationSource } from '../resources/types.gen.ts';
import { certificateAuthorities } from './authorities.ts';
import { type IssuerClaims, issuerClaims } from './claims.ts';
import { acceptanceOf, type Issue, NOT_CHECKED } from './issues.ts';
import { tooManyUnnamed, tooShortForAllowed, unusableAlgorithms } from './key-doubts.ts';
import { hmacKeys, type InlineKeys, inlinePublicKeys } from './keys.ts';
import { memoize } from './memo.ts';
import { checkExpressions, doubts, insecureLocation } from './source-issues.ts';

/** What follows from the source alone. */
export interface SourceFacts {
  /** namespace/name. */
  readonly id: string;
  /** namespace/name, too, where there is no API server. */
  readonly uid: string;
  readonly jwt: EffectiveJwt;
  readonly claims: IssuerClaims;
}

export const sourceFacts = memoize(({ metadata, spec }: AuthenticationSource): SourceFacts => {
  const id = `${metadata.namespace}/${metadata.name}`;
  const jwt = effectiveJwt(spec.jwt);
  return { id, uid: metadata.uid ?? id, jwt, claims: issuerClaims(id, jwt) };
});

export interface CompiledSource {
  readonly policy: SourcePolicy;
  /** Undefined for keys that are not fetched, and for a source that is not accepted. */
  readonly plan: FetchPlan | undefined;
  readonly secrets: InlineKeys['secrets'];
  readonly issues: readonly Issue[];
  /** What its expressions and regular expressions take up, in instructions. */
  readonly taken: number;
}

/** What a source is compiled from beside itself; see `CompileInput`. */
export type SourceInputs = readonly [
  /** The Secrets and ConfigMap that it names, where they exist, in the order of `referencedData`. */
  data: readonly (Secret | ConfigMap | undefined)[],
  fetchedKeys: readonly PublicJwk[] | undefined,
  secretsPermitted: boolean,
  allowInsecureHttp: boolean,
  secretRevision: (secret: Uint8Array) => string,
];

export interface DataReference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
}

/** The Secrets and ConfigMaps, all in the source's own namespace, that a source names. */
export function referencedData({ keys, fetch }: EffectiveJwt): readonly DataReference[] {
  const { caBundleFrom } = fetch;
  if (keys.kind === 'hmac') {
    return keys.keys.map(({ secretKeyRef }) => ({ kind: 'Secret', name: secretKeyRef.name }));
  }
  return caBundleFrom === undefined ? [] : [{ kind: caBundleFrom.kind, name: caBundleFrom.ref.name }];
}

const checked = remember((source: AuthenticationSource) => checkExpressions(sourceFacts(source).jwt));

/** Does in steps what takes time of compiling the source: afterwards it takes little. */
export const checkSourceInSteps = checked.inSteps;
export const isSourceChecked = checked.has;
/** From now on its expressions are not checked: it is not accepted. */
export const passOverSource = (source: AuthenticationSource): void =>
  checked.put(source, { issues: [NOT_CHECKED], taken: 0 });

/** A source that is not accepted keeps its place, without keys: its tokens get keys_unavailable. */
export const compileSource = memoize(
  (
    source: AuthenticationSource,
    inputs: SourceInputs,
    before: CompiledSource | undefined,
  ): CompiledSource => {
    const facts = sourceFacts(source);
    const { jwt } = facts;
    const material = materialOf(source, jwt, inputs);
    const expressions = checked.of(source);
    const issues = [...material.issues, ...expressions.issues, ...doubts(jwt)];
    const accepted = acceptanceOf(issues).kind === 'accepted';
    const keys: SourceKeys = accepted ? material.keys : { kind: 'unavailable' };
    const policy = sourcePolicy(facts, keys, material.fetch?.location);
    return {
      policy:
        before !== undefined && partDigest(before.policy) === partDigest(policy) ? before.policy : policy,
      plan: accepted && material.fetch !== undefined ? fetchPlan(facts, material.fetch) : undefined,
      secrets: accepted ? material.secrets : [],
      issues,
      taken: expressions.taken,
    };
  },
);

interface Material {
  readonly keys: SourceKeys;
  readonly secrets: InlineKeys['secrets'];
  readonly issues: readonly Issue[];
  /** Undefined for keys that are not fetched. */
  readonly fetch: FetchFrom | undefined;
}

interface FetchFrom {
  readonly location: KeyLocation;
  readonly certificateAuthorities: string | undefined;
}

function materialOf(source: AuthenticationSource, jwt: EffectiveJwt, inputs: SourceInputs): Material {
  const [data, fetchedKeys, secretsPermitted, allowInsecureHttp, revision] = inputs;
  const { namespace } = source.metadata;
  switch (jwt.keys.kind) {
    case 'jwks':
    case 'publicKeys':
      return inline(jwt, inlinePublicKeys(jwt.keys, keyUses(jwt)));
    case 'hmac': {
      const secrets = data.filter((object) => object?.kind === 'Secret');
      const find = (name: string) => secrets.find(({ metadata }) => metadata.name === name);
      const access = { namespace, find, permitted: secretsPermitted, revision };
      const read = hmacKeys(jwt.keys.keys, access);
      const short = read.issues.length === 0 ? tooShortForAllowed(jwt.algorithms, read.usable) : [];
      return inline(jwt, { ...read, issues: [...read.issues, ...short] });
    }
    case 'discovery':
    case 'jwksURI': {
      const location = keyLocation(jwt, jwt.keys);
      const { pem, issues } = certificateAuthorities(
        jwt.fetch.caBundleFrom,
        namespace,
        data[0],
        secretsPermitted,
      );
      return {
        keys: fetchedKeys === undefined ? { kind: 'unavailable' } : { kind: 'public', keys: fetchedKeys },
        secrets: [],
        issues: [
          ...issues,
          ...unusableAlgorithms(jwt.algorithms, undefined),
          ...(allowInsecureHttp ? [] : insecureLocation(location)),
        ],
        fetch: { location, certificateAuthorities: pem },
      };
    }
  }
}

function inline(jwt: EffectiveJwt, { keys, secrets, issues, usable }: InlineKeys): Material {
  const { kind } = jwt.keys;
  const doubts =
    issues.length > 0 || kind === 'discovery' || kind === 'jwksURI'
      ? []
      : [...unusableAlgorithms(jwt.algorithms, usable), ...tooManyUnnamed(kind, usable, jwt.algorithms)];
  return { keys, secrets, issues: [...issues, ...doubts], fetch: undefined };
}

function keyLocation(
  jwt: EffectiveJwt,
  keys: Extract<EffectiveJwt['keys'], { kind: 'discovery' | 'jwksURI' }>,
): KeyLocation {
  const { issuer, tenants } = jwt;
  const wanted = keyUses(jwt) === SVIDS ? { svids: true as const } : {};
  if (keys.kind === 'jwksURI') return { kind: 'jwks', url: keys.url, ...wanted };
  // The schema asks for an issuer where keys are discovered; an empty one is no URL to fetch from.
  return { kind: 'discovery', issuer: issuer ?? '', url: keys.url, tenants, ...wanted };
}

/** Keys for SVIDs serve where the source says that its tokens are some: typ JOSE is SPIFFE's alone. */
function keyUses({ preset, tokenTypes }: EffectiveJwt): KeyUses {
  return preset === 'SPIFFE' || tokenTypes.some((type) => TYPE_OF_SVIDS.test(type)) ? SVIDS : SIGNATURES;
}

const TYPE_OF_SVIDS = /^(application\/)?jose$/i;

function sourcePolicy(
  { id, uid, jwt, claims }: SourceFacts,
  keys: SourceKeys,
  location: KeyLocation | undefined,
): SourcePolicy {
  const settings = {
    issuers: claims.issuers,
    ...(claims.tenantIssuer !== undefined && { tenantIssuer: claims.tenantIssuer }),
    ...(location !== undefined && { maxStale: jwt.fetch.maxStale }),
    algorithms: jwt.algorithms,
    audiences: jwt.audiences,
    clientIDs: jwt.clientIDs,
    tokenTypes: jwt.tokenTypes,
    clockSkew: jwt.clockSkew,
    expiration: jwt.expiration,
    ...(jwt.maxTokenAge !== undefined && { maxTokenAge: jwt.maxTokenAge }),
    requiredClaims: jwt.requiredClaims,
    expressions: jwt.expressions,
    roles: jwt.roles,
    mapping: jwt.mapping,
  };
  // Keys fetched from one place must not be kept for a source that points to another by now.
  const revision = digest({ id, uid, settings, ...(location !== undefined && { location }) }).slice(0, 16);
  return { id, uid, revision, keys, ...settings };
}

function fetchPlan(
  { id, uid, jwt }: SourceFacts,
  { location, certificateAuthorities }: FetchFrom,
): FetchPlan {
  const { refreshInterval, retryInterval, timeout, maxStale, unknownKeyCooldown } = jwt.fetch;
  return {
    source: id,
    uid,
    location,
    refreshInterval,
    retryInterval,
    timeout,
    maxStale,
    unknownKeyCooldown,
    certificateAuthorities,
  };
}
