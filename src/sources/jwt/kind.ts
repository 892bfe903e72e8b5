/** JSON Web Tokens (RFC 7519): signed by keys that their issuer publishes, or that it shares. */

import type { Steps } from '../../base/steps.ts';
import type { PolicyUpdate } from '../../policy/policy.ts';
import type { SourceKind, Verifier } from '../kind.ts';
import { describeToken } from './describe.ts';
import { inspect } from './inspect.ts';
import { indexSources, type SourceIndex } from './issuer.ts';
import { hasHeader } from './jws.ts';
import { isJwtPolicy, type JwtPolicy, jwtPolicy } from './policy.ts';
import { recheckToken } from './recheck.ts';
import { forResource, type PreparedSource, prepareSource } from './source.ts';

export const JWT: SourceKind = {
  shape: jwtPolicy,
  *prepare(update) {
    const sources = new Map<string, PreparedSource>();
    for (const policy of update.policy.sources.filter(isJwtPolicy)) {
      sources.set(policy.id, yield* prepareRemembered(update, policy));
    }
    return {
      taken: sources.values().reduce((sum, { taken }) => sum + taken, 0),
      verifierFor(ids, audiences) {
        const own = ids.flatMap((id) => sources.get(id) ?? []);
        const list = audiences === undefined ? own : own.map((source) => forResource(source, audiences));
        return list.length > 0 ? jwtVerifier(indexSources(list)) : undefined;
      },
    };
  },
};

export function jwtVerifier(index: SourceIndex): Verifier {
  return {
    sources: index.list,
    takes: hasHeader,
    inspect: (token, now) => inspect(token, index, now),
    recheck: (source, lasting, now) => recheckToken(index, source, lasting, now),
    describe: (token, now, verdict) => describeToken(token, index, now, verdict),
  };
}

const prepared = new WeakMap<JwtPolicy, PreparedSource>();

/** Remembers sources with public keys by their policy, and replaces only the time of their last key fetch. */
function* prepareRemembered(update: PolicyUpdate, policy: JwtPolicy): Steps<PreparedSource> {
  const checkedAt = update.keysChecked.get(policy.uid);
  if (policy.keys.kind === 'hmac') return yield* prepareSource(policy, update.secrets, checkedAt);
  const before = prepared.get(policy);
  const source =
    before === undefined ? yield* prepareSource(policy, update.secrets, checkedAt) : { ...before, checkedAt };
  prepared.set(policy, source);
  return source;
}
