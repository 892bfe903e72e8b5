/** Compiles the bindings of one workload, or of one gateway, from what the cluster holds. */

import type { JsonObject } from '../base/json.ts';
import type { Store } from '../cluster/store.ts';
import { bindingFacts } from '../compiler/binding-facts.ts';
import { type BindingResult, type CompileSteps, compileInSteps } from '../compiler/compile.ts';
import { refuseBindings } from '../compiler/refused.ts';
import { referencedData } from '../compiler/source.ts';
import type { GatewayChoice } from '../policy/gateway-choice.ts';
import type { FetchedKeys, Policy, PolicyUpdate } from '../policy/policy.ts';
import type { ConfigMap, Namespace, Secret } from '../resources/object.ts';
import type { Located, ResourceSet } from '../resources/set.ts';
import type { ApiBinding, AuthenticationSource } from '../resources/types.gen.ts';

/** A binding as one set holds it. */
export interface SetMember {
  /** namespace/name. */
  readonly binding: string;
  /** Resolved; empty = any. */
  readonly ports: readonly number[];
  /** Where its targets narrow its own; '' = any. */
  readonly hosts?: readonly string[];
  /** How it is chosen, where the set is that of a gateway. The same object as long as it says the same. */
  readonly atGateway?: GatewayChoice;
  /** Why it cannot be enforced here: it denies. */
  readonly unenforceable?: string;
}

export interface CompileContext {
  readonly store: Store;
  /** By uid. */
  readonly keySets: ReadonlyMap<string, FetchedKeys>;
  readonly allowInsecureHttp: boolean;
  readonly unreadableSecrets: ReadonlySet<string>;
  /** One function for good: see `CompileInput`. */
  readonly secretRevision: (secret: Uint8Array) => string;
}

export interface CompiledSet {
  readonly policy: Policy;
  readonly secrets: PolicyUpdate['secrets'];
  /** By binding; those that break the schema have none. */
  readonly results: ReadonlyMap<string, BindingResult>;
}

/** Hosts of a gateway that nothing guards. */
export interface UnboundHosts {
  /** A name that no binding has: `HTTPRoute/web`, in its namespace. */
  readonly name: string;
  readonly namespace: string;
  readonly hosts: readonly string[];
  readonly problem: string;
}

/** Compiles in steps that yield their cost. Where the version is that of `before`, its policy object is kept. */
export function* compileSetInSteps(
  members: readonly SetMember[],
  unbound: readonly UnboundHosts[],
  context: CompileContext,
  before: Policy | undefined,
): CompileSteps<CompiledSet> {
  const bindings: Located<ApiBinding>[] = [];
  const refused: JsonObject[] = [];
  for (const { binding } of members) {
    const stored = context.store.get('ApiBinding', binding);
    if (stored?.kind === 'typed') bindings.push(located(stored.object));
    else if (stored?.kind === 'refused') refused.push(stored.written);
  }
  const atGateway = new Map(
    members.flatMap(({ binding, atGateway: choice }) =>
      choice === undefined ? [] : [[binding, choice] as const],
    ),
  );
  const compiled = yield* compileInSteps({
    resources: resourcesFor(bindings, context),
    keySets: context.keySets,
    allowInsecureHttp: context.allowInsecureHttp,
    secretRevision: context.secretRevision,
    unreadableSecrets: context.unreadableSecrets,
    ports: new Map(members.map(({ binding, ports }) => [binding, ports])),
    hosts: new Map(members.flatMap(({ binding, hosts }) => (hosts === undefined ? [] : [[binding, hosts]]))),
    atGateway,
    unenforceable: new Map(
      members.flatMap(({ binding, unenforceable }) =>
        unenforceable === undefined ? [] : [[binding, unenforceable]],
      ),
    ),
    conflicts: 'ByHost',
  });
  let open = compiled.update;
  for (const [problem, hosts] of Map.groupBy(unbound, ({ problem }) => problem)) {
    open = refuseBindings(open, hosts.map(asBinding), problem);
  }
  const { policy, secrets } = refuseBindings(open, refused, undefined, atGateway);
  return {
    policy: before?.version === policy.version ? before : policy,
    secrets,
    results: compiled.bindings,
  };
}

function asBinding({ namespace, name, hosts }: UnboundHosts): JsonObject {
  return { metadata: { namespace, name }, spec: { hosts, forward: NOTHING_FORWARDED } };
}

const NOTHING_FORWARDED = { user: '', roles: '', scopes: '', source: '' };

/** The bindings and all that they refer to, and nothing else: a set costs what it holds. */
export function resourcesFor(
  bindings: readonly Located<ApiBinding>[],
  { store }: Pick<CompileContext, 'store'>,
): ResourceSet {
  const sources = new Map<string, AuthenticationSource>();
  const namespaces = new Map<string, Namespace>();
  for (const { object } of bindings) {
    const { namespace, sources: references } = bindingFacts(object);
    const known = store.get('Namespace', namespace);
    if (known !== undefined) namespaces.set(namespace, known);
    for (const { id } of references) {
      const source = store.get('AuthenticationSource', id);
      if (source?.kind === 'typed') sources.set(id, source.object);
    }
  }
  return {
    bindings,
    namespaces: [...namespaces.values()].map(located),
    ...dataFor([...sources.values()], store),
  };
}

/** Sources with the Secrets and ConfigMaps that they name. */
export function dataFor(
  sources: readonly AuthenticationSource[],
  store: Store,
): Pick<ResourceSet, 'sources' | 'secrets' | 'configMaps'> {
  const secrets = new Map<string, Secret>();
  const configMaps = new Map<string, ConfigMap>();
  for (const source of sources) {
    for (const { kind, name } of referencedData(source)) {
      const id = `${source.metadata.namespace}/${name}`;
      const secret = kind === 'Secret' ? store.get(kind, id) : undefined;
      const configMap = kind === 'ConfigMap' ? store.get(kind, id) : undefined;
      if (secret !== undefined) secrets.set(id, secret);
      if (configMap !== undefined) configMaps.set(id, configMap);
    }
  }
  return {
    sources: sources.map(located),
    secrets: [...secrets.values()].map(located),
    configMaps: [...configMaps.values()].map(located),
  };
}

const located = <T>(object: T): Located<T> => ({ object, origin: undefined });
