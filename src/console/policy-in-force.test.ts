import { expect, it } from 'vitest';
import { compile } from '../compiler/compile.ts';
import { readManifests } from '../resources/manifests.ts';
import {
  bindingStanding,
  fetchedText,
  type PolicyInForce,
  readPolicyInForce,
  shownBindings,
  sourceStanding,
  trialsBeside,
} from './policy-in-force.ts';

const binding = (name: string, spec: object) => ({
  apiVersion: 'portcullis.dev/v1alpha1',
  kind: 'ApiBinding',
  metadata: { name, namespace: 'shop' },
  spec: { targetRefs: [{ kind: 'Service', name }], sources: [{ name: 'okta' }], ...spec },
});
const source = (name: string, jwt: object) => ({
  apiVersion: 'portcullis.dev/v1alpha1',
  kind: 'AuthenticationSource',
  metadata: { name, namespace: 'shop' },
  spec: { jwt: { issuer: `https://${name}.example`, audiences: ['a'], ...jwt } },
});
const KEY = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', kid: 'k1' };

/** As a validator tells it. */
function policyOf(...manifests: readonly object[]): PolicyInForce {
  const { set } = readManifests('test.yaml', manifests.map((one) => JSON.stringify(one)).join('\n---\n'));
  const { update } = compile({
    resources: set,
    keySets: new Map(),
    allowInsecureHttp: false,
    secretRevision: () => '1',
  });
  return readPolicyInForce(JSON.parse(JSON.stringify(update.policy)));
}

const okta = source('okta', { keys: { jwks: { keys: [KEY] } } });
const unfetched = source('unfetched', {});

it('names each key, and how a source is configured', () => {
  const [read] = policyOf(okta, binding('orders', {})).sources;
  expect(read).toMatchObject({
    id: 'shop/okta',
    keys: 'there',
    keyCount: 1,
    keyNames: ['k1 · OKP · Ed25519'],
    configuration: { issuers: ['https://okta.example'], audiences: ['a'] },
  });
});

it('says which bindings can let nobody in', () => {
  const { sources, ...policy } = policyOf(
    okta,
    unfetched,
    binding('orders', { hosts: ['a.example'] }),
    binding('open', {
      hosts: ['b.example'],
      rules: [{ authentication: 'None' }],
      sources: [{ name: 'unfetched' }],
    }),
    binding('waits', { hosts: ['c.example'], sources: [{ name: 'unfetched' }] }),
    binding('alone', { hosts: ['d.example'], sources: [{ name: 'nowhere' }] }),
    binding('off', { hosts: ['e.example'], mode: 'Disabled' }),
    binding('tried', { hosts: ['a.example'], mode: 'Trial' }),
  );
  const words = shownBindings({ sources, ...policy }).map((one) => [
    one.policy.id,
    one.mode,
    bindingStanding(one, sources).word,
  ]);
  expect(words.sort()).toEqual([
    ['shop/alone', 'Enforce', 'No source'],
    ['shop/off', 'Disabled', 'Disabled'],
    ['shop/open', 'Enforce', 'Ready'],
    ['shop/orders', 'Enforce', 'Ready'],
    ['shop/tried', 'Trial', 'Ready'],
    ['shop/waits', 'Enforce', 'Keys missing'],
  ]);
});

it('says of keys when they were fetched, and when that is too long ago', () => {
  const { sources } = policyOf(
    okta,
    unfetched,
    binding('orders', { sources: [{ name: 'okta' }, { name: 'unfetched' }] }),
  );
  const [given, missing] = sources;
  if (given === undefined || missing === undefined) throw new Error('two sources');
  const fetched = { ...missing, keys: 'there' } as const;
  expect(fetchedText(given, undefined)).toBe('not fetched: the manifest has them');
  expect(fetchedText(missing, 60)).toBe('never');
  expect(fetchedText(fetched, 60)).toBe('1 min ago');
  const { maxStale = 0 } = fetched;
  expect(sourceStanding(fetched, maxStale).word).toBe('Ready');
  expect(sourceStanding(fetched, maxStale + 1).word).toBe('Keys too old');
  expect(sourceStanding(missing, 1).word).toBe('Keys missing');
});

it.each([
  [['a.example'], 1],
  [['*.example'], 1],
  [[], 1],
  [['b.other'], 0],
])('a Trial for %j is beside a binding for a.example: %s', (hosts, count) => {
  const policy = policyOf(
    okta,
    binding('orders', { hosts: ['a.example'] }),
    binding('tried', { mode: 'Trial', ...(hosts.length > 0 && { hosts }) }),
  );
  const [orders] = policy.bindings;
  expect(orders && trialsBeside(orders, policy)).toHaveLength(count);
});
