import { describe, expect, it } from 'vitest';
import { compileBinding, rulesOf } from './binding.fixture.ts';
import { namespace, source, summaries } from './compile.fixture.ts';
import type { CompileResult } from './compile.ts';

describe('sources', () => {
  const REFUSED = 'error SourceNotPermitted spec.sources[1]';

  it.each([
    ['its own', '[{name: okta}, {name: kc}]', ['shop/okta', 'shop/kc'], []],
    ['one that permits all', '[{name: shared, namespace: identity}]', ['identity/shared'], []],
    ['one that is not there', '[{name: okta}, {name: nobody}]', ['shop/okta'], [REFUSED]],
    [
      'one that does not permit it',
      '[{name: okta}, {name: private, namespace: identity}]',
      ['shop/okta'],
      [REFUSED],
    ],
  ])('%s', (_, sources, resolved, findings) => {
    const [policy, result] = compileBinding(`sources: ${sources}`);
    expect(rulesOf(policy).sources).toEqual(resolved);
    expect(summaries(result)).toEqual(findings);
    // The others keep working.
    expect(result.bindings.get('shop/api')?.acceptance).toEqual({ kind: 'accepted' });
    expect(result.bindings.get('shop/api')?.sourcesNotPermitted).toHaveLength(findings.length);
  });

  it('does not tell a source that is missing from one that does not permit', () => {
    const [, missing] = compileBinding('sources: [{name: nobody, namespace: identity}]');
    const [, refused] = compileBinding('sources: [{name: private, namespace: identity}]');
    const text = ({ findings }: CompileResult) => JSON.stringify(findings).replaceAll(/nobody|private/g, 'x');
    expect(text(missing)).toBe(text(refused));
  });

  it('follows the labels of namespaces', () => {
    const labelled = source(
      'identity/labelled',
      'issuer: "https://labelled.example", audiences: [a]',
      ', allowedNamespaces: {from: Selector, selector: {matchLabels: {team: web}}}',
    );
    const spec = 'sources: [{name: labelled, namespace: identity}]';
    expect(rulesOf(compileBinding(spec, labelled, namespace('shop', '{team: web}'))[0]).sources).toHaveLength(
      1,
    );
    expect(rulesOf(compileBinding(spec, labelled, namespace('shop', '{team: ops}'))[0]).sources).toHaveLength(
      0,
    );
    expect(rulesOf(compileBinding(spec, labelled)[0]).sources).toHaveLength(0);
  });

  it.each([
    ['[okta]', ['shop/okta']],
    ['[private]', []],
    ['[kc, private, okta]', ['shop/okta', 'shop/kc']],
    ['[]', undefined],
  ])('of a rule, %s', (named, expected) => {
    const sources = 'sources: [{name: okta}, {name: kc}, {name: private, namespace: identity}]';
    const [policy] = compileBinding(`${sources}, rules: [{sources: ${named}}]`);
    expect(rulesOf(policy).rules[0]?.sources).toEqual(expected);
  });

  it('that claim one issuer make the binding invalid', () => {
    const twin = source(
      'shop/twin',
      'issuer: "https://x.example", acceptedIssuers: ["https://okta.example"], audiences: [a]',
    );
    const [policy, result] = compileBinding('sources: [{name: okta}, {name: twin}]', twin);
    expect(summaries(result)).toEqual(['error IssuerDuplicate spec.sources']);
    expect(result.bindings.get('shop/api')?.acceptance).toMatchObject({
      kind: 'refused',
      reason: 'IssuerDuplicate',
    });
    expect(policy.judgement).toEqual({
      kind: 'invalid',
      problem: expect.stringContaining('https://okta.example'),
    });
  });

  it('that claim one issuer do no harm where only one of them permits the binding', () => {
    const twin = source('identity/twin', 'issuer: "https://okta.example", audiences: [a]');
    const [policy] = compileBinding('sources: [{name: okta}, {name: twin, namespace: identity}]', twin);
    expect(rulesOf(policy).sources).toEqual(['shop/okta']);
  });
});
