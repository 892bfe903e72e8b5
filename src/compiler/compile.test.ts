import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePolicy, serializePolicy } from '../policy/wire.ts';
import { readSourcePolicy } from '../sources/kinds.ts';
import { binding, compileManifests, manifest, namespace, resourcesOf, source } from './compile.fixture.ts';
import { type CompileInput, type CompileResult, compile } from './compile.ts';

const SECRETS = ['first-secret-of-at-least-32-bytes!', 'second-secret-of-at-least-32-bytes'];

const MANIFESTS = [
  source('shop/okta', 'issuer: "https://okta.example", audiences: [a]'),
  source('shop/kc', 'issuer: "https://kc.example", audiences: [a]'),
  source('identity/any', 'issuer: "https://any.example"', ', allowedNamespaces: {from: All}'),
  source(
    'shop/hmac',
    'issuer: hmac, audiences: [a], keys: {hmac: [{kid: a, secretKeyRef: {name: s, key: a}, encoding: Text}, {kid: b, secretKeyRef: {name: s, key: b}, encoding: Text}]}',
  ),
  manifest('Secret', 'shop/s', `stringData: {a: "${SECRETS[0]}", b: "${SECRETS[1]}"}`),
  namespace('shop', '{team: web}'),
  binding('shop/orders', 'sources: [{name: okta}, {name: hmac}], hosts: [orders.example]'),
  binding('shop/carts', 'sources: [{name: kc}], hosts: [carts.example]', '2026-01-01T00:00:00Z'),
  binding('shop/twin', 'sources: [{name: kc}], hosts: [orders.example]'),
  binding('ops/board', 'sources: [{name: any, namespace: identity}, {name: gone}]', '2025-01-01T00:00:00Z'),
  binding(
    'ops/broken',
    'sources: [{name: x}], hosts: [x.example], rules: [{match: {paths: [{type: RegularExpression, value: "("}]}}]',
  ),
];

const input = (resources: CompileInput['resources']): CompileInput => ({
  resources,
  keySets: new Map([['identity/any', { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }], checkedAt: 7 }]]),
  allowInsecureHttp: false,
  secretRevision: () => 'r',
});

const SET = resourcesOf(...MANIFESTS);
const byReason = ({ findings }: CompileResult) => findings.map(({ reason }) => reason).toSorted();

describe('compile', () => {
  it('orders bindings from the oldest, those that lost last, and sources by id', () => {
    const { update } = compile(input(SET));
    expect(update.policy.bindings.map(({ id }) => id)).toEqual([
      'ops/board',
      'shop/carts',
      'ops/broken',
      'shop/orders',
      'shop/twin',
    ]);
    expect(update.policy.sources.map(({ id }) => id)).toEqual([
      'identity/any',
      'shop/hmac',
      'shop/kc',
      'shop/okta',
    ]);
  });

  it('makes the same policy and findings, in whatever order the resources come', () => {
    const expected = compile(input(SET));
    fc.assert(
      fc.property(fc.shuffledSubarray([...MANIFESTS], { minLength: MANIFESTS.length }), (manifests) => {
        const result = compile(input(resourcesOf(...manifests)));
        expect(result.update).toEqual(expected.update);
        expect(byReason(result)).toEqual(byReason(expected));
        expect(result.plans).toEqual(expected.plans);
      }),
      { numRuns: 25 },
    );
  });

  it('keeps secrets apart from the policy, plans and findings', () => {
    const { update, plans, findings } = compile(input(SET));
    expect([...update.secrets.values()].map((secret) => Buffer.from(secret).toString())).toEqual(SECRETS);
    const open = JSON.stringify([update.policy, plans, findings]);
    for (const secret of SECRETS) {
      for (const encoding of ['utf8', 'hex', 'base64', 'base64url'] as const) {
        expect(open).not.toContain(Buffer.from(secret).toString(encoding));
      }
    }
  });

  it('makes a policy that can be sent', () => {
    const { policy } = compile(input(SET)).update;
    expect(parsePolicy(serializePolicy(policy), readSourcePolicy)).toEqual({
      kind: 'policy',
      policy: JSON.parse(JSON.stringify(policy)),
    });
  });

  it('counts the first of two objects of one name', () => {
    const [first, second] = ['https://1.example', 'https://2.example'].map((issuer) =>
      source('shop/twice', `issuer: "${issuer}", audiences: [a]`),
    );
    const [one] = resourcesOf(first ?? '').sources;
    const [two] = resourcesOf(second ?? '').sources;
    if (one === undefined || two === undefined) throw new Error('no source');
    const { plans } = compile(input({ ...SET, sources: [one, two] }));
    expect(plans.map(({ location }) => location.kind === 'discovery' && location.issuer)).toEqual([
      'https://1.example',
    ]);
  });

  it('makes something of nothing', () => {
    const { update, plans, findings } = compileManifests([]);
    expect(update.policy).toMatchObject({ format: 1, sources: [], bindings: [] });
    expect([plans, findings]).toEqual([[], []]);
  });
});

describe('compiling again', () => {
  const replaceKc = (jwt: string): CompileInput['resources'] => {
    const changed = resourcesOf(source('shop/kc', jwt)).sources;
    return {
      ...SET,
      sources: [...SET.sources.filter(({ object }) => object.metadata.name !== 'kc'), ...changed],
    };
  };

  it('keeps the whole policy where nothing has changed', () => {
    const previous = compile(input(SET));
    expect(compile({ ...input(SET), previous }).update.policy).toBe(previous.update.policy);
  });

  it('keeps every part that has not changed', () => {
    const before = compile(input(SET)).update.policy;
    const after = compile(input(replaceKc('issuer: "https://kc.example", audiences: [b]'))).update.policy;
    expect(after.version).not.toBe(before.version);
    expect(after.bindings.map((part, i) => part === before.bindings[i])).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(after.sources.map((part, i) => part === before.sources[i])).toEqual([true, true, false, true]);
  });

  it('changes what depends on the change', () => {
    const before = compile(input(SET)).update.policy;
    const { update } = compile(
      input({ ...SET, sources: SET.sources.filter(({ object }) => object.metadata.name !== 'kc') }),
    );
    const changed = update.policy.bindings.filter((part) => !before.bindings.includes(part));
    expect(changed.map(({ id }) => id)).toEqual(['shop/carts']);
  });

  it('keeps a source whose keys were fetched again and are the same', () => {
    const keys = () => [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] as const;
    const at = (checkedAt: number) =>
      compile({ ...input(SET), keySets: new Map([['identity/any', { keys: keys(), checkedAt }]]) }).update;
    const [before, after] = [at(1), at(2)];
    expect(after.policy.sources[0]).toBe(before.policy.sources[0]);
    expect(after.policy.version).toBe(before.policy.version);
    expect(after.keysChecked).toEqual(new Map([['identity/any', 2]]));
  });

  it('moves the version when a secret is rotated', () => {
    const before = compile(input(SET)).update.policy.version;
    const rotated = compile({ ...input(SET), secretRevision: () => 'r2' });
    expect(rotated.update.policy.version).not.toBe(before);
  });
});
