/** The kinds of sources, and how a policy that holds several is read and prepared. A new kind is a line here. */

import type { Steps } from '../base/steps.ts';
import type { PolicyUpdate, SourcePolicy } from '../policy/policy.ts';
import { isObject, Misshapen, own, type Shape } from '../policy/shape.ts';
import { JWT } from './jwt/kind.ts';
import type { Judge, SourceKind } from './kind.ts';

/** By `type`, in the order in which a binding's credentials are offered to them. */
const KINDS: Readonly<Record<string, SourceKind>> = { JWT };

/** Reads a source's policy from the wire. One that names no type is a JWT source, as all were when the format began. */
export const readSourcePolicy: Shape<SourcePolicy> = (value, at) => {
  const type = isObject(value) && Object.hasOwn(value, 'type') ? value.type : 'JWT';
  const kind = typeof type === 'string' ? own(KINDS, type) : undefined;
  if (kind === undefined) throw new Misshapen(`${at}.type must be ${Object.keys(KINDS).join(' or ')}`);
  return kind.shape(value, at);
};

export interface AllSources {
  /** What their expressions and regular expressions take up, in instructions. */
  readonly taken: number;
  /** What judges for a binding that may use the sources of these ids; empty where none of them is there. */
  judgesFor(ids: readonly string[]): readonly Judge[];
}

export function prepareSources(update: PolicyUpdate): AllSources {
  const prepared = Object.values(KINDS).map((kind) => kind.prepare(update));
  return {
    taken: prepared.reduce((sum, { taken }) => sum + taken, 0),
    judgesFor: (ids) => prepared.flatMap((sources) => sources.judgeFor(ids) ?? []),
  };
}

/** Does in steps, and remembers, what takes time of `prepareSources`. */
export function* prepareSourcesInSteps(update: PolicyUpdate): Steps<void> {
  for (const kind of Object.values(KINDS)) yield* kind.prepareInSteps(update);
}
