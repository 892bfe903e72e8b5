/** One source, one token, one verdict: the token room as its tests call it. */

import { finishSteps } from '../../src/base/steps.ts';
import { inspect } from '../../src/sources/jwt/inspect.ts';
import { indexSources, type SourceIndex } from '../../src/sources/jwt/issuer.ts';
import type { JwtPolicy } from '../../src/sources/jwt/policy.ts';
import { prepareSource } from '../../src/sources/jwt/source.ts';
import type { Conclusion } from '../../src/sources/kind.ts';
import { ISSUER, sourcePolicy } from './policy.ts';
import { publicJwk, secretBytes, token } from './tokens.ts';

export const NOW = 1_800_000_000;
export const CLAIMS = { iss: ISSUER, sub: 'joe', exp: NOW + 600, iat: NOW - 60 };

export const PUBLIC_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'ES256K',
  'EdDSA',
];
export const SECRET_ALGORITHMS = ['HS256', 'HS384', 'HS512'];

/** The whole way of a token at once. */
export function verifyToken(text: string, sources: SourceIndex, now: number): Conclusion {
  const inspection = inspect(text, sources, now);
  return inspection.kind === 'refused'
    ? inspection.refusal
    : inspection.job.conclude(inspection.job.checkSignature());
}

export interface World {
  readonly policy?: Partial<JwtPolicy>;
  readonly secrets?: ReadonlyMap<string, Uint8Array>;
  readonly checkedAt?: number | undefined;
}

export function sourcesOf({ policy = {}, secrets = new Map(), checkedAt }: World): SourceIndex {
  return indexSources([finishSteps(prepareSource(sourcePolicy(policy), secrets, checkedAt))]);
}

/** The reason against a token, or `verified`. */
export function reasonOf(text: string, world: World = {}): string {
  const verification = verifyToken(text, sourcesOf(world), NOW);
  return verification.kind === 'refused' ? verification.reason : verification.kind;
}

/** A source whose only key is that of `token({ alg })`. */
export function worldFor(alg: string): World {
  return SECRET_ALGORITHMS.includes(alg)
    ? {
        policy: { keys: { kind: 'hmac', keys: [{ secret: 's', secretRevision: '1' }] } },
        secrets: new Map([['s', secretBytes(alg)]]),
      }
    : { policy: { keys: { kind: 'public', keys: [publicJwk(alg)] } } };
}

/** A good token with these claims changed. */
export const withClaims = (changes: object) => token({ claims: { ...CLAIMS, ...changes } });
