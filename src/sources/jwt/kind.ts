/** JSON Web Tokens (RFC 7519): signed by keys that their issuer publishes, or that it shares. */

import type { Steps } from '../../base/steps.ts';
import type { PolicyUpdate } from '../../policy/policy.ts';
import type { Judge, SourceKind } from '../kind.ts';
import { describeToken } from './describe.ts';
import { inspect } from './inspect.ts';
import { indexSources, type SourceIndex } from './issuer.ts';
import { hasHeader } from './jws.ts';
import { isJwtPolicy, type JwtPolicy, jwtPolicy } from './policy.ts';
import { recheckToken } from './recheck.ts';
import { type PreparedSource, prepareExpressionsInSteps, prepareSource } from './source.ts';

export const JWT: SourceKind = {
  shape: jwtPolicy,
  prepare(update) {
    const policies = update.policy.sources.filter(isJwtPolicy);
    const sources = new Map(policies.map((policy) => [policy.id, prepareFor(update, policy)]));
    return {
      taken: sources.values().reduce((sum, { taken }) => sum + taken, 0),
      judgeFor(ids) {
        const list = ids.flatMap((id) => sources.get(id) ?? []);
        return list.length > 0 ? jwtJudge(indexSources(list)) : undefined;
      },
    };
  },
  prepareInSteps,
};

export function jwtJudge(index: SourceIndex): Judge {
  return {
    sources: index.list,
    takes: hasHeader,
    inspect: (token, now) => inspect(token, index, now),
    recheck: (source, lasting, now) => recheckToken(index, source, lasting, now),
    describe: (token, now, verdict) => describeToken(token, index, now, verdict),
  };
}

/** What takes as long as to compile so many instructions: to prepare a source, and to import one of its keys. */
const PART = 16;
const KEY = 64;

function* prepareInSteps(update: PolicyUpdate): Steps<void> {
  for (const policy of update.policy.sources.filter(isJwtPolicy)) {
    if (prepared.has(policy)) continue;
    yield* prepareExpressionsInSteps(policy);
    prepareFor(update, policy);
    yield PART + (policy.keys.kind === 'public' ? KEY * policy.keys.keys.length : 0);
  }
}

const prepared = new WeakMap<JwtPolicy, PreparedSource>();

/** Remembers sources with public keys by their policy, and replaces only the time of their last key fetch. */
function prepareFor(update: PolicyUpdate, policy: JwtPolicy): PreparedSource {
  const checkedAt = update.keysChecked.get(policy.uid);
  if (policy.keys.kind === 'hmac') return prepareSource(policy, update.secrets, checkedAt);
  const before = prepared.get(policy);
  const source =
    before === undefined ? prepareSource(policy, update.secrets, checkedAt) : { ...before, checkedAt };
  prepared.set(policy, source);
  return source;
}
