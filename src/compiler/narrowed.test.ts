/** What the control plane knows of a workload beside its manifests: hosts of a gateway, and what cannot be enforced. */

import { describe, expect, it } from 'vitest';
import { asJwt } from '../../test/support/policy.ts';
import { binding, compileManifests, source } from './compile.fixture.ts';
import { refuseBindings } from './refused.ts';

const OKTA = source('shop/okta', 'issuer: "https://id.example", audiences: [a]');
const a = binding('shop/a', 'sources: [{name: okta}]', '2026-01-01T00:00:00Z');
const b = binding('shop/b', 'sources: [{name: okta}]', '2026-02-01T00:00:00Z');

describe('a binding that cannot be enforced', () => {
  const { update, bindings } = compileManifests([OKTA, a, b], {
    unenforceable: new Map([['shop/a', 'NoPort: its port cannot be told']]),
  });

  it('denies, behind all that can be', () => {
    expect(update.policy.bindings.map(({ id, judgement }) => `${id} ${judgement.kind}`)).toEqual([
      'shop/b rules',
      'shop/a invalid',
    ]);
    expect(update.policy.bindings[1]?.judgement).toEqual({
      kind: 'invalid',
      problem: 'NoPort: its port cannot be told',
    });
  });

  it('takes no host from the others, and is told elsewhere why', () => {
    expect(bindings.get('shop/b')?.acceptance.kind).toBe('accepted');
    expect(bindings.get('shop/a')?.acceptance.kind).toBe('accepted');
  });
});

describe('hosts of the targets', () => {
  const hosts = (names: readonly string[]) =>
    compileManifests([OKTA, a, b], { hosts: new Map([['shop/a', names]]) });

  it('stand for those of the spec, in conflicts, too', () => {
    const { update, bindings } = hosts(['x.example']);
    expect(update.policy.bindings.map((one) => one.hosts)).toEqual([['x.example'], []]);
    expect(bindings.get('shop/b')?.acceptance.kind).toBe('accepted');
  });

  it('leave no meaning to the ports of containers', () => {
    const ported = binding('shop/a', 'sources: [{name: okta}], ports: [{port: 8080}]');
    const { update } = compileManifests([OKTA, ported], { hosts: new Map([['shop/a', ['x.example']]]) });
    expect(update.policy.bindings[0]?.ports).toEqual([]);
  });

  it('may be any', () => {
    const { update, bindings } = hosts(['', 'x.example']);
    expect(update.policy.bindings[0]?.hosts).toEqual([]);
    expect(bindings.get('shop/b')?.acceptance).toMatchObject({ reason: 'Conflicted' });
  });
});

it('knows the policy of a source that no binding uses', () => {
  const { update, sourcePolicies } = compileManifests([OKTA]);
  expect(update.policy.sources).toEqual([]);
  expect(asJwt(sourcePolicies.get('shop/okta')).issuers).toEqual(['https://id.example']);
});

it('refuses places for another problem than the schema', () => {
  const { update } = compileManifests([OKTA]);
  const metadata = { namespace: 'shop', name: 'HTTPRoute/x' };
  const { policy } = refuseBindings(
    update,
    [{ metadata, spec: { hosts: ['x.example'] } }],
    'nothing guards it',
  );
  expect(policy.bindings[0]?.judgement).toEqual({ kind: 'invalid', problem: 'nothing guards it' });
});
