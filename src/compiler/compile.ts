/** Compiles resources to a policy and findings. Pure: the same resources in any order give the same policy. */

import { finishSteps } from '../base/steps.ts';
import type { FetchPlan } from '../keys/plan.ts';
import type { GatewayChoice } from '../policy/gateway-choice.ts';
import type { FetchedKeys, PolicyUpdate, SourcePolicy } from '../policy/policy.ts';
import { routeKey } from '../policy/route-key.ts';
import { isDigested, partDigest } from '../policy/version.ts';
import type { Finding } from '../resources/findings.ts';
import type { ConfigMap, Secret } from '../resources/object.ts';
import type { Located, ResourceSet } from '../resources/set.ts';
import type { ApiBinding, AuthenticationSource } from '../resources/types.gen.ts';
import type { Unread } from '../resources/unread.ts';
import { type BindingResult, type CompiledBinding, compileBinding } from './binding.ts';
import { bindingFacts, type CheckedBinding, type SourceReference } from './binding-facts.ts';
import { byId, sortedBy } from './collections.ts';
import { type ConflictScope, type Contender, findConflicts, trialsAlone } from './conflicts.ts';
import { permits } from './grants.ts';
import { type Acceptance, acceptanceOf, findingsFor } from './issues.ts';
import { withoutRoom } from './policy-size.ts';
import { policyUpdate } from './policy-update.ts';
import { type CompiledSource, compileSource, referencedData } from './source.ts';
import { compilerOf } from './source-kinds.ts';
import { sourceName } from './source-name.ts';
import { audienceDoubts, withUnreadSources } from './source-use.ts';

export type { BindingResult } from './binding.ts';
export type { Acceptance } from './issues.ts';

export interface CompileInput {
  readonly resources: ResourceSet;
  /** Objects that did not get into `resources`, for what findings say. Absent = there are none. */
  readonly unread?: Unread;
  /**
   * What was fetched by the plans of this very compilation's sources, by UID; `checkedAt` is the Unix time
   * of the last good fetch. Keys fetched from where a source no longer points must not be among them.
   */
  readonly keySets: ReadonlyMap<string, FetchedKeys>;
  readonly allowInsecureHttp: boolean;
  /**
   * A revision for a secret whose Secret has no resourceVersion, because no API server keeps it. Must not
   * give the content away: a hash under a key that stays in the process.
   */
  readonly secretRevision: (secret: Uint8Array) => string;
  /** Namespaces whose Secrets may not be read, so that an absent one says so. */
  readonly unreadableSecrets?: ReadonlySet<string>;
  /** Container ports by binding (namespace/name), for those whose spec names none. Absent = any. */
  readonly ports?: ReadonlyMap<string, readonly number[]>;
  /**
   * Hosts by binding, normalised and at least one each ('' = any), at a gateway, where they stand for those of the
   * spec. The spec's ports, which are those of containers, say nothing there.
   */
  readonly hosts?: ReadonlyMap<string, readonly string[]>;
  /** By binding, at a gateway: how it is chosen there. */
  readonly atGateway?: ReadonlyMap<string, GatewayChoice>;
  /**
   * By binding: why it cannot be enforced here, found elsewhere. It holds nothing against others, and refuses
   * what none of them takes. Its acceptance does not speak of it.
   */
  readonly unenforceable?: ReadonlyMap<string, string>;
  /** Default: ByHost. */
  readonly conflicts?: ConflictScope;
  /** The result before this one: where nothing has changed, its policy is kept. */
  readonly previous?: CompileResult;
}

export interface CompileResult {
  /** Holds the sources that a binding uses, and no others. */
  readonly update: PolicyUpdate;
  /** How to fetch the keys of every accepted source whose keys are fetched, whether a binding uses it or not. */
  readonly plans: readonly FetchPlan[];
  readonly findings: readonly Finding[];
  /** By namespace/name. */
  readonly sources: ReadonlyMap<string, Acceptance>;
  /** Of every source, whether a binding uses it or not, by namespace/name. */
  readonly sourcePolicies: ReadonlyMap<string, SourcePolicy>;
  /** By namespace/name. */
  readonly bindings: ReadonlyMap<string, BindingResult>;
}

/**
 * Compiles a set of resources that the schema has accepted. Nothing throws: what cannot be used is refused,
 * its place in the policy denies, and a finding says why. Of two objects of one name, the first counts.
 */
export function compile(input: CompileInput): CompileResult {
  return finishSteps(compileInSteps(input));
}

/** One for each binding, with what it has cost: in rules, or next to nothing where its policy is as before. */
export type CompileSteps<T = CompileResult> = Generator<number, T, undefined>;

const AS_BEFORE = 1 / 64;

/** Compiles as `compile` does, which is these steps in one go. */
export function* compileInSteps(input: CompileInput): CompileSteps {
  const findings: Finding[] = [];
  const compiledSources = compileSources(input, findings);
  const compiledBindings = yield* compileBindings(input, compiledSources, findings);
  const used = new Set<string>();
  for (const { policy, result } of compiledBindings) {
    if (policy.judgement.kind === 'rules') for (const id of result.sources) used.add(id);
  }
  const sources = [...compiledSources.values()];
  return {
    update: policyUpdate(
      input.keySets,
      input.previous?.update.policy,
      sources.filter(({ policy }) => used.has(policy.id)),
      compiledBindings,
    ),
    plans: sources.flatMap(({ plan }) => plan ?? []),
    findings,
    sources: new Map(sources.map(({ policy, issues }) => [policy.id, acceptanceOf(issues)])),
    sourcePolicies: new Map(sources.map(({ policy }) => [policy.id, policy])),
    bindings: new Map(compiledBindings.map(({ policy, result }) => [policy.id, result])),
  };
}

interface SourceEntry extends CompiledSource {
  readonly object: AuthenticationSource;
}

/** Where there is no secret: a new function would compile the source anew. */
const NEVER_CALLED: CompileInput['secretRevision'] = () => '';

/** Sorted by id. */
function compileSources(input: CompileInput, findings: Finding[]): ReadonlyMap<string, SourceEntry> {
  const { resources, keySets, allowInsecureHttp, secretRevision, unreadableSecrets } = input;
  const secrets = byId(resources.secrets);
  const configMaps = byId(resources.configMaps);
  const compiled = new Map<string, SourceEntry>();
  const isDoubtful = audienceDoubts(resources, input.unread);
  for (const [id, located] of sortedBy(byId(resources.sources), (id) => id)) {
    const { object } = located;
    const { namespace } = object.metadata;
    const { uid } = sourceName(object);
    const data = referencedData(object).map(({ kind, name }): Secret | ConfigMap | undefined => {
      const found = kind === 'Secret' ? secrets : configMaps;
      return found.get(`${namespace}/${name}`)?.object;
    });
    const source = compileSource(object, {
      data,
      fetchedKeys: keySets.get(uid)?.keys,
      secretsPermitted: unreadableSecrets?.has(namespace) !== true,
      allowInsecureHttp,
      secretRevision: compilerOf(object).isConfined(object) ? secretRevision : NEVER_CALLED,
    });
    const issues = isDoubtful(id)
      ? source.issues
      : source.issues.filter(({ reason }) => reason !== 'AudienceUnchecked');
    findings.push(...findingsFor(located, issues));
    compiled.set(id, { ...source, object });
  }
  return compiled;
}

/** Oldest first, then by namespace/name; those that lost their hosts to an older one, or cannot be enforced, come last. */
function* compileBindings(
  input: CompileInput,
  sources: ReadonlyMap<string, SourceEntry>,
  findings: Finding[],
): CompileSteps<readonly CompiledBinding[]> {
  const { unenforceable } = input;
  const contenders = contendersOf(input);
  const able = contenders.filter(({ facts }) => unenforceable?.has(facts.id) !== true);
  const conflicts = findConflicts(able, input.conflicts ?? 'ByHost');
  // Beside a workload that is known, the status says it.
  const alone = input.conflicts === 'ByTarget' ? trialsAlone(able) : new Set();
  const resolve = sourceResolver(input, sources);
  const resolved = contenders.map((contender) => ({ ...contender, ...resolve(contender.facts) }));
  const isAble = ({ facts: { id, issues } }: LocatedContender) =>
    !conflicts.has(id) && unenforceable?.has(id) !== true && acceptanceOf(issues).kind === 'accepted';
  const sized = resolved.filter(isAble).map(({ facts: { id, isTrial, taken }, permitted }) => ({
    id,
    isTrial,
    taken,
    sources: permitted.map((source) => {
      const { id: used } = sourceName(source);
      return { id: used, taken: sources.get(used)?.taken ?? 0 };
    }),
  }));
  const crowdedOut = withoutRoom(sized);
  const winners: CompiledBinding[] = [];
  const losers: CompiledBinding[] = [];
  for (const { located, facts, hosts, ports, permitted, refused } of resolved) {
    const { object } = located;
    const conflict = conflicts.get(facts.id);
    const problem = unenforceable?.get(facts.id);
    const compiled = compileBinding(object, {
      permitted,
      refused,
      hosts,
      ports,
      atGateway: input.atGateway?.get(facts.id),
      conflict,
      unenforceable: problem,
      isTriedAlone: alone.has(facts.id),
      hasRoom: !crowdedOut.has(facts.id),
    });
    const issues = withUnreadSources(compiled.issues, facts.sources, input.unread);
    findings.push(...findingsFor(located, issues));
    (conflict === undefined && problem === undefined ? winners : losers).push(compiled);
    const isAsBefore = isDigested(compiled.policy);
    partDigest(compiled.policy);
    yield isAsBefore ? AS_BEFORE : 1 + facts.rules.length;
  }
  return [...winners, ...losers];
}

interface LocatedContender extends Contender {
  readonly located: Located<ApiBinding>;
}

/** Oldest first; of two bindings of one name, the first counts. */
function contendersOf({ resources, hosts, ports, atGateway }: CompileInput): readonly LocatedContender[] {
  const found = new Map<string, LocatedContender>();
  for (const located of resources.bindings) {
    const facts = bindingFacts(located.object);
    if (found.has(facts.id)) continue;
    const names = hosts?.get(facts.id);
    const own = names === undefined ? facts.ports : [];
    const resolved = own.length > 0 ? own : (ports?.get(facts.id) ?? []);
    const narrowed = names === undefined ? facts.hosts : names.includes('') ? [] : names;
    const routes = atGateway?.get(facts.id)?.routes.map((route) => routeKey(facts.namespace, route));
    found.set(facts.id, {
      located,
      facts,
      hosts: narrowed,
      ports: resolved,
      ...(routes !== undefined && { routes }),
    });
  }
  return [...found.values()].sort((a, b) => (a.facts.age < b.facts.age ? -1 : 1));
}

interface ResolvedSources {
  readonly permitted: readonly AuthenticationSource[];
  readonly refused: readonly SourceReference[];
}

function sourceResolver(
  { resources }: CompileInput,
  sources: ReadonlyMap<string, SourceEntry>,
): (facts: CheckedBinding) => ResolvedSources {
  const namespaces = new Map(resources.namespaces.map(({ object }) => [object.metadata.name, object]));
  return ({ namespace, sources: references }) => {
    const permitted: AuthenticationSource[] = [];
    const refused: SourceReference[] = [];
    for (const reference of references) {
      const source = sources.get(reference.id);
      if (source === undefined || !permits(source.object, namespace, namespaces.get(namespace))) {
        refused.push(reference);
      } else if (!permitted.includes(source.object)) {
        permitted.push(source.object);
      }
    }
    return { permitted, refused };
  };
}
