/** Manifests as the validator reads a folder of them, compiled into what it would enforce. */

import type { JsonObject } from '../base/json.ts';
import { finishSteps } from '../base/steps.ts';
import { oneLine } from '../base/text.ts';
import { type CompileResult, compile } from '../compiler/compile.ts';
import { refuseBindings } from '../compiler/refused.ts';
import { type Enforcer, prepareEnforcer } from '../decision/enforcer.ts';
import type { PolicyUpdate, PublicJwk } from '../policy/policy.ts';
import { renderFinding } from '../resources/findings.ts';
import type { ResourceSet } from '../resources/set.ts';
import { type Unread, unreadOf } from '../resources/unread.ts';
import { readInputs } from './inputs.ts';

export interface Loaded {
  readonly resources: ResourceSet;
  /** Bindings that break the schema: they refuse at their hosts. */
  readonly refused: readonly JsonObject[];
  readonly compiled: CompileResult;
  /** What there is to say of the manifests, a line each. */
  readonly problems: readonly string[];
  /** A file cannot be read at all, so its content is unknown. */
  readonly isUnreadable: boolean;
}

/** Keys that were fetched, by the UID of their source. */
export type FetchedKeySets = ReadonlyMap<string, readonly PublicJwk[]>;

export async function loadManifests(
  paths: readonly string[],
  stdin: () => Promise<Uint8Array>,
): Promise<Loaded> {
  const { files, unreadable } = await readInputs(paths, stdin);
  // The validator's own reading of a folder, which is only ever loaded when it is used.
  const { advance, NO_FILES } = await import('../validator/folder/state.ts');
  const stamped = files.map((file) => ({ ...file, stamp: '' }));
  const { state, problems } = advance(NO_FILES, stamped, unreadable);
  const resources = state.united.set;
  const compiled = compileWith(resources, new Map(), 0, unreadOf(state.united.findings));
  return {
    resources,
    refused: state.refused,
    compiled,
    problems: [...problems, ...compiled.findings.map(renderFinding)].map(oneLine),
    isUnreadable:
      unreadable.length > 0 || state.united.findings.some(({ reason }) => reason === 'Unreadable'),
  };
}

function compileWith(
  resources: ResourceSet,
  fetched: FetchedKeySets,
  checkedAt: number,
  unread?: Unread,
): CompileResult {
  return compile({
    resources,
    ...(unread !== undefined && { unread }),
    keySets: new Map([...fetched].map(([uid, keys]) => [uid, { keys, checkedAt }])),
    allowInsecureHttp: false,
    // Nothing outlives the secrets that it was made from.
    secretRevision: () => '',
  });
}

/** `at` is the time of the judgement, and counts as that of the fetch. */
export function policyAt(
  { resources, refused }: Pick<Loaded, 'resources' | 'refused'>,
  fetched: FetchedKeySets,
  at: number,
): PolicyUpdate {
  return refuseBindings(compileWith(resources, fetched, at).update, refused);
}

export const enforcerAt = (...parts: Parameters<typeof policyAt>): Enforcer =>
  finishSteps(prepareEnforcer(policyAt(...parts)));
