/** The kinds of sources, and how a policy that holds several is read and prepared. A new kind is a line here. */

import type { Steps } from '../base/steps.ts';
import type { PolicyUpdate, SourcePolicy } from '../policy/policy.ts';
import { isObject, Misshapen, own, type Shape } from '../policy/shape.ts';
import { JWT } from './jwt/kind.ts';
import type { PreparedSources, SourceKind, Verifier } from './kind.ts';

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
  /** The size of their expressions and regular expressions, in instructions. */
  readonly taken: number;
  /** The verifiers of a binding that may use the sources of these ids; empty where none of them is there. See `verifierFor`. */
  verifiersFor(ids: readonly string[], audiences: readonly string[] | undefined): readonly Verifier[];
}

export function* prepareSources(update: PolicyUpdate): Steps<AllSources> {
  const prepared: PreparedSources[] = [];
  for (const kind of Object.values(KINDS)) prepared.push(yield* kind.prepare(update));
  return {
    taken: prepared.reduce((sum, { taken }) => sum + taken, 0),
    verifiersFor: (ids, audiences) =>
      prepared.flatMap((sources) => sources.verifierFor(ids, audiences) ?? []),
  };
}
