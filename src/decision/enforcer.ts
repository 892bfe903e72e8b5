/** An Enforcer: a policy prepared for look-ups, immutable, replaced as a whole by the next one. */

import { namespaceOf } from '../base/object-id.ts';
import type { Steps } from '../base/steps.ts';
import { normalizeHost } from '../matching/hosts.ts';
import { forwardedNames, tokenHeadersOf } from '../policy/headers.ts';
import type { BindingPolicy, PolicyUpdate } from '../policy/policy.ts';
import { COMPILE_LIMITS } from '../regex/allowance.ts';
import type { Verifier } from '../sources/kind.ts';
import { prepareSources } from '../sources/kinds.ts';
import { type PreparedBinding, prepareBinding } from './binding.ts';
import type { ChooseBinding } from './choose.ts';
import type { CheckRequest } from './decision.ts';
import { onlyResources } from './resource-metadata.ts';
import { withTrials } from './trials.ts';

export interface Enforcer {
  readonly version: string;
  /**
   * Headers that no client may set on a request that this binding judges: what any binding of its namespace forwards,
   * and our own. A binding of another namespace, at a shared gateway, takes no header away.
   */
  guardedHeaders(binding: PreparedBinding): readonly string[];
  /** Headers, in lower case, that some binding takes the token out of before the app gets them. */
  readonly tokenHeaders: readonly string[];
  /**
   * The one binding that decides for a normalised host, a port (undefined = any) and a route (undefined = not known), or
   * none. It is a Trial where no other applies.
   */
  readonly bindingFor: ChooseBinding;
  /** The Trial for a request, though it may be the one that decides; undefined where the policy has no Trials. */
  readonly trialFor: ChooseBinding | undefined;
  isTrial(binding: PreparedBinding): boolean;
  /** Whether its host has no resource but that of this binding. */
  isOnlyResource(binding: PreparedBinding): boolean;
  /** The verifiers of one binding's credentials, one for each kind of its sources; empty when no source is left. */
  verifiersOf(binding: PreparedBinding): readonly Verifier[];
}

/** The generated configuration sets these for the validator alone: the app must not take them for the client's. */
const OUR_OWN = ['x-portcullis-port', 'x-portcullis-client'];

/** Parts that did not change since an earlier update are remembered, so their steps cost nothing. */
export function* prepareEnforcer(update: PolicyUpdate): Steps<Enforcer> {
  const { policy } = update;
  const { trials: tried = [] } = policy;
  const bindings: PreparedBinding[] = [];
  for (const binding of policy.bindings) bindings.push(yield* prepareBinding(binding));
  const trials: PreparedBinding[] = [];
  for (const trial of tried) trials.push(yield* prepareBinding(trial));
  const sources = yield* prepareSources(update);
  const guarded = guardedBy(policy.bindings);
  // What a Trial names is taken away where it stands alone, and nowhere else.
  const guardedByTrials = guardedBy(tried.length === 0 ? [] : [...policy.bindings, ...tried]);
  const chosen = withTrials(bindings, trials);
  if (sumOf(bindings) + sumOf(trials) + sources.taken > COMPILE_LIMITS.policy) {
    throw new Error(
      `expressions and regular expressions of this policy take up more than ${COMPILE_LIMITS.policy} instructions`,
    );
  }
  const only = new Set([...onlyResources(bindings), ...onlyResources(trials)]);
  const verifiers = new Map<PreparedBinding, readonly Verifier[]>();
  return {
    version: policy.version,
    tokenHeaders: [
      ...new Set(
        (policy.bindings.length === 0 ? tried : policy.bindings).flatMap(({ forward, judgement }) =>
          judgement.kind === 'rules' ? tokenHeadersOf(forward, judgement.credentials) : [],
        ),
      ),
    ],
    guardedHeaders: (binding) =>
      (chosen.trials.has(binding) ? guardedByTrials : guarded).get(namespaceOf(binding.policy.id)) ?? OUR_OWN,
    bindingFor: chosen.bindingFor,
    trialFor: chosen.trialFor,
    isTrial: (binding) => chosen.trials.has(binding),
    isOnlyResource: (binding) => only.has(binding),
    verifiersOf: (binding) => {
      let known = verifiers.get(binding);
      if (known === undefined) {
        known = sources.verifiersFor(sourceIds(binding), audiencesOf(binding));
        verifiers.set(binding, known);
      }
      return known;
    },
  };
}

/** By namespace. */
function guardedBy(bindings: readonly BindingPolicy[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...Map.groupBy(bindings, ({ id }) => namespaceOf(id))].map(([namespace, own]) => [
      namespace,
      [...new Set([...own.flatMap(({ forward }) => forwardedNames(forward)), ...OUR_OWN])],
    ]),
  );
}

/** Returns the binding that guards a request, by its host, port and route; undefined where they are malformed. */
export function bindingOfRequest(
  enforcer: Enforcer,
  { host, port, route }: CheckRequest,
): PreparedBinding | undefined {
  const named = normalizeHost(host);
  return named.kind === 'host' ? enforcer.bindingFor(named.host, port, route) : undefined;
}

/** Returns the Trial for a request, though it may be what decides. It costs next to nothing where there are none. */
export function trialOfRequest(
  { trialFor }: Enforcer,
  { host, port, route }: CheckRequest,
): PreparedBinding | undefined {
  if (trialFor === undefined) return undefined;
  const named = normalizeHost(host);
  return named.kind === 'host' ? trialFor(named.host, port, route) : undefined;
}

const sumOf = (parts: readonly { readonly taken: number }[]): number =>
  parts.reduce((sum, { taken }) => sum + taken, 0);

const audiencesOf = (binding: PreparedBinding): readonly string[] | undefined =>
  binding.kind === 'rules' ? binding.judgement.resource?.audiences : undefined;

function sourceIds(binding: PreparedBinding): readonly string[] {
  return binding.kind === 'rules' ? binding.judgement.sources : [];
}
