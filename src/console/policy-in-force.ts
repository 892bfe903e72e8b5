/** The policy in force, as `/policy` tells it and the views show it. */

import { type BindingPolicy, bindingPolicy } from '../policy/policy.ts';
import { atLeast, isObject, list, Misshapen, type Shape, text } from '../policy/shape.ts';
import { ageText } from './figures.ts';

/** Of any kind: what a view knows of every source, and all of its configuration, to be shown as it is. */
export interface SourceInForce {
  readonly id: string;
  readonly keys: 'there' | 'missing' | 'none';
  readonly keyCount: number;
  /** Seconds that fetched keys serve without another good fetch; undefined = its keys are not fetched. */
  readonly maxStale: number | undefined;
  /** Each key by what tells it apart; no secret is in a policy. */
  readonly keyNames: readonly string[];
  readonly configuration: Readonly<Record<string, unknown>>;
}

export interface PolicyInForce {
  readonly version: string;
  readonly sources: readonly SourceInForce[];
  readonly bindings: readonly BindingPolicy[];
  readonly trials: readonly BindingPolicy[];
}

const source: Shape<SourceInForce> = (value, at) => {
  if (!isObject(value)) throw new Misshapen(`${at} must be an object`);
  const { id, uid, revision, keys, ...configuration } = value;
  const { maxStale } = configuration;
  const kind = isObject(keys) ? keys.kind : undefined;
  const each: readonly unknown[] = isObject(keys) && Array.isArray(keys.keys) ? keys.keys : [];
  return {
    id: text(id, `${at}.id`),
    keys: kind === undefined ? 'none' : kind === 'unavailable' ? 'missing' : 'there',
    keyCount: each.length,
    maxStale: typeof maxStale === 'number' ? maxStale : undefined,
    keyNames: each.filter(isObject).map(keyName),
    configuration: { ...configuration, uid, revision },
  };
};

function keyName({ kid, kty, crv, alg, use }: Readonly<Record<string, unknown>>): string {
  const parts = [typeof kid === 'string' ? kid : 'without kid', kty ?? 'HMAC', crv, alg, use];
  return parts.filter((part) => typeof part === 'string').join(' · ');
}

const shape = atLeast({ version: text, sources: list(source), bindings: list(bindingPolicy) });

export function readPolicyInForce(value: unknown): PolicyInForce {
  const trials =
    isObject(value) && value.trials !== undefined ? list(bindingPolicy)(value.trials, 'trials') : [];
  return { ...shape(value, ''), trials };
}

/** Every binding with the mode that people know it by. */
export function shownBindings({ bindings, trials }: PolicyInForce): readonly ShownBinding[] {
  return [
    ...bindings.map((policy) => ({ policy, mode: policy.mode as string })),
    ...trials.map((policy) => ({ policy, mode: 'Trial' })),
  ];
}

export interface ShownBinding {
  readonly policy: BindingPolicy;
  readonly mode: string;
}

export interface StateWord {
  readonly good: boolean;
  /** Where it is not good: somebody has to see to it. Else it is only worth a look. */
  readonly bad?: boolean;
  readonly word: string;
  readonly why: string | undefined;
}

const READY: StateWord = { good: true, word: 'Ready', why: undefined };

/** Whether a binding can let anybody in by a token, by the policy alone. */
export function bindingStanding(
  { policy, mode }: ShownBinding,
  sources: readonly SourceInForce[],
): StateWord {
  const { judgement } = policy;
  if (mode === 'Disabled') return { good: false, word: 'Disabled', why: 'Every request passes.' };
  if (judgement.kind === 'invalid') return { good: false, word: 'Invalid', why: judgement.problem };
  const needed =
    judgement.rules.length === 0 ||
    judgement.rules.some(
      ({ authentication }) => authentication === 'Required' || authentication === 'Optional',
    );
  if (!needed) return READY;
  if (judgement.sources.length === 0) {
    return { good: false, word: 'No source', why: 'None of its sources is there: every token is refused.' };
  }
  const missing = judgement.sources.filter((id) =>
    sources.some((one) => one.id === id && one.keys === 'missing'),
  );
  return missing.length === 0
    ? READY
    : { good: false, word: 'Keys missing', why: `The keys of ${missing.join(', ')} have not been fetched.` };
}

export function sourceStanding({ keys, maxStale }: SourceInForce, age: number | undefined): StateWord {
  if (keys === 'missing') {
    return {
      good: false,
      word: 'Keys missing',
      why: 'Its keys have not been fetched: its tokens are refused.',
    };
  }
  if (age !== undefined && maxStale !== undefined && age > maxStale) {
    return {
      good: false,
      word: 'Keys too old',
      why: 'No fetch was good for longer than maxStale: its tokens are refused.',
    };
  }
  return READY;
}

/** When its keys were fetched. Until they have been, their age counts from when the source came. */
export function fetchedText({ keys, maxStale }: SourceInForce, age: number | undefined): string {
  if (maxStale === undefined) return 'not fetched: the manifest has them';
  return keys === 'missing' || age === undefined ? 'never' : `${ageText(age)} ago`;
}

/** How old the oldest copy is that a validator of a cluster holds. */
export const heldText = (age: number | undefined): string =>
  age === undefined ? '–' : `${ageText(age)} ago`;

/** Trials that judge requests of this binding, too: their hosts and ports meet. */
export function trialsBeside(
  { id, hosts, ports }: BindingPolicy,
  { trials }: PolicyInForce,
): readonly BindingPolicy[] {
  const meet = <T>(one: readonly T[], other: readonly T[], same: (a: T, b: T) => boolean): boolean =>
    one.length === 0 || other.length === 0 || one.some((a) => other.some((b) => same(a, b)));
  const [namespace] = id.split('/', 1);
  return trials.filter(
    (trial) =>
      trial.id.split('/', 1)[0] === namespace &&
      meet(trial.hosts, hosts, hostsMeet) &&
      meet(trial.ports, ports, (a, b) => a === b),
  );
}

function hostsMeet(one: string, other: string): boolean {
  const covers = (wild: string, host: string): boolean =>
    wild.startsWith('*.') && host.endsWith(wild.slice(1));
  return one === other || covers(one, other) || covers(other, one);
}
