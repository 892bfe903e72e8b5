/** Checks an ApiBinding by itself, once for each object: its rules, hosts, ports and references. */

import { canonicalJson } from '../base/canonical-json.ts';
import { remember, type Steps } from '../base/steps.ts';
import { type AnswersPolicy, answersSize } from '../policy/answers.ts';
import type { ForwardPolicy } from '../policy/policy.ts';
import type { ApiBinding, ApiBindingSpec } from '../resources/types.gen.ts';
import { answersIssues, answersPolicy } from './answers.ts';
import { type Issue, NOT_CHECKED } from './issues.ts';
import { mcpServerIssues } from './mcp-server-issues.ts';
import { type MetadataPlace, metadataPlace } from './resource.ts';
import { type CheckedRules, checkRules, readHosts, type UnresolvedRule } from './rules.ts';

export interface CheckedBinding {
  /** namespace/name. */
  readonly id: string;
  readonly namespace: string;
  /** It never decides where another binding does. */
  readonly isTrial: boolean;
  /** Sorts the older first, then by namespace/name; one without a time counts as the youngest. */
  readonly age: string;
  readonly hosts: readonly string[];
  /** Of spec alone; empty = resolved elsewhere, or any. */
  readonly ports: readonly number[];
  /** What it says in so many words of how these are spoken: equal text for the same. */
  readonly spoken: readonly { readonly port: number; readonly how: string }[];
  readonly sources: readonly SourceReference[];
  /** Names what it targets; two bindings that share one guard the same workload. */
  readonly targets: readonly string[];
  readonly forward: ForwardPolicy;
  /** Where it serves metadata of its API; undefined = nowhere. */
  readonly metadata: MetadataPlace | undefined;
  readonly answers: AnswersPolicy | undefined;
  readonly rules: readonly UnresolvedRule[];
  /** What its expressions, regular expressions and bodies take up, in instructions. */
  readonly taken: number;
  readonly issues: readonly Issue[];
}

export interface SourceReference {
  /** As rules name it. */
  readonly name: string;
  /** namespace/name. */
  readonly id: string;
  readonly field: string;
}

const remembered = remember(function* (binding: ApiBinding): Steps<CheckedBinding> {
  const checked = yield* checkRules(binding.spec.rules ?? [], binding.spec.mcp);
  return factsOf(binding, checked);
});

function factsOf({ metadata, spec }: ApiBinding, checked: CheckedRules): CheckedBinding {
  const { namespace } = metadata;
  const id = `${namespace}/${metadata.name}`;
  const issues: Issue[] = [];
  const hosts = readHosts(spec.hosts ?? [], 'spec.hosts', issues);
  const answers = answersPolicy(spec);
  return {
    id,
    namespace,
    isTrial: spec.mode === 'Trial',
    age: `${instant(metadata.creationTimestamp)} ${id}`,
    hosts: [...new Set(hosts)],
    ports: (spec.ports ?? []).map(({ port }) => port),
    spoken: (spec.ports ?? []).flatMap(({ port, protocol, tls = {} }) =>
      protocol === undefined && Object.keys(tls).length === 0
        ? []
        : [{ port, how: canonicalJson({ protocol: protocol ?? 'HTTP', tls }) }],
    ),
    sources: spec.sources.map(({ name, namespace: elsewhere = namespace }, i) => ({
      name,
      id: `${elsewhere}/${name}`,
      field: `spec.sources[${i}]`,
    })),
    targets: targetsOf({ metadata, spec }),
    forward: forwardPolicy(spec),
    metadata: metadataPlace(spec),
    answers,
    rules: checked.rules,
    taken: checked.taken + answersSize(answers),
    issues: [...issues, ...answersIssues(spec), ...mcpServerIssues(spec), ...checked.issues],
  };
}

/** Checks the binding at once, unless the result is kept. */
export const bindingFacts = remembered.of;
/** The same in steps. */
export const bindingFactsInSteps = remembered.inSteps;
export const hasBindingFacts = remembered.has;
/** Marks the binding as not checked: from now on it refuses. */
export const passOverBinding = (binding: ApiBinding): void =>
  remembered.put(binding, factsOf(binding, { rules: [], taken: 0, issues: [NOT_CHECKED] }));

/** A time in the one spelling that sorts as time does: files may hold others than an API server writes. */
function instant(time = ''): string {
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? 'none' : new Date(milliseconds).toISOString();
}

function targetsOf({ metadata, spec }: Pick<ApiBinding, 'metadata' | 'spec'>): readonly string[] {
  const { namespace } = metadata;
  if (spec.podSelector !== undefined) return [`${namespace} ${canonicalJson(spec.podSelector)}`];
  return (spec.targetRefs ?? []).map(
    ({ kind, name, sectionName = '' }) => `${namespace} ${kind} ${name} ${sectionName}`,
  );
}

function forwardPolicy(spec: ApiBindingSpec): ForwardPolicy {
  const { claims, token = defaultToken(spec), ...names } = spec.forward;
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

/** An MCP server must not pass on a token that was made for it: one that does not get it, cannot. */
const defaultToken = ({ mcp, resource, credentials }: ApiBindingSpec): ForwardPolicy['token'] =>
  mcp !== undefined && resource !== undefined && credentials.every((place) => place.in !== 'Query')
    ? 'Remove'
    : 'Keep';
