/** The policy that the validator holds, and the keys that it keeps where a new policy comes without them. Pure. */

import type { BindingPolicy, Policy, PolicyUpdate, SourcePolicy } from '../../policy/policy.ts';
import { partDigest } from '../../policy/version.ts';

export type KeysChecked = ReadonlyMap<string, number>;

export interface HeldPolicy extends PolicyUpdate {
  /** UIDs of sources that were sent without keys, and have those from before. */
  readonly kept: ReadonlySet<string>;
  /** It was read from disk, where no secrets are, and needs some. */
  readonly lacksSecrets: boolean;
}

export const NOTHING_CHECKED: KeysChecked = new Map();

/**
 * Takes a policy that was sent. Parts that did not change are the same objects as before, so that what was prepared
 * from them is found again.
 *
 * @param now in Unix seconds.
 */
export function hold(
  sent: Pick<PolicyUpdate, 'policy' | 'secrets' | 'keysChecked'>,
  before: HeldPolicy | undefined,
  now: number,
): HeldPolicy {
  const completed = keepKeys(sent.policy.sources, before, now);
  const policy: Policy = {
    ...sent.policy,
    sources: reuse(completed.sources, before?.policy.sources),
    bindings: reuse<BindingPolicy>(sent.policy.bindings, before?.policy.bindings),
    ...(sent.policy.trials !== undefined && {
      trials: reuse<BindingPolicy>(sent.policy.trials, before?.policy.trials),
    }),
  };
  const { kept } = completed;
  const known = checkedBefore(policy.sources, before);
  return {
    policy,
    kept,
    lacksSecrets: false,
    secrets: sent.secrets,
    keysChecked: mergeChecked(policy.sources, { known, sent: sent.keysChecked, kept, now }),
  };
}

/** Takes newer times of the same keys. The same object where none is newer. */
export function recheckKeys(held: HeldPolicy, sent: KeysChecked, now: number): HeldPolicy {
  const { policy, kept, keysChecked: known } = held;
  const keysChecked = mergeChecked(policy.sources, { known, sent, kept, now });
  const same =
    keysChecked.size === known.size && [...known].every(([uid, time]) => keysChecked.get(uid) === time);
  return same ? held : { ...held, keysChecked };
}

/**
 * A new leader that has not fetched a source's keys yet sends the source without keys. Then the keys from before are
 * kept, if the source's revision is the same, so that they come from the same place, and for at most maxStale after they
 * were last checked.
 */
export function keepKeys(
  sources: readonly SourcePolicy[],
  before: Pick<PolicyUpdate, 'policy' | 'keysChecked'> | undefined,
  now: number,
): { readonly sources: readonly SourcePolicy[]; readonly kept: ReadonlySet<string> } {
  const byUid = new Map(before?.policy.sources.map((source) => [source.uid, source]));
  const kept = new Set<string>();
  const completed = sources.map((source) => {
    const { uid, revision, maxStale } = source;
    const former = byUid.get(uid);
    const checkedAt = before?.keysChecked.get(uid);
    if (source.keys?.kind !== 'unavailable' || maxStale === undefined || checkedAt === undefined)
      return source;
    if (former?.keys?.kind !== 'public' || former.revision !== revision) return source;
    if (now - checkedAt > maxStale) return source;
    kept.add(uid);
    return { ...source, keys: former.keys };
  });
  return { sources: completed, kept };
}

/** When the keys that are the same as before were checked. */
function checkedBefore(sources: readonly SourcePolicy[], before: HeldPolicy | undefined): KeysChecked {
  if (before === undefined) return NOTHING_CHECKED;
  const former = new Map(before.policy.sources.map(({ uid, keys }) => [uid, keys]));
  const same = sources.filter(({ uid, keys }) => {
    const had = former.get(uid);
    return had !== undefined && keys !== undefined && partDigest(had) === partDigest(keys);
  });
  return new Map(
    same.flatMap(({ uid }) => {
      const time = before.keysChecked.get(uid);
      return time === undefined ? [] : [[uid, time] as const];
    }),
  );
}

interface Times {
  /** Of these very keys. */
  readonly known: KeysChecked;
  readonly sent: KeysChecked;
  readonly kept: ReadonlySet<string>;
  readonly now: number;
}

/**
 * The later time counts, because a new leader may know only an earlier time of the same keys. Times of keys that the
 * leader did not send are ignored, and no time is in the future.
 */
function mergeChecked(sources: readonly SourcePolicy[], { known, sent, kept, now }: Times): KeysChecked {
  return new Map(
    sources.flatMap(({ uid, keys, maxStale }) => {
      if (maxStale === undefined || keys?.kind !== 'public') return [];
      const said = kept.has(uid) ? undefined : sent.get(uid);
      const time = Math.max(known.get(uid) ?? -1, said ?? -1);
      return time < 0 ? [] : [[uid, Math.min(time, now)] as const];
    }),
  );
}

function reuse<T extends object>(parts: readonly T[], before: readonly T[] | undefined): readonly T[] {
  const former = new Map(before?.map((part) => [partDigest(part), part]));
  return parts.map((part) => former.get(partDigest(part)) ?? part);
}
