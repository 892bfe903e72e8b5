/** The policy's wire form: JSON, read strictly, because a field that is passed over is a rule that is not enforced. */

import { parseJson } from '../base/json.ts';
import {
  type BindingPolicy,
  type CredentialPolicy,
  type ForwardPolicy,
  type Judgement,
  POLICY_FORMAT,
  type Policy,
  type Requirements,
  type RulePolicy,
  type SourcePolicy,
} from './policy.ts';
import { list, Misshapen, object, oneOf, port, type Shape, text, variant } from './shape.ts';
import { partDigest, policyVersion } from './version.ts';

export type ParsedPolicy =
  | { readonly kind: 'policy'; readonly policy: Policy }
  /** `problem` names the place, and quotes nothing of the document but names of members. */
  | { readonly kind: 'refused'; readonly problem: string };

/**
 * Reads a policy from JSON text. Refused are another format, anything unknown or missing, and a content
 * that its version does not belong to. How a source is read, its kind says.
 */
export function parsePolicy(json: string, source: Shape<SourcePolicy>): ParsedPolicy {
  const document = parseJson(json);
  if (document === undefined) return { kind: 'refused', problem: 'the policy is not JSON' };
  const steps = readPolicyInSteps(document, source);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** What takes as long as to compile so many instructions of a regular expression: to read a binding, or a rule. */
const PART = 32;

/** Reads a policy from JSON that has been parsed: a step for each binding, which yields what it has cost. */
export function* readPolicyInSteps(
  document: unknown,
  source: Shape<SourcePolicy>,
): Generator<number, ParsedPolicy, void> {
  try {
    const outside = policyOutside(source)(document, '');
    const bindings: BindingPolicy[] = [];
    for (const [i, value] of outside.bindings.entries()) {
      const read = binding(value, `bindings[${i}]`);
      // It is remembered, and the version is made of them.
      partDigest(read);
      bindings.push(read);
      yield PART * (1 + (read.judgement.kind === 'rules' ? read.judgement.rules.length : 0));
    }
    const policy: Policy = { ...outside, bindings };
    if (policyVersion(policy) === policy.version) return { kind: 'policy', policy };
    return { kind: 'refused', problem: "the policy's content and version do not belong together" };
  } catch (error) {
    if (!(error instanceof Misshapen)) throw error;
    return { kind: 'refused', problem: `the policy cannot be read: ${error.message}` };
  }
}

/** Writes a policy as JSON text. */
export function serializePolicy(policy: Policy): string {
  return JSON.stringify(policy);
}

const texts = list(text);

const expression = object({ expression: text, message: text });

const valueRequirement = { anyOf: texts, allOf: texts, noneOf: texts };

const requirements: Shape<Requirements> = object({
  roles: object(valueRequirement),
  scopes: object(valueRequirement),
  claims: list(object({ claim: text, ...valueRequirement })),
  clients: object({ anyOf: texts, noneOf: texts }),
  expressions: list(expression),
});

const rule: Shape<RulePolicy> = object(
  {
    name: text,
    match: object({
      paths: list(
        object({ type: oneOf('Exact', 'PathPrefix', 'Template', 'RegularExpression'), value: text }),
      ),
      methods: texts,
      hosts: texts,
    }),
    authentication: oneOf('None', 'Optional', 'Required', 'Deny'),
    require: requirements,
  },
  { sources: texts },
);

const credential: Shape<CredentialPolicy> = variant<CredentialPolicy>('in', {
  Header: object({ in: oneOf('Header'), name: text, scheme: text }),
  Query: object({ in: oneOf('Query'), name: text }),
  Cookie: object({ in: oneOf('Cookie'), name: text, origins: texts }),
});

const judgement: Shape<Judgement> = variant<Judgement>('kind', {
  invalid: object({ kind: oneOf('invalid'), problem: text }),
  rules: object({
    kind: oneOf('rules'),
    sources: texts,
    credentials: list(credential),
    pathMatching: object(
      {
        case: oneOf('Sensitive', 'Insensitive', 'Unknown'),
        trailingSlash: oneOf('Distinct', 'Ignore', 'Unknown'),
      },
      { formatSuffix: oneOf('None'), frontController: oneOf('None') },
    ),
    rules: list(rule),
    cors: object({ preflight: oneOf('Allow', 'Check'), allowOrigins: texts }),
    realm: text,
    resourceMetadata: text,
  }),
});

const forward: Shape<ForwardPolicy> = object({
  user: text,
  roles: text,
  scopes: text,
  source: text,
  payload: text,
  claims: list(object({ claim: text, header: text })),
  token: oneOf('Keep', 'Remove'),
});

const binding: Shape<BindingPolicy> = object({
  id: text,
  hosts: texts,
  ports: list(port),
  mode: oneOf('Enforce', 'Audit', 'Disabled'),
  forward,
  judgement,
});

/** The bindings themselves are read one by one. */
const policyOutside = (source: Shape<SourcePolicy>) =>
  object({
    format: oneOf(POLICY_FORMAT),
    version: text,
    sources: list(source),
    bindings: list<unknown>((value) => value),
  });
