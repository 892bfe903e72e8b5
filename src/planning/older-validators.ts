/**
 * Policies for validators of older versions, which refuse a policy with a member that they do not know. All that they know
 * decides as it does elsewhere. A binding with another member refuses every request there, where without that member it would
 * let pass what it must refuse; else it goes without. A Trial is left out for those that know none, but for the places where no other binding
 * applies: there it is a binding in mode Audit, which it is for others too.
 */

import { loneTrials } from '../matching/lone-trials.ts';
import { type LaterMember, TAKES_ALL, type TakenMembers } from '../policy/exchange.ts';
import type { BindingPolicy, Policy, PolicyUpdate } from '../policy/policy.ts';
import { policyVersion } from '../policy/version.ts';
import { laterMembersOf } from './later-members.ts';

/** The policy itself where there is nothing in it that the validator does not take. */
export function policyFor(policy: Policy, taken: TakenMembers): Policy {
  if (taken === TAKES_ALL) return policy;
  const made = known.get(policy) ?? new Map<TakenMembers, Policy>();
  known.set(policy, made);
  const policyMade = made.get(taken) ?? make(policy, taken);
  made.set(taken, policyMade);
  return policyMade;
}

/** So that a poll works out nothing. */
const known = new WeakMap<Policy, Map<TakenMembers, Policy>>();

/** The same of what is sent: with no secret but those of the sources that are left. */
export function updateFor(update: PolicyUpdate, taken: TakenMembers): PolicyUpdate {
  const policy = policyFor(update.policy, taken);
  if (policy === update.policy) return update;
  const uids = new Set(policy.sources.map(({ uid }) => uid));
  const names = new Set(
    policy.sources.flatMap(({ keys }) =>
      keys?.kind === 'hmac' ? keys.keys.map(({ secret }) => secret) : [],
    ),
  );
  return {
    policy,
    secrets: new Map([...update.secrets].filter(([name]) => names.has(name))),
    keysChecked: new Map([...update.keysChecked].filter(([uid]) => uids.has(uid))),
  };
}

/** Why such a validator does not judge by the binding as it is written; undefined: it does. */
export function olderProblem(
  { bindings, trials = [] }: Policy,
  binding: string,
  taken: TakenMembers,
): string | undefined {
  if (taken === TAKES_ALL) return undefined;
  const withId = ({ id }: BindingPolicy): boolean => id === binding;
  const trial = trials.find(withId);
  if (trial !== undefined && !taken.has('trials')) return 'it is of a version that knows no Trials';
  const one = trial ?? bindings.find(withId);
  const [first] = one === undefined ? [] : refusedFor(one, taken);
  return (
    first && `it is of a version that does not know ${NAMES[first]}, and refuses what comes by this binding`
  );
}

/** Members without which a binding would let too much pass, as manifests have them. */
const NAMES = { authentication: 'require.authentication', resource: 'resource', mcp: 'mcp' } as const;

/** Members that change nothing but what a refusal says, or is counted, and how a binding is without them. */
const OMITTED = {
  'expression-scopes': withoutExpressionScopes,
  revision: withoutRevision,
  answers: withoutAnswers,
} as const;

type Refusing = keyof typeof NAMES;
type Omitted = keyof typeof OMITTED;
/** Does not compile for a member that is in neither table. */
const isRefusing = (member: Refusing | Omitted): member is Refusing => Object.hasOwn(NAMES, member);

function lacking(binding: BindingPolicy, taken: TakenMembers): readonly (Refusing | Omitted)[] {
  return [...laterMembersOf(binding)].flatMap((member: LaterMember): readonly (Refusing | Omitted)[] =>
    member === 'trials' || taken.has(member) ? [] : [member],
  );
}

const refusedFor = (binding: BindingPolicy, taken: TakenMembers): readonly Refusing[] =>
  lacking(binding, taken).filter(isRefusing);

function withoutExpressionScopes(binding: BindingPolicy): BindingPolicy {
  const { judgement } = binding;
  if (judgement.kind !== 'rules') return binding;
  const rules = judgement.rules.map((rule) => {
    const expressions = rule.require.expressions.map(({ expression, message }) => ({ expression, message }));
    return { ...rule, require: { ...rule.require, expressions } };
  });
  return { ...binding, judgement: { ...judgement, rules } };
}

function withoutRevision({ revision: _, ...binding }: BindingPolicy): BindingPolicy {
  return binding;
}

function withoutAnswers(binding: BindingPolicy): BindingPolicy {
  if (binding.judgement.kind !== 'rules') return binding;
  const { answers: _, ...judgement } = binding.judgement;
  return { ...binding, judgement };
}

function make(policy: Policy, taken: TakenMembers): Policy {
  const { format, sources, trials = [] } = policy;
  const isWithoutTrials = trials.length > 0 && !taken.has('trials');
  const translate = (binding: BindingPolicy): BindingPolicy => bindingFor(binding, taken);
  const all = isWithoutTrials
    ? [...policy.bindings, ...loneTrials(trials, policy.bindings)]
    : policy.bindings;
  const bindings = all.map(translate);
  const tried = isWithoutTrials ? [] : trials.map(translate);
  const isSame = all.every((binding, i) => binding === bindings[i]);
  if (!isWithoutTrials && isSame && trials.every((trial, i) => trial === tried[i])) return policy;
  const used = new Set(
    [...bindings, ...tried].flatMap(({ judgement }) => (judgement.kind === 'rules' ? judgement.sources : [])),
  );
  const content: Omit<Policy, 'version'> = {
    format,
    sources: sources.filter(({ id }) => used.has(id)),
    bindings,
    ...(tried.length > 0 && { trials: tried }),
  };
  return { ...content, version: policyVersion(content) };
}

/** Remembered by the binding, whose digest is: a change of another one costs nothing here. */
function bindingFor(binding: BindingPolicy, taken: TakenMembers): BindingPolicy {
  const members = lacking(binding, taken);
  if (members.length === 0) return binding;
  const key = members.join();
  const made = translated.get(binding) ?? new Map<string, BindingPolicy>();
  translated.set(binding, made);
  const one = made.get(key) ?? without(binding, members);
  made.set(key, one);
  return one;
}

const translated = new WeakMap<BindingPolicy, Map<string, BindingPolicy>>();

function without(binding: BindingPolicy, members: readonly (Refusing | Omitted)[]): BindingPolicy {
  const rest = members.reduce((one, member) => (isRefusing(member) ? one : OMITTED[member](one)), binding);
  const first = members.find(isRefusing);
  if (first === undefined) return rest;
  const problem = `this validator is of a version that does not know ${NAMES[first]}: restart the workload, so that it gets the newer one`;
  return { ...rest, judgement: { kind: 'invalid', problem } };
}
