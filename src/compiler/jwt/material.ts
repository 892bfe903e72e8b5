/** The keys of a JWT source: those that it holds or names, and how the others are fetched. */

import { type KeyUses, SIGNATURES, SVIDS } from '../../keys/jwk.ts';
import type { KeyLocation } from '../../keys/plan.ts';
import type { EffectiveFetch, EffectiveJwt } from '../../resources/effective.ts';
import { certificateAuthorities } from '../authorities.ts';
import type { SourceDraft, SourceInputs } from '../source-kind.ts';
import { insecureLocation } from './issues.ts';
import { tooManyUnnamed, tooShortForAllowed, unusableAlgorithms } from './key-doubts.ts';
import { hmacKeys, type InlineKeys, inlinePublicKeys } from './keys.ts';

type Material = Omit<SourceDraft, 'settings'>;

export function keyMaterial(namespace: string, jwt: EffectiveJwt, inputs: SourceInputs): Material {
  const { data, fetchedKeys, secretsPermitted, allowInsecureHttp, secretRevision } = inputs;
  switch (jwt.keys.kind) {
    case 'jwks':
    case 'publicKeys':
      return inline(jwt, inlinePublicKeys(jwt.keys, keyUses(jwt)));
    case 'hmac': {
      const secrets = data.filter((object) => object?.kind === 'Secret');
      const find = (name: string) => secrets.find(({ metadata }) => metadata.name === name);
      const access = { namespace, find, permitted: secretsPermitted, revision: secretRevision };
      const read = hmacKeys(jwt.keys.keys, access);
      const short = read.issues.length === 0 ? tooShortForAllowed(jwt.algorithms, read.usable) : [];
      return inline(jwt, { ...read, issues: [...read.issues, ...short] });
    }
    case 'discovery':
    case 'jwksURI': {
      const location = keyLocation(jwt, jwt.keys);
      const { caBundleFrom } = jwt.fetch;
      const authorities = certificateAuthorities(
        { reference: caBundleFrom, field: 'spec.jwt.fetch.caBundleFrom' },
        namespace,
        data[0],
        secretsPermitted,
      );
      return {
        keys: fetchedKeys === undefined ? { kind: 'unavailable' } : { kind: 'public', keys: fetchedKeys },
        secrets: [],
        issues: [
          ...authorities.issues,
          ...unusableAlgorithms(jwt.algorithms, undefined),
          ...(allowInsecureHttp ? [] : insecureLocation(location)),
        ],
        plan: { location, ...intervals(jwt.fetch), certificateAuthorities: authorities.pem },
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
  return { keys, secrets, issues: [...issues, ...doubts], plan: undefined };
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

function intervals({
  refreshInterval,
  retryInterval,
  timeout,
  maxStale,
  unknownKeyCooldown,
}: EffectiveFetch) {
  return { refreshInterval, retryInterval, timeout, maxStale, unknownKeyCooldown };
}
