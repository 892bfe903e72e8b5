/** Compiles one ApiBinding to its policy, from its own facts and from what other objects add. */

import type { GatewayChoice } from '../policy/gateway-choice.ts';
import type { BindingPolicy, CredentialPolicy, Judgement, RulePolicy } from '../policy/policy.ts';
import { revisionOf } from '../resources/revision.ts';
import type { ApiBinding, ApiBindingCredential, AuthenticationSource } from '../resources/types.gen.ts';
import { loginIssues } from './answers.ts';
import { bindingFacts, type CheckedBinding, type SourceReference } from './binding-facts.ts';
import { conflictIssues, notPermitted, TRIED_ALONE } from './binding-issues.ts';
import type { Conflict } from './conflicts.ts';
import { type Acceptance, acceptanceOf, type Issue, tooLargeIssue } from './issues.ts';
import { memoize } from './memo.ts';
import { pathMatchingOf } from './path-matching.ts';
import { NO_ROOM } from './policy-size.ts';
import { metadataUrl, NO_AUTHORIZATION_SERVER, resourceIssues, resourcePolicy } from './resource.ts';
import type { UnresolvedRule } from './rules.ts';
import { compilerOf, duplicateSources } from './source-kinds.ts';
import { sourceName } from './source-name.ts';
import { ungivenIssues } from './ungiven.ts';

export interface CompiledBinding {
  readonly isTrial: boolean;
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
export interface BindingInputs {
  /** The sources that are there and permit it, in its own order. */
  readonly permitted: readonly AuthenticationSource[];
  /** The others. */
  readonly refused: readonly SourceReference[];
  readonly hosts: readonly string[];
  readonly ports: readonly number[];
  /** How it is chosen at a gateway; undefined elsewhere. */
  readonly atGateway: GatewayChoice | undefined;
  readonly conflict: Conflict | undefined;
  /** Why it cannot be enforced, found elsewhere. */
  readonly unenforceable: string | undefined;
  /** It is a Trial, and no binding that decides is known to have one of its targets. */
  readonly isTriedAlone: boolean;
  /** The older ones have left room for it in the policy. */
  readonly hasRoom: boolean;
}

/** A workload's set and several gateways' may have one binding, each with other inputs. */
const SETS = 4;

/** A binding that is not accepted stays, and refuses: its hosts get binding_invalid. */
export const compileBinding = memoize((binding: ApiBinding, inputs: BindingInputs): CompiledBinding => {
  const { permitted, refused, hosts, ports, atGateway, conflict, unenforceable, isTriedAlone, hasRoom } =
    inputs;
  const issuers = binding.spec.resource?.metadata === 'Serve' ? authorizationServers(permitted) : NONE;
  const issues = [
    ...bindingFacts(binding).issues,
    ...resourceIssues(binding, hosts),
    ...loginIssues(binding, hosts),
    ...(binding.spec.resource?.metadata === 'Serve' && issuers.length === 0 && refused.length === 0
      ? [NO_AUTHORIZATION_SERVER]
      : []),
    ...(refused.length === 0 ? ungivenIssues(binding, bindingFacts(binding), permitted) : []),
    ...(isTriedAlone ? [TRIED_ALONE] : []),
    ...duplicateSources(permitted),
    ...conflictIssues(conflict),
    ...(hasRoom ? [] : [tooLargeIssue('spec.rules', NO_ROOM)]),
  ];
  const acceptance = acceptanceOf(issues);
  const sources = permitted.map((source) => sourceName(source).id);
  const problem = unenforceable ?? (acceptance.kind === 'refused' ? acceptance.message : undefined);
  return {
    isTrial: bindingFacts(binding).isTrial,
    policy: bindingPolicy(binding, {
      hosts,
      ports,
      atGateway,
      sources: problem === undefined ? sources : [],
      issuers,
      problem,
    }),
    result: { acceptance, sources, sourcesNotPermitted: refused.map(({ id }) => id) },
    // A source that is missing is no reason against the binding: the others keep working.
    issues: [...issues, ...refused.map(notPermitted)],
  };
}, SETS);

const NONE: readonly never[] = [];

const authorizationServers = (sources: readonly AuthenticationSource[]): readonly string[] =>
  sources.flatMap((source) => compilerOf(source).authorizationServer(source) ?? []);

interface PolicyInputs {
  readonly hosts: readonly string[];
  readonly ports: readonly number[];
  readonly atGateway: GatewayChoice | undefined;
  /** Ids. */
  readonly sources: readonly string[];
  /** Of those sources; empty where no metadata is served. */
  readonly issuers: readonly string[];
  /** Why it refuses, should it. */
  readonly problem: string | undefined;
}

/** A binding's policy depends on the ids of its sources, and on the issuers that its metadata tells. */
const bindingPolicy = memoize(
  (
    binding: ApiBinding,
    { hosts, ports, atGateway, sources, issuers, problem }: PolicyInputs,
  ): BindingPolicy => {
    const facts = bindingFacts(binding);
    const mode = modeOf(binding.spec.mode);
    const revision = mode === 'Audit' ? revisionOf(binding.metadata) : undefined;
    return {
      id: facts.id,
      hosts,
      ports,
      ...(atGateway !== undefined && { atGateway }),
      mode,
      ...(revision !== undefined && { revision }),
      forward: facts.forward,
      judgement:
        problem === undefined ? rulesOf(binding, facts, sources, issuers) : { kind: 'invalid', problem },
    };
  },
  SETS,
);

/** Where no other binding applies, a Trial is judged in mode Audit. */
const modeOf = (mode: ApiBinding['spec']['mode']): BindingPolicy['mode'] =>
  mode === 'Trial' ? 'Audit' : mode;

function rulesOf(
  binding: ApiBinding,
  facts: CheckedBinding,
  sources: readonly string[],
  issuers: readonly string[],
): Judgement {
  const { spec } = binding;
  const rules = facts.rules.map((rule) => resolveRule(rule, facts.sources, sources));
  const resource = resourcePolicy(binding, issuers, rules);
  return {
    kind: 'rules',
    sources,
    credentials: spec.credentials.map(credentialPolicy),
    pathMatching: pathMatchingOf(spec.pathMatching),
    rules,
    cors: {
      preflight: spec.cors.preflight,
      allowOrigins: (spec.cors.allowOrigins ?? []).map(normalizeOrigin),
    },
    realm: spec.realm ?? facts.id,
    resourceMetadata: metadataUrl(spec),
    ...(resource !== undefined && { resource }),
    ...(spec.mcp !== undefined && { mcp: { versions: spec.mcp.versions, other: spec.mcp.other } }),
    ...(facts.answers !== undefined && { answers: facts.answers }),
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
