/** Compiles one AuthenticationSource to its policy, and to the plan by which its keys are fetched. */

import { digest } from '../base/canonical-json.ts';
import { remember } from '../base/steps.ts';
import type { FetchPlan } from '../keys/plan.ts';
import type { SourceKeys, SourcePolicy } from '../policy/policy.ts';
import { partDigest } from '../policy/version.ts';
import type { AuthenticationSource } from '../resources/types.gen.ts';
import { acceptanceOf, type Issue, NOT_CHECKED } from './issues.ts';
import { memoize } from './memo.ts';
import type { DataReference, SourceDraft, SourceInputs } from './source-kind.ts';
import { compilerOf } from './source-kinds.ts';
import { type SourceName, sourceName } from './source-name.ts';

/** The Secrets and ConfigMaps, all in the source's own namespace, that a source names. */
export const referencedData = (source: AuthenticationSource): readonly DataReference[] =>
  compilerOf(source).references(source);

export interface CompiledSource {
  readonly policy: SourcePolicy;
  /** Undefined for keys that are not fetched, and for a source that is not accepted. */
  readonly plan: FetchPlan | undefined;
  readonly secrets: SourceDraft['secrets'];
  readonly issues: readonly Issue[];
  /** What its expressions and regular expressions take up, in instructions. */
  readonly taken: number;
}

const checked = remember((source: AuthenticationSource) => compilerOf(source).check(source));

/** Checks the expressions of the source in steps, and keeps the result: `compileSource` is quick afterwards. */
export const checkSourceInSteps = checked.inSteps;
export const isSourceChecked = checked.has;
/** Marks the source as not checked: from now on it is not accepted. */
export const passOverSource = (source: AuthenticationSource): void =>
  checked.put(source, { issues: [NOT_CHECKED], taken: 0 });

const UNAVAILABLE: SourceKeys = { kind: 'unavailable' };

/** A source that is not accepted keeps its place, without keys: its credentials get keys_unavailable. */
export const compileSource = memoize(
  (
    source: AuthenticationSource,
    inputs: SourceInputs,
    before: CompiledSource | undefined,
  ): CompiledSource => {
    const name = sourceName(source);
    const expressions = checked.of(source);
    const draft = compilerOf(source).compile(source, inputs, expressions);
    const accepted = acceptanceOf(draft.issues).kind === 'accepted';
    const policy = sourcePolicy(name, draft, accepted ? draft.keys : UNAVAILABLE);
    return {
      policy:
        before !== undefined && partDigest(before.policy) === partDigest(policy) ? before.policy : policy,
      plan: accepted && draft.plan !== undefined ? planOf(name, draft.plan) : undefined,
      secrets: accepted ? draft.secrets : [],
      issues: draft.issues,
      taken: expressions.taken,
    };
  },
);

function sourcePolicy(
  { id, uid }: SourceName,
  { settings, plan }: SourceDraft,
  keys: SourceKeys | undefined,
): SourcePolicy {
  // Keys fetched from one place must not be kept for a source that points to another by now.
  const from = plan !== undefined && { location: plan.location };
  const revision = digest({ id, uid, settings, ...from }).slice(0, 16);
  return { id, uid, revision, ...(keys !== undefined && { keys }), ...settings };
}

const planOf = ({ id, uid }: SourceName, plan: NonNullable<SourceDraft['plan']>): FetchPlan => ({
  source: id,
  uid,
  ...plan,
});
