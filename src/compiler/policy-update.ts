/** Compiled sources and bindings, put together as one policy. */

import { partition } from '../base/partition.ts';
import {
  type FetchedKeys,
  POLICY_FORMAT,
  type Policy,
  type PolicyUpdate,
  type SourcePolicy,
} from '../policy/policy.ts';
import { policyVersion } from '../policy/version.ts';
import type { CompiledBinding } from './binding.ts';
import type { CompiledSource } from './source.ts';

/** By the source's uid. */
type KeySets = ReadonlyMap<string, FetchedKeys>;

/** Of two policies of one version the one before is kept. */
export function policyUpdate(
  keySets: KeySets,
  before: Policy | undefined,
  compiledSources: readonly CompiledSource[],
  compiledBindings: readonly CompiledBinding[],
): PolicyUpdate {
  const sources = compiledSources.map(({ policy }) => policy);
  const [tried, deciding] = partition(compiledBindings, ({ isTrial }) => isTrial);
  const bindings = deciding.map(({ policy }) => policy);
  const trials = tried.map(({ policy }) => policy);
  const content: Omit<Policy, 'version'> = {
    format: POLICY_FORMAT,
    sources,
    bindings,
    ...(trials.length > 0 && { trials }),
  };
  const version = policyVersion(content);
  return {
    policy: before?.version === version ? before : { ...content, version },
    secrets: secretsOf(compiledSources),
    keysChecked: keysChecked(sources, keySets),
  };
}

/** Most policies have none, and a cluster can have as many policies as bindings. */
const NO_SECRETS: PolicyUpdate['secrets'] = new Map();

function secretsOf(sources: readonly CompiledSource[]): PolicyUpdate['secrets'] {
  const secrets = sources.flatMap((source) => source.secrets);
  return secrets.length === 0 ? NO_SECRETS : new Map(secrets);
}

/** By uid; only fetched keys have such a time. */
export function keysChecked(sources: readonly SourcePolicy[], keySets: KeySets): PolicyUpdate['keysChecked'] {
  return new Map(
    sources.flatMap(({ uid, maxStale, keys }) => {
      const fetched = keySets.get(uid);
      const isFetched = maxStale !== undefined && keys?.kind === 'public' && fetched !== undefined;
      return isFetched ? [[uid, fetched.checkedAt] as const] : [];
    }),
  );
}
