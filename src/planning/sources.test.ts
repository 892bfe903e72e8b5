import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  binding,
  change,
  discovery,
  fetched,
  gone,
  pod,
  raw,
  service,
  source,
} from '../cluster/testing/objects.ts';
import type { PublicJwk } from '../policy/policy.ts';
import { createPolicies, type Policies } from './policies.ts';
import { policyOfPod } from './testing/policies.ts';

const KEY = {
  ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }),
  kid: 'a',
} as PublicJwk;
const AGAIN = [KEY];
const KEYS = fetched('shop/okta', AGAIN, 7);

let policies: Policies;
beforeEach(() => {
  policies = createPolicies({ allowInsecureHttp: false });
});

const ORDERS = [service('shop/orders', 'orders'), pod('shop/o-1', { labels: { app: 'orders' } })];
const OKTA = source('shop/okta');

describe('sources', () => {
  it('have plans, whether they are used or not, until they are gone', () => {
    expect(policies.apply([OKTA]).plans).toBe(true);
    const [plan] = policies.plans();
    expect(plan?.source).toBe('shop/okta');
    expect(policies.apply([source('shop/okta')]).plans).toBe(false);
    expect(policies.plans()[0]).toBe(plan);
    expect(policies.apply([gone('AuthenticationSource', 'shop/okta')]).plans).toBe(true);
    expect(policies.plans()).toEqual([]);
  });

  it("'s keys reach the pods that use it, and no others", () => {
    const other = pod('shop/p-1', { labels: { app: 'p' } });
    const kc = source('shop/kc');
    const others = [service('shop/p', 'p'), other, kc, binding('shop/p', { sources: [{ name: 'kc' }] })];
    policies.apply([OKTA, ...ORDERS, ...others, binding('shop/orders')]);
    const { pods, bindings, plans } = policies.apply([KEYS]);
    expect([[...pods], [...bindings], plans]).toEqual([['shop/o-1'], ['shop/orders'], false]);
    const update = policyOfPod(policies, 'shop/o-1');
    expect(update?.policy.sources[0]?.keys).toMatchObject({ kind: 'public' });
    expect(update?.keysChecked).toEqual(new Map([['uid-shop/okta', 7]]));
  });

  it('checked again, with the same keys, are no other policy', () => {
    policies.apply([OKTA, ...ORDERS, binding('shop/orders'), KEYS]);
    const before = policyOfPod(policies, 'shop/o-1');
    const effects = policies.apply([fetched('shop/okta', AGAIN, 9)]);
    expect(effects.pods.size).toBe(0);
    expect(policyOfPod(policies, 'shop/o-1')?.policy).toBe(before?.policy);
    expect(policyOfPod(policies, 'shop/o-1')?.keysChecked).toEqual(new Map([['uid-shop/okta', 9]]));
  });

  it('lose their keys in the very moment in which they point elsewhere', () => {
    policies.apply([OKTA, ...ORDERS, binding('shop/orders'), KEYS]);
    policies.apply([source('shop/okta', { issuer: 'https://other.example' })]);
    const update = policyOfPod(policies, 'shop/o-1');
    expect(update?.policy.sources[0]?.keys?.kind).toBe('unavailable');
    expect(update?.keysChecked.size).toBe(0);
    policies.apply([fetched('shop/okta', [KEY], 8)]); // Of the old plan, and late.
    expect(policyOfPod(policies, 'shop/o-1')?.policy.sources[0]?.keys?.kind).toBe('unavailable');
    const keys = { keys: [KEY], checkedAt: 9, location: discovery('https://other.example') };
    policies.apply([{ kind: 'Keys', uid: 'uid-shop/okta', keys }]);
    expect(policyOfPod(policies, 'shop/o-1')?.policy.sources[0]?.keys?.kind).toBe('public');
  });

  it('lose their keys with their uid', () => {
    policies.apply([OKTA, ...ORDERS, binding('shop/orders'), KEYS]);
    policies.apply([source('shop/okta', {}, {}, { uid: 'another' })]);
    expect(policyOfPod(policies, 'shop/o-1')?.policy.sources[0]?.keys?.kind).toBe('unavailable');
  });

  it('name who uses them, and only whom they permit', () => {
    const foreign = { sources: [{ name: 'okta', namespace: 'shop' }] };
    policies.apply([OKTA, binding('shop/b'), binding('bank/a', foreign), binding('shop/a')]);
    expect(policies.usersOf('shop/okta')).toEqual(['shop/a', 'shop/b']);
    policies.apply([source('shop/okta', {}, { allowedNamespaces: { from: 'All' } })]);
    expect(policies.usersOf('shop/okta')).toEqual(['bank/a', 'shop/a', 'shop/b']);
  });

  it('are granted by the labels that a namespace has now', () => {
    const granting = { allowedNamespaces: { from: 'Selector', selector: { matchLabels: { team: 'web' } } } };
    const namespace = (team: string) => change('Namespace', 'bank', raw('bank', {}, { labels: { team } }));
    const foreign = binding('bank/a', { sources: [{ name: 'okta', namespace: 'shop' }] });
    policies.apply([source('shop/okta', {}, granting), foreign, namespace('ops')]);
    expect(policies.usersOf('shop/okta')).toEqual([]);
    expect(policies.apply([namespace('web')]).sources).toContain('shop/okta');
    expect(policies.usersOf('shop/okta')).toEqual(['bank/a']);
  });

  it('take a Secret that comes, and its rotation', () => {
    const secret = (byte: string) =>
      change(
        'Secret',
        'shop/s',
        raw('shop/s', { data: { k: Buffer.from(byte.repeat(64)).toString('base64') } }),
      );
    const hmac = { keys: { hmac: [{ secretKeyRef: { name: 's', key: 'k' }, encoding: 'Hex' }] } };
    policies.apply([source('shop/okta', hmac), ...ORDERS, binding('shop/orders')]);
    expect(policies.source('shop/okta')?.acceptance).toMatchObject({ reason: 'SecretNotFound' });
    policies.apply([secret('a')]);
    const before = policyOfPod(policies, 'shop/o-1');
    expect(before?.secrets.size).toBe(1);
    expect(policies.apply([secret('b')]).pods).toContain('shop/o-1');
    expect(policies.podPolicy('shop/o-1')?.version).not.toBe(before?.policy.version);
    policies.apply([gone('Secret', 'shop/s'), { kind: 'SecretAccess', namespace: 'shop', readable: false }]);
    expect(policies.source('shop/okta')?.acceptance).toMatchObject({ reason: 'SecretNotPermitted' });
    expect(policyOfPod(policies, 'shop/o-1')?.secrets.size).toBe(0);
  });
});
