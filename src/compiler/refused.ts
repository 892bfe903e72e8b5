/** Adds bindings that break the schema to a policy: they refuse at their hosts, which no wider binding must take over. */

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { partition } from '../base/partition.ts';
import { normalizeHostPattern } from '../matching/hosts.ts';
import type { GatewayChoice } from '../policy/gateway-choice.ts';
import type { BindingPolicy, ForwardPolicy, Policy, PolicyUpdate } from '../policy/policy.ts';
import { policyVersion } from '../policy/version.ts';

/**
 * Adds such bindings to a policy, behind all others. `values` are ApiBindings as they were written; of each
 * only its name and what can be read of its hosts and forwarded headers counts: 503 binding_invalid there, for
 * this problem, unless it is a Trial. At a gateway (`atGateway`, by namespace/name) it refuses whatever comes by its routes, too.
 */
export function refuseBindings(
  update: PolicyUpdate,
  values: readonly JsonObject[],
  problem = 'the binding breaks the schema',
  atGateway: ReadonlyMap<string, GatewayChoice> = NOWHERE,
): PolicyUpdate {
  if (values.length === 0) return update;
  const { policy } = update;
  const before = [...policy.bindings, ...(policy.trials ?? [])];
  const known = new Set(before.map(({ id }) => id));
  const refused = values
    .map((value) => refusedBinding(value, problem))
    .filter(({ id }) => !known.has(id))
    .map((binding) => {
      const choice = atGateway.get(binding.id);
      return choice === undefined ? binding : { ...binding, hosts: [], atGateway: choice };
    });
  const [tried, deciding] = partition(refused, ({ mode }) => mode === 'Audit');
  const trials = [...(policy.trials ?? []), ...tried];
  const content: Omit<Policy, 'version'> = {
    format: policy.format,
    sources: policy.sources,
    bindings: [...policy.bindings, ...deciding],
    ...(trials.length > 0 && { trials }),
  };
  return { ...update, policy: { ...content, version: policyVersion(content) } };
}

const NOWHERE: ReadonlyMap<string, GatewayChoice> = new Map();

function refusedBinding({ metadata, spec }: JsonObject, problem: string): BindingPolicy {
  const { namespace, name } = isJsonObject(metadata) ? metadata : {};
  const { hosts, forward, mode } = isJsonObject(spec) ? spec : {};
  return {
    id: `${text(namespace) ?? 'default'}/${text(name) ?? ''}`,
    hosts: readableHosts(hosts),
    ports: [],
    // A Trial refuses nobody, whatever else is wrong with it.
    mode: mode === 'Trial' ? 'Audit' : 'Enforce',
    forward: readableForward(isJsonObject(forward) ? forward : {}),
    judgement: { kind: 'invalid', problem },
  };
}

/** None at all is what a binding for every host has. */
function readableHosts(hosts: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(hosts)) return [];
  return hosts.flatMap((host) =>
    typeof host === 'string' ? (normalizeHostPattern(withoutSurroundings(host)) ?? []) : [],
  );
}

/** A URL, or a host with a port, says which host is meant. */
function withoutSurroundings(host: string): string {
  return host
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[/?#].*$/s, '')
    .replace(/:[0-9]*$/, '');
}

/** What is unreadable stands for its default: the app may trust that no client can set such a header. */
function readableForward({ user, roles, scopes, source, payload, claims }: JsonObject): ForwardPolicy {
  return {
    user: header(user) ?? 'x-auth-user',
    roles: header(roles) ?? 'x-auth-roles',
    scopes: header(scopes) ?? 'x-auth-scopes',
    source: header(source) ?? 'x-auth-source',
    payload: header(payload) ?? '',
    claims: (Array.isArray(claims) ? claims : []).flatMap((claim) => {
      const name = isJsonObject(claim) ? header(claim.header) : undefined;
      return name === undefined || name === '' ? [] : [{ claim: '', header: name }];
    }),
    token: 'Keep',
  };
}

/** Undefined unless it can be the name of a forwarded header: no other headers are removed. */
function header(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string' || !/^(?:x-[a-z0-9-]*)?$/i.test(value)) return undefined;
  return value.toLowerCase();
}

const text = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
