/** A source prepared for verification: its keys imported, its expressions compiled, its names parsed. */

import { createHash } from 'node:crypto';
import { remember, type Steps } from '../../base/steps.ts';
import { compileExpression, type Expression } from '../../cel/expression.ts';
import { type CanonicalAlgorithm, canonicalAlgorithm, isAlgorithm } from '../../keys/algorithms.ts';
import { importHmac } from '../../keys/hmac.ts';
import { importJwk } from '../../keys/jwk.ts';
import type { VerificationKey } from '../../keys/key.ts';
import { type ClaimReader, claimReader, rolesReader } from '../../matching/claims.ts';
import type { SourceKeys } from '../../policy/policy.ts';
import { counted, newAllowance } from '../../regex/allowance.ts';
import type { Source } from '../kind.ts';
import type { JwtPolicy } from './policy.ts';

export interface PreparedSource extends Source {
  readonly policy: JwtPolicy;
  readonly keys: PreparedKeys;
  /** Unix seconds of the last good fetch; undefined = never, or keys that are not fetched. */
  readonly checkedAt: number | undefined;
  /** One of them must be in `aud`; empty = none is asked for. */
  readonly audiences: readonly string[];
  /** They are those of a binding's resource: no client stands in for them. */
  readonly isForResource: boolean;
  /** The allow-list; undefined = what the key permits. */
  readonly algorithms: ReadonlySet<CanonicalAlgorithm> | undefined;
  readonly requiredClaims: readonly { readonly read: ClaimReader; readonly values: readonly string[] }[];
  readonly expressions: PreparedExpressions['expressions'];
  readonly taken: number;
  readonly mapping: PreparedMapping;
}

interface PreparedExpressions {
  readonly expressions: readonly { readonly expression: Expression; readonly message: string }[];
  /** Why one of them cannot be used. */
  readonly problem: string | undefined;
  /** What they and their regular expressions take up, in instructions. */
  readonly taken: number;
}

export type PreparedKeys =
  | { readonly kind: 'public' | 'hmac'; readonly keys: readonly VerificationKey[] }
  | { readonly kind: 'unavailable'; readonly problem: string };

export interface PreparedMapping {
  readonly user: readonly ClaimReader[];
  readonly name: readonly ClaimReader[];
  readonly roles: readonly ClaimReader[];
  readonly scopes: readonly ClaimReader[];
  readonly client: readonly ClaimReader[];
}

/** What takes as long as to compile so many instructions: to prepare a source, and to import one of its keys. */
const PART = 16;
const KEY = 64;

/**
 * Prepares a source. Whatever cannot be prepared (a key that is refused, a secret that did not come along,
 * an expression that does not compile) makes its keys unavailable: it denies, and says why.
 */
export function* prepareSource(
  policy: JwtPolicy,
  secrets: ReadonlyMap<string, Uint8Array>,
  checkedAt: number | undefined,
): Steps<PreparedSource> {
  const { mapping } = policy;
  const { expressions, problem, taken } = yield* prepareExpressions(policy);
  const keys: PreparedKeys =
    problem === undefined
      ? prepareKeys(policy.keys, secrets)
      : { kind: 'unavailable', problem: `An expression does not compile: ${problem}` };
  const source: PreparedSource = {
    id: policy.id,
    uid: policy.uid,
    roles: policy.roles,
    clockSkew: policy.clockSkew,
    policy,
    keys,
    checkedAt,
    audiences: policy.audiences,
    isForResource: false,
    algorithms: prepareAlgorithms(policy.algorithms),
    cacheKey: `${policy.uid}/${policy.revision}/${digest(policy.keys)}`,
    requiredClaims: policy.requiredClaims.map(({ claim, values }) => ({ read: claimReader(claim), values })),
    expressions,
    taken,
    mapping: {
      user: mapping.user.map(claimReader),
      name: mapping.name.map(claimReader),
      roles: mapping.roles.map(rolesReader),
      scopes: mapping.scopes.map(claimReader),
      client: mapping.client.map(claimReader),
    },
  };
  yield PART + (policy.keys.kind === 'public' ? KEY * policy.keys.keys.length : 0);
  return source;
}

/** The source for one resource alone: what it verifies for another one is kept apart. */
export const forResource = (source: PreparedSource, audiences: readonly string[]): PreparedSource => ({
  ...source,
  audiences,
  isForResource: true,
  cacheKey: `${source.cacheKey}/${createHash('sha256').update(JSON.stringify(audiences)).digest('base64url')}`,
});

/** Remembered by the policy: they do not depend on the keys. */
const { inSteps: prepareExpressions } = remember(function* ({
  expressions: texts,
}: JwtPolicy): Steps<PreparedExpressions> {
  const expressions: { expression: Expression; message: string }[] = [];
  const allowance = newAllowance();
  let problem: string | undefined;
  for (const { expression: text, message } of texts) {
    const compiled = yield* counted(allowance, () => compileExpression(text, 'source', allowance));
    if (compiled.kind === 'compiled') expressions.push({ expression: compiled.expression, message });
    else problem = compiled.problem;
  }
  return { expressions, problem, taken: allowance.taken };
});

/** A name that is not known allows nothing, and does not open the list either. */
function prepareAlgorithms(names: readonly string[]): ReadonlySet<CanonicalAlgorithm> | undefined {
  return names.length === 0 ? undefined : new Set(names.filter(isAlgorithm).map(canonicalAlgorithm));
}

/** Secrets stay out of the digest: their revision stands for them. */
function digest(keys: SourceKeys): string {
  return createHash('sha256').update(JSON.stringify(keys)).digest('base64url');
}

function prepareKeys(keys: SourceKeys, secrets: ReadonlyMap<string, Uint8Array>): PreparedKeys {
  switch (keys.kind) {
    case 'unavailable':
      return { kind: 'unavailable', problem: "The source's keys have not been read yet." };
    case 'public': {
      const imported: VerificationKey[] = [];
      for (const jwk of keys.keys) {
        const result = importJwk(jwk);
        if (result.kind === 'key') imported.push(result.key);
      }
      return imported.length > 0
        ? { kind: 'public', keys: imported }
        : { kind: 'unavailable', problem: 'The source has no usable key.' };
    }
    case 'hmac': {
      const imported: VerificationKey[] = [];
      for (const { kid, secret } of keys.keys) {
        const bytes = secrets.get(secret);
        const result = bytes === undefined ? undefined : importHmac(bytes, kid);
        if (result?.kind === 'key') imported.push(result.key);
      }
      return imported.length > 0
        ? { kind: 'hmac', keys: imported }
        : { kind: 'unavailable', problem: 'The source has no usable secret.' };
    }
  }
}
