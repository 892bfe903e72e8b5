/** A binding among four sources, for tests. */

import type { BindingPolicy, Judgement } from '../policy/policy.ts';
import { binding, compileManifests, source } from './compile.fixture.ts';
import type { CompileResult } from './compile.ts';

export const SOURCES = [
  source('shop/okta', 'issuer: "https://okta.example", audiences: [a]'),
  source('shop/kc', 'issuer: "https://kc.example", audiences: [a]'),
  source(
    'identity/shared',
    'issuer: "https://shared.example", audiences: [a]',
    ', allowedNamespaces: {from: All}',
  ),
  source('identity/private', 'issuer: "https://private.example", audiences: [a]'),
];

export function compileBinding(
  spec: string,
  ...others: readonly string[]
): readonly [BindingPolicy, CompileResult] {
  const text =
    spec.includes('sources:') && !spec.startsWith('rules') ? spec : `sources: [{name: okta}], ${spec}`;
  const result = compileManifests([...SOURCES, ...others, binding('shop/api', text)]);
  const [policy] = result.update.policy.bindings;
  if (policy === undefined) throw new Error('no binding in the policy');
  return [policy, result];
}

export function rulesOf({ judgement }: BindingPolicy): Extract<Judgement, { kind: 'rules' }> {
  if (judgement.kind === 'invalid') throw new Error(judgement.problem);
  return judgement;
}
