import { describe, expect, it } from 'vitest';
import { decide, enforce, request, verdict } from '../../test/support/decide.ts';
import { bindingPolicy, policyUpdate, rulePolicy } from '../../test/support/policy.ts';
import { finishSteps } from '../base/steps.ts';
import { prepareEnforcer } from '../decision/enforcer.ts';
import { policyVersion } from '../policy/version.ts';
import { refuseBindings } from './refused.ts';

const everyone = bindingPolicy({ rules: [rulePolicy({ authentication: 'None' })] });
const update = policyUpdate([everyone]);
const named = (hosts?: readonly string[]) => ({
  kind: 'ApiBinding',
  metadata: { namespace: 'shop', name: 'admin' },
  spec: hosts === undefined ? {} : { hosts },
});
const at = (host: string, ...values: Parameters<typeof refuseBindings>[1]) =>
  verdict(decide(finishSteps(prepareEnforcer(refuseBindings(update, values))), request({ host })));

it('without any the update stays as it is', () => {
  expect(refuseBindings(update, [])).toBe(update);
});

describe('a binding that breaks the schema', () => {
  it('keeps its hosts from a wider one, and no others', () => {
    const broken = named(['Admin.Example', '*.intern.example']);
    expect(at('admin.example', broken)).toBe('denied binding_invalid');
    expect(at('a.intern.example', broken)).toBe('denied binding_invalid');
    expect(at('api.example', broken)).toBe('allowed anonymous');
  });
  it('without hosts comes behind those that are good', () => {
    expect(at('api.example', named())).toBe('allowed anonymous');
  });
  it('without hosts refuses what nobody else guards', () => {
    const other = policyUpdate([bindingPolicy({}, { hosts: ['other.example'] })]);
    const enforcer = finishSteps(prepareEnforcer(refuseBindings(other, [named()])));
    expect(verdict(decide(enforcer, request()))).toBe('denied binding_invalid');
  });
  it('keeps hosts that are written as no host is, too', () => {
    const hosts = ['a.example:8443', 'https://b.example/path', '*.c.example:443', ' d.example '];
    for (const host of ['a.example', 'b.example', 'x.c.example', 'd.example']) {
      expect(at(host, named(hosts)), host).toBe('denied binding_invalid');
    }
  });
  it('has the headers that it forwards removed from every request that its namespace judges', () => {
    const silent = bindingPolicy(
      { rules: [rulePolicy({ authentication: 'None' })] },
      { forward: { user: '', roles: '', scopes: '', source: '', payload: '', claims: [], token: 'Keep' } },
    );
    const forward = {
      user: 'X-Who',
      roles: '',
      scopes: 5,
      payload: 'x bad',
      claims: [{ claim: 'tenant', header: 'X-Tenant' }, null, { header: 1 }],
    };
    const removed = (namespace: string) => {
      const value = { metadata: { namespace, name: 'admin' }, spec: { forward } };
      const enforcer = finishSteps(prepareEnforcer(refuseBindings(policyUpdate([silent]), [value])));
      const decision = decide(enforcer, request());
      if (decision.outcome !== 'allowed') throw new Error(decision.reason);
      return decision.upstream.remove.filter((name) => !name.startsWith('x-portcullis-')).toSorted();
    };
    expect(removed('shop')).toEqual(['x-auth-scopes', 'x-auth-source', 'x-tenant', 'x-who']);
    expect(removed('evil')).toEqual([]);
  });
  it('counts for nothing beside a good one of its name', () => {
    const value = { metadata: { namespace: 'shop', name: 'orders' }, spec: { hosts: ['api.example'] } };
    expect(at('api.example', value)).toBe('allowed anonymous');
  });
});

it('a Trial that breaks the schema refuses nobody', () => {
  const value = { metadata: { namespace: 'shop', name: 'next' }, spec: { mode: 'Trial', hosts: 5 } };
  expect(at('api.example', value)).toBe('allowed anonymous');
  expect(refuseBindings(update, [value]).policy.trials).toMatchObject([{ id: 'shop/next', mode: 'Audit' }]);
});

it.each([
  ['no members', {}],
  ['members of other types', { metadata: [], spec: 'x' }],
  ['hosts of other types', { metadata: { name: 1 }, spec: { hosts: [1, null, 'a b'] } }],
])('%s harm nobody', (_, value) => {
  expect(at('api.example', value)).toBe('allowed anonymous');
});

it('the version is that of the whole', () => {
  const { policy } = refuseBindings(update, [named(['admin.example'])]);
  expect(policy.version).toBe(policyVersion(policy));
  expect(policy.version).not.toBe(update.policy.version);
  expect(enforce(everyone).version).not.toBe(policy.version);
});
