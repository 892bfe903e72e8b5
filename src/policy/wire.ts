/** The policy's wire form: JSON, read strictly, because a field that is passed over is a rule that is not enforced. */

import { parseJson } from '../base/json.ts';
import { finishSteps, type Steps } from '../base/steps.ts';
import {
  type BindingPolicy,
  bindingPolicy,
  POLICY_FORMAT,
  type Policy,
  type SourcePolicy,
} from './policy.ts';
import { list, Misshapen, object, oneOf, type Shape, text } from './shape.ts';
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
  return finishSteps(readPolicyInSteps(document, source));
}

/** What takes as long as to compile so many instructions of a regular expression: to read a binding, or a rule. */
const PART = 32;

/** Reads a policy from JSON that has been parsed: a step for each binding, which yields what it has cost. */
export function* readPolicyInSteps(document: unknown, source: Shape<SourcePolicy>): Steps<ParsedPolicy> {
  try {
    const { bindings: all, trials: tried, ...outside } = policyOutside(source)(document, '');
    const bindings = yield* readBindings(all, 'bindings');
    const trials = tried === undefined ? undefined : yield* readTrials(tried);
    const policy: Policy = { ...outside, bindings, ...(trials !== undefined && { trials }) };
    if (policyVersion(policy) === policy.version) return { kind: 'policy', policy };
    return { kind: 'refused', problem: "the policy's content and version do not belong together" };
  } catch (error) {
    if (!(error instanceof Misshapen)) throw error;
    return { kind: 'refused', problem: `the policy cannot be read: ${error.message}` };
  }
}

function* readBindings(values: readonly unknown[], at: string): Steps<readonly BindingPolicy[]> {
  const bindings: BindingPolicy[] = [];
  for (const [i, value] of values.entries()) {
    const read = bindingPolicy(value, `${at}[${i}]`);
    // It is remembered, and the version is made of them.
    partDigest(read);
    bindings.push(read);
    yield PART * (1 + (read.judgement.kind === 'rules' ? read.judgement.rules.length : 0));
  }
  return bindings;
}

/** Where a Trial stands alone it must let pass what it would deny. */
function* readTrials(values: readonly unknown[]): Steps<readonly BindingPolicy[]> {
  const trials = yield* readBindings(values, 'trials');
  const other = trials.findIndex(({ mode }) => mode !== 'Audit');
  if (other >= 0) throw new Misshapen(`trials[${other}].mode must be Audit`);
  return trials;
}

/** Writes a policy as JSON text. */
export function serializePolicy(policy: Policy): string {
  return JSON.stringify(policy);
}

/** The bindings themselves are read one by one. */
const policyOutside = (source: Shape<SourcePolicy>) =>
  object(
    {
      format: oneOf(POLICY_FORMAT),
      version: text,
      sources: list(source),
      bindings: list<unknown>((value) => value),
    },
    { trials: list<unknown>((value) => value) },
  );
