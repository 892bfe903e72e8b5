/** An Enforcer: a policy prepared for look-ups, immutable, replaced as a whole by the next one. */

import type { Steps } from '../base/steps.ts';
import { type HostIndex, hostIndex, normalizeHost } from '../matching/hosts.ts';
import type { PolicyUpdate } from '../policy/policy.ts';
import { COMPILE_LIMITS } from '../regex/allowance.ts';
import type { Judge } from '../sources/kind.ts';
import { prepareSources, prepareSourcesInSteps } from '../sources/kinds.ts';
import { type PreparedBinding, prepareBinding, prepareBindingInSteps } from './binding.ts';
import type { CheckRequest } from './decision.ts';

export interface Enforcer {
  readonly version: string;
  /**
   * Headers that no client may set on a request that this binding judges: what any binding of its namespace forwards,
   * and our own. A binding of another namespace, at a shared gateway, takes no header away.
   */
  guardedHeaders(binding: PreparedBinding): readonly string[];
  /** The one binding for a normalised host and a port (undefined = any), or none. */
  bindingFor(host: string, port: number | undefined): PreparedBinding | undefined;
  /** What judges the credentials of one binding, by the kinds of its sources; empty when none is left. */
  judgesOf(binding: PreparedBinding): readonly Judge[];
}

/** Set by the generated configuration for us alone; the app is not to take them for the client's word. */
const OUR_OWN = ['x-portcullis-port', 'x-portcullis-client'];

export function prepareEnforcer(update: PolicyUpdate): Enforcer {
  const { policy } = update;
  const sources = prepareSources(update);
  const hosts = hostIndex(
    policy.bindings.flatMap((binding) =>
      (binding.hosts.length > 0 ? binding.hosts : ['']).map(
        (host) => [host, prepareBinding(binding)] as const,
      ),
    ),
  );
  const guarded = new Map(
    [...Map.groupBy(policy.bindings, ({ id }) => namespaceOf(id))].map(([namespace, bindings]) => [
      namespace,
      [...new Set([...bindings.flatMap(({ forward }) => forwardedNames(forward)), ...OUR_OWN])],
    ]),
  );
  if (sumOf(policy.bindings.map(prepareBinding)) + sources.taken > COMPILE_LIMITS.policy) {
    throw new Error(
      `expressions and regular expressions of this policy take up more than ${COMPILE_LIMITS.policy} instructions`,
    );
  }
  const judges = new Map<PreparedBinding, readonly Judge[]>();
  return {
    version: policy.version,
    guardedHeaders: ({ policy: { id } }) => guarded.get(namespaceOf(id)) ?? OUR_OWN,
    bindingFor: (host, port) => mostSpecific(hosts, host, port),
    judgesOf: (binding) => {
      let known = judges.get(binding);
      if (known === undefined) {
        known = sources.judgesFor(sourceIds(binding));
        judges.set(binding, known);
      }
      return known;
    },
  };
}

/** The binding by which a request would be judged, told from its host and its port alone; none where they are malformed. */
export function bindingOfRequest(
  enforcer: Enforcer,
  { host, port }: CheckRequest,
): PreparedBinding | undefined {
  const named = normalizeHost(host);
  return named.kind === 'host' ? enforcer.bindingFor(named.host, port) : undefined;
}

const sumOf = (parts: readonly { readonly taken: number }[]): number =>
  parts.reduce((sum, { taken }) => sum + taken, 0);

/** Does in steps, and remembers, what takes time of `prepareEnforcer`: afterwards that takes little. */
export function* prepareInSteps(update: PolicyUpdate): Steps<void> {
  for (const binding of update.policy.bindings) yield* prepareBindingInSteps(binding);
  yield* prepareSourcesInSteps(update);
}

function sourceIds(binding: PreparedBinding): readonly string[] {
  return binding.kind === 'rules' ? binding.judgement.sources : [];
}

/** By host first (exact, longer suffix, any), then the older: the order inside a group is the policy's. */
function mostSpecific(
  hosts: HostIndex<PreparedBinding>,
  host: string,
  port: number | undefined,
): PreparedBinding | undefined {
  for (const group of hosts.lookup(host)) {
    for (const binding of group) {
      const { ports } = binding.policy;
      if (port === undefined || ports.length === 0 || ports.includes(port)) return binding;
    }
  }
  return undefined;
}

const namespaceOf = (id: string): string => id.slice(0, Math.max(0, id.indexOf('/')));

function forwardedNames(forward: PreparedBinding['policy']['forward']): readonly string[] {
  const names = [forward.user, forward.roles, forward.scopes, forward.source, forward.payload];
  return [...names, ...forward.claims.map(({ header }) => header)].filter((name) => name !== '');
}
