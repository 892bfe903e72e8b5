/** A compilation in steps costs what has changed, and makes what a compilation in one go makes. */

import { describe, expect, it } from 'vitest';
import type { ResourceSet } from '../resources/set.ts';
import { binding, namespace, resourcesOf, source } from './compile.fixture.ts';
import { type CompileInput, type CompileResult, compile, compileInSteps } from './compile.ts';

const RULES = 'rules: [{name: a, match: {paths: [{type: Exact, value: /a}]}}, {name: rest}]';
const id = (i: number) => `shop/b${i}`;
const written = (i: number, more = '') =>
  binding(id(i), `sources: [{name: okta}], hosts: [h${i}.example], ${RULES}${more}`);
const okta = (audience: string, spec = '') =>
  source('shop/okta', `issuer: "https://okta.example", audiences: [${audience}]`, spec);

const input = (resources: ResourceSet): CompileInput => ({
  resources,
  keySets: new Map(),
  allowInsecureHttp: false,
  secretRevision: () => 'r',
});

/** Each step's cost, as whole rules, and what came of them. */
function stepped(resources: ResourceSet, more: Partial<CompileInput> = {}) {
  const steps = compileInSteps({ ...input(resources), ...more });
  const costs: number[] = [];
  for (;;) {
    const step = steps.next();
    if (step.done === true) return { costs: costs.map(Math.floor), result: step.value };
    costs.push(step.value);
  }
}

const SET = () => resourcesOf(namespace('shop'), okta('a'), ...[0, 1, 2].map((i) => written(i)));
const policies = ({ update }: CompileResult) => update.policy.bindings;

describe('the steps of a compilation', () => {
  it('make what compile makes', () => {
    const set = SET();
    expect(stepped(set).result).toEqual(compile(input(SET())));
  });

  it('cost their rules at first, and next to nothing where all is as before', () => {
    const set = SET();
    expect(stepped(set).costs).toEqual([3, 3, 3]);
    expect(stepped(set).costs).toEqual([0, 0, 0]);
  });

  it('cost one binding where one has changed, and keep the policies of all others', () => {
    const set = SET();
    const before = stepped(set).result;
    const [changed] = resourcesOf(written(1, ', realm: other')).bindings;
    const bindings = set.bindings.map((one, i) => (i === 1 && changed !== undefined ? changed : one));
    const { costs, result } = stepped({ ...set, bindings });
    expect(costs).toEqual([0, 3, 0]);
    expect(policies(result).map((policy, i) => policy === policies(before)[i])).toEqual([true, false, true]);
  });

  it('cost no binding where a source that all use is edited', () => {
    const set = SET();
    const before = stepped(set).result;
    const { costs, result } = stepped({ ...set, sources: resourcesOf(okta('b')).sources });
    expect(costs).toEqual([0, 0, 0]);
    expect(result.update.policy.sources).not.toEqual(before.update.policy.sources);
    expect(policies(result)).toEqual(policies(before));
  });

  it('cost every binding where it no longer permits them', () => {
    const set = SET();
    stepped(set);
    const sources = resourcesOf(
      okta('a', ', allowedNamespaces: {from: Selector, selector: {matchLabels: {a: b}}}'),
    );
    const { costs, result } = stepped({ ...set, sources: sources.sources });
    expect(costs).toEqual([3, 3, 3]);
    expect(result.bindings.get(id(0))?.sourcesNotPermitted).toEqual(['shop/okta']);
  });

  it('cost no more for a gateway and a workload in turn', () => {
    const set = SET();
    const ports = new Map([0, 1, 2].map((i) => [id(i), [8080]]));
    const hosts = new Map([0, 1, 2].map((i) => [id(i), [`h${i}.example`]]));
    expect([stepped(set, { ports }).costs, stepped(set, { hosts }).costs].flat()).toEqual([3, 3, 3, 3, 3, 3]);
    expect([stepped(set, { ports }).costs, stepped(set, { hosts }).costs].flat()).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
