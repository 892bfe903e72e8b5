/** What of a cluster the console shows beside counts and decisions, as `GET /cluster` of `portcullis console` tells it. */

import { bindingPolicy } from '../policy/policy.ts';
import {
  amount,
  atLeast,
  type Infer,
  isObject,
  list,
  Misshapen,
  oneOf,
  orNull,
  type Shape,
  text,
} from '../policy/shape.ts';
import { countText } from './figures.ts';
import type { StateWord } from './policy-in-force.ts';

/** As `portcullis status` has it. */
const state = atLeast({
  mark: oneOf('well', 'doubtful', 'bad', 'unknown'),
  reason: text,
  /** Why it is not well, and what to do. */
  said: list(text),
});

const condition = atLeast({ type: text, status: text, reason: text, message: text, since: text });

const settings: Shape<Readonly<Record<string, unknown>>> = (value, at) => {
  if (!isObject(value)) throw new Misshapen(`${at} must be an object`);
  return value;
};

const sourceTold = atLeast({
  /** namespace/name. */
  id: text,
  state,
  conditions: list(condition),
  /** The spec with preset and defaults applied, as the operator says. */
  configuration: settings,
  /** Where keys are fetched from; null = nowhere, or not known yet. */
  jwksURI: orNull(text),
  /** Why the last fetch failed; null = it did not. */
  issuerError: orNull(atLeast({ code: text, message: text })),
  /** The first of them, each by what tells it apart, and how many there are. */
  keys: list(text),
  keyCount: amount,
  keysChanged: orNull(text),
  /** Keys of the provider's set that cannot be used, and why. */
  keysLeftOut: list(text),
  /** Bindings that use it, namespace/name: the first of them, and how many there are. */
  bindings: list(text),
  bindingCount: amount,
});

const bindingTold = atLeast({
  /** namespace/name. */
  id: text,
  mode: text,
  state,
  conditions: list(condition),
  /** As `Service shop/orders`. */
  targets: list(text),
  /** Of containers, where pods say them. */
  ports: list(amount),
  sources: list(text),
  /** Trials for the same pods or targets. */
  trials: list(text),
  /** How many of its validators hold this very version, as `1/1`; null = not known. */
  validators: orNull(text),
  /** In mode Audit or Trial: what Enforce would have denied, as the operator sums it up; null = not known. */
  trial: orNull(atLeast({ wouldDeny: amount, since: text })),
  /** What its manifest means for a validator, but for its sources; null = it breaks the schema. */
  policy: orNull(bindingPolicy),
});

const finding = atLeast({
  reason: text,
  severity: oneOf('open', 'noted'),
  object: text,
  message: text,
  remedy: text,
});

const clusterTold = atLeast({
  format: oneOf(1),
  /** `namespace shop`, or `all namespaces`. */
  place: text,
  sources: list(sourceTold),
  bindings: list(bindingTold),
  /** What nothing guards: the first findings, and how many there are. */
  unguarded: atLeast({ findings: list(finding), open: amount, noted: amount, seen: text }),
  /** A sentence for each thing that could not be read. */
  missing: list(text),
});

export type ClusterTold = Infer<typeof clusterTold>;
export type SourceTold = Infer<typeof sourceTold>;
export type BindingTold = Infer<typeof bindingTold>;
export type ConditionTold = Infer<typeof condition>;

/** Throws a Misshapen. */
export const readClusterTold = (value: unknown): ClusterTold => clusterTold(value, '');

export const standingTold = ({ state: { mark, reason, said } }: Pick<SourceTold, 'state'>): StateWord => ({
  good: mark === 'well',
  ...(mark === 'bad' && { bad: true }),
  word: reason,
  why: said.length === 0 ? undefined : said.join(' '),
});

/** How much is open. Where not all could be read, that nothing was found says nothing. */
export function openFigure({ unguarded: { open }, missing }: Pick<ClusterTold, 'unguarded' | 'missing'>) {
  if (missing.length === 0) return { value: countText(open), note: 'see below' };
  return { value: open === 0 ? '–' : countText(open), note: 'not all could be read' };
}

/** The last look at the address of its keys, in words. */
export function lastLook({ jwksURI, issuerError, keyCount }: SourceTold): StateWord {
  if (issuerError !== null)
    return { good: false, bad: true, word: issuerError.code, why: issuerError.message };
  if (jwksURI === null) return { good: false, word: 'Not fetched', why: undefined };
  return { good: keyCount > 0, word: keyCount > 0 ? 'Good' : 'No keys so far', why: undefined };
}
