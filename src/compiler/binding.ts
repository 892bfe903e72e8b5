/** One ApiBinding becomes its policy: first what follows from it alone, then what its neighbours add. */

import type {
  BindingPolicy,
  CredentialPolicy,
  ForwardPolicy,
  Judgement,
  RulePolicy,
} from '../policy/policy.ts';
import { canonicalJson, partDigest } from '../policy/version.ts';
import type { ApiBinding, ApiBindingCredential, ApiBindingForward } from '../resources/types.gen.ts';
import { duplicateClaim, type IssuerClaims } from './claims.ts';
import { type Acceptance, acceptanceOf, type Issue, tooLarge } from './issues.ts';
import { memoize } from './memo.ts';
import { pathMatchingOf } from './path-matching.ts';
import { NO_ROOM } from './policy-size.ts';
import { checkRules, readHosts, type UnresolvedRule } from './rules.ts';

/** What follows from the binding alone. */
export interface BindingFacts {
  /** namespace/name. */
  readonly id: string;
  readonly namespace: string;
  /** Sorts the older first, then by namespace/name; one without a time counts as the youngest. */
  readonly age: string;
  readonly hosts: readonly string[];
  /** Of spec alone; empty = resolved elsewhere, or any. */
  readonly ports: readonly number[];
  readonly sources: readonly SourceReference[];
  /** Names what it targets; two bindings that share one guard the same workload. */
  readonly targets: readonly string[];
  readonly forward: ForwardPolicy;
  readonly rules: readonly UnresolvedRule[];
  /** What its regular expressions take up, and what it took to find all of this out, in instructions. */
  readonly taken: number;
  readonly work: number;
  readonly issues: readonly Issue[];
}

export interface SourceReference {
  /** As rules name it. */
  readonly name: string;
  /** namespace/name. */
  readonly id: string;
  readonly field: string;
}

export const bindingFacts = memoize(({ metadata, spec }: ApiBinding): BindingFacts => {
  const { namespace } = metadata;
  const id = `${namespace}/${metadata.name}`;
  const issues: Issue[] = [];
  const hosts = readHosts(spec.hosts ?? [], 'spec.hosts', issues);
  const checked = checkRules(spec.rules ?? []);
  return {
    id,
    namespace,
    age: `${instant(metadata.creationTimestamp)} ${id}`,
    hosts: [...new Set(hosts)],
    ports: (spec.ports ?? []).map(({ port }) => port),
    sources: spec.sources.map(({ name, namespace: elsewhere = namespace }, i) => ({
      name,
      id: `${elsewhere}/${name}`,
      field: `spec.sources[${i}]`,
    })),
    targets: targetsOf({ metadata, spec }),
    forward: forwardPolicy(spec.forward),
    rules: checked.rules,
    taken: checked.taken,
    work: checked.work,
    issues: [...issues, ...checked.issues],
  };
});

/** A time in the one spelling that sorts as time does: files may hold others than an API server writes. */
function instant(time = ''): string {
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? 'none' : new Date(milliseconds).toISOString();
}

function targetsOf({ metadata, spec }: Pick<ApiBinding, 'metadata' | 'spec'>): readonly string[] {
  const { namespace } = metadata;
  if (spec.podSelector !== undefined) return [`${namespace} ${canonicalJson(spec.podSelector)}`];
  return (spec.targetRefs ?? []).map(({ kind, name }) => `${namespace} ${kind} ${name}`);
}

function forwardPolicy({ claims, token, ...names }: ApiBindingForward): ForwardPolicy {
  return {
    user: names.user.toLowerCase(),
    roles: names.roles.toLowerCase(),
    scopes: names.scopes.toLowerCase(),
    source: names.source.toLowerCase(),
    payload: names.payload.toLowerCase(),
    claims: (claims ?? []).map(({ claim, header }) => ({ claim, header: header.toLowerCase() })),
    token,
  };
}

export interface CompiledBinding {
  readonly policy: BindingPolicy;
  readonly result: BindingResult;
  /** Those of its facts, and those that its neighbours are the cause of. */
  readonly issues: readonly Issue[];
}

export interface BindingResult {
  readonly acceptance: Acceptance;
  /** Ids of its sources that are there and permit it. */
  readonly sources: readonly string[];
  /** Ids of the others: they do not exist, or do not permit it. */
  readonly sourcesNotPermitted: readonly string[];
}

/** What a binding is compiled from beside itself. */
export type BindingInputs = readonly [
  /** The sources that are there and permit it, in its own order. */
  permitted: readonly IssuerClaims[],
  /** The others. */
  refused: readonly SourceReference[],
  hosts: readonly string[],
  ports: readonly number[],
  /** namespace/name of an older binding with the same host. */
  conflictsWith: string | undefined,
  /** Why it cannot be enforced, found elsewhere. */
  unenforceable: string | undefined,
  /** The older ones have left room for it in the policy. */
  hasRoom: boolean,
];

/** A binding that is not accepted stays, and refuses: its hosts get binding_invalid. */
export const compileBinding = memoize(
  (binding: ApiBinding, inputs: BindingInputs, before: CompiledBinding | undefined): CompiledBinding => {
    const [permitted, refused, hosts, ports, conflictsWith, unenforceable, hasRoom] = inputs;
    const facts = bindingFacts(binding);
    const issues = [
      ...facts.issues,
      ...duplicateIssues(permitted),
      ...conflictIssues(conflictsWith),
      ...(hasRoom ? [] : [tooLarge('spec.rules', NO_ROOM)]),
    ];
    const acceptance = acceptanceOf(issues);
    const sources = permitted.map(({ source }) => source);
    const policy: BindingPolicy = {
      id: facts.id,
      hosts,
      ports,
      mode: binding.spec.mode,
      forward: facts.forward,
      judgement:
        unenforceable === undefined
          ? judgementOf(binding, facts, sources, acceptance)
          : { kind: 'invalid', problem: unenforceable },
    };
    const unchanged = before !== undefined && partDigest(before.policy) === partDigest(policy);
    return {
      policy: unchanged ? before.policy : policy,
      result: { acceptance, sources, sourcesNotPermitted: refused.map(({ id }) => id) },
      // A source that is missing is no reason against the binding: the others keep working.
      issues: [...issues, ...refused.map(notPermitted)],
    };
  },
);

function judgementOf(
  { spec }: ApiBinding,
  facts: BindingFacts,
  sources: readonly string[],
  acceptance: Acceptance,
): Judgement {
  if (acceptance.kind === 'refused') return { kind: 'invalid', problem: acceptance.message };
  return {
    kind: 'rules',
    sources,
    credentials: spec.credentials.map(credentialPolicy),
    pathMatching: pathMatchingOf(spec.pathMatching),
    rules: facts.rules.map((rule) => resolveRule(rule, facts.sources, sources)),
    cors: {
      preflight: spec.cors.preflight,
      allowOrigins: (spec.cors.allowOrigins ?? []).map(normalizeOrigin),
    },
    realm: spec.realm ?? facts.id,
    resourceMetadata: spec.resourceMetadata,
  };
}

/** A rule that names sources never falls back to all of them, not even when none of its own is there. */
function resolveRule(
  { policy, sources }: UnresolvedRule,
  references: readonly SourceReference[],
  resolved: readonly string[],
): RulePolicy {
  if (sources.length === 0) return policy;
  const named = references.filter(({ name }) => sources.includes(name)).map(({ id }) => id);
  return { ...policy, sources: resolved.filter((id) => named.includes(id)) };
}

function credentialPolicy(credential: ApiBindingCredential): CredentialPolicy {
  const { name } = credential;
  switch (credential.in) {
    case 'Header':
      return { in: 'Header', name: name.toLowerCase(), scheme: credential.scheme ?? '' };
    case 'Query':
      return { in: 'Query', name };
    case 'Cookie':
      return { in: 'Cookie', name, origins: (credential.origins ?? []).map(normalizeOrigin) };
  }
}

/** As browsers write the Origin header: in lower case, without the scheme's own port. */
function normalizeOrigin(text: string): string {
  return text
    .toLowerCase()
    .replace(/^(http:.*):80$/, '$1')
    .replace(/^(https:.*):443$/, '$1');
}

function duplicateIssues(sources: readonly IssuerClaims[]): readonly Issue[] {
  const duplicate = duplicateClaim(sources);
  if (duplicate === undefined) return [];
  const { first, second, issuer } = duplicate;
  return [
    {
      reason: 'IssuerDuplicate',
      field: 'spec.sources',
      message: `${first} and ${second} both claim ${issuer}, so that a token's source cannot be told`,
      remedy: 'keep one of them, or give each an issuer of its own',
    },
  ];
}

function conflictIssues(conflictsWith: string | undefined): readonly Issue[] {
  if (conflictsWith === undefined) return [];
  return [
    {
      reason: 'Conflicted',
      field: 'spec.hosts',
      message: `the older binding ${conflictsWith} guards a host of this one already`,
      remedy: 'give each binding hosts or ports of its own, or put the rules into one binding',
    },
  ];
}

/** One reason and one wording for both, so that nobody learns what other namespaces hold. */
function notPermitted({ id, field }: SourceReference): Issue {
  return {
    reason: 'SourceNotPermitted',
    field,
    message: `there is no AuthenticationSource ${id} that permits this namespace`,
    remedy: 'create it, correct the name and namespace, or let its allowedNamespaces permit this one',
  };
}
