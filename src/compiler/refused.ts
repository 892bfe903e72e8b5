/** Bindings that break the schema: no reason to leave their hosts to a wider binding, so they refuse there. */

import { normalizeHostPattern } from '../matching/hosts.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../matching/json.ts';
import type { BindingPolicy, Policy, PolicyUpdate } from '../policy/policy.ts';
import { policyVersion } from '../policy/version.ts';

/**
 * Adds such bindings to a policy, behind all others. `values` are ApiBindings as they were written; of each
 * only its name and what can be read of its hosts counts: 503 binding_invalid there.
 */
export function refuseBindings(update: PolicyUpdate, values: readonly JsonObject[]): PolicyUpdate {
  if (values.length === 0) return update;
  const { policy } = update;
  const known = new Set(policy.bindings.map(({ id }) => id));
  const refused = values.map(refusedBinding).filter(({ id }) => !known.has(id));
  const content: Omit<Policy, 'version'> = {
    format: policy.format,
    sources: policy.sources,
    bindings: [...policy.bindings, ...refused],
  };
  return { ...update, policy: { ...content, version: policyVersion(content) } };
}

function refusedBinding({ metadata, spec }: JsonObject): BindingPolicy {
  const { namespace, name } = isJsonObject(metadata) ? metadata : {};
  return {
    id: `${text(namespace) ?? 'default'}/${text(name) ?? ''}`,
    hosts: isJsonObject(spec) ? readableHosts(spec.hosts) : [],
    ports: [],
    mode: 'Enforce',
    forward: { user: '', roles: '', scopes: '', source: '', payload: '', claims: [], token: 'Keep' },
    judgement: { kind: 'invalid', problem: 'the binding breaks the schema' },
  };
}

/** None at all is what a binding for every host has. */
function readableHosts(hosts: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(hosts)) return [];
  return hosts.flatMap((host) => (typeof host === 'string' ? (normalizeHostPattern(host) ?? []) : []));
}

const text = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
