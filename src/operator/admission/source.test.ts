import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { binding, change, raw } from '../../cluster/testing/objects.ts';
import { type Around, judged, own, viewOf } from '../testing/admission.ts';
import type { AdmissionDecision } from './decision.ts';

const GOOD: JsonObject = { issuer: 'https://id.example', audiences: ['api'] };
const HMAC: JsonObject = {
  ...GOOD,
  keys: { hmac: [{ secretKeyRef: { name: 's', key: 'k' }, encoding: 'Hex' }] },
};
const BUNDLE: JsonObject = {
  ...GOOD,
  fetch: { caBundleFrom: { configMapKeyRef: { name: 'ca', key: 'ca.crt' } } },
};

const sourceOf = (jwt: JsonObject, spec: JsonObject = {}, metadata: JsonObject = {}) =>
  own('AuthenticationSource', 'shop/idp', { jwt, ...spec }, metadata);

const create = (jwt: JsonObject, around: Around = {}): Promise<AdmissionDecision> =>
  judged({ kind: 'AuthenticationSource', operation: 'CREATE', object: sourceOf(jwt) }, viewOf(around));

const fieldsOf = (decision: AdmissionDecision): readonly string[] =>
  decision.kind === 'allowed' ? ['allowed'] : decision.causes.map(({ field }) => field);

const secret = (value: string) =>
  change('Secret', 'shop/s', { kind: 'Secret', ...raw('shop/s', { data: { k: btoa(value) } }) });
const configMap = (text: string) =>
  change('ConfigMap', 'shop/ca', { kind: 'ConfigMap', ...raw('shop/ca', { data: { 'ca.crt': text } }) });

describe('a source', () => {
  it.each([
    ['a binding with a resource', [{ identifier: 'https://mcp.example' }], true],
    ['one with it, and one without', [{ identifier: 'https://mcp.example' }, undefined], false],
  ])(
    'without an audience is warned of unless all say for whom tokens must be: %s',
    async (_, all, isQuiet) => {
      const objects = all.map((resource, i) =>
        binding(`shop/b${i}`, { sources: [{ name: 'idp' }], ...(resource && { resource }) }),
      );
      const decision = await create({ issuer: 'https://id.example' }, { objects });
      const { warnings } = decision.kind === 'allowed' ? decision : { warnings: [] };
      expect(warnings.some((text) => text.includes('AudienceUnchecked'))).toBe(!isQuiet);
      expect(decision.kind).toBe('allowed');
    },
  );

  it('that is good is let in without a word', async () => {
    expect(await create(GOOD)).toEqual({ kind: 'allowed', warnings: [] });
  });

  it.each([
    [
      'expressions that do not compile, each',
      {
        ...GOOD,
        expressions: [{ expression: 'claims.' }, { expression: 'true' }, { expression: 'nothing' }],
      },
      ['spec.jwt.expressions[0].expression', 'spec.jwt.expressions[2].expression'],
    ],
    [
      'a regular expression in one',
      { ...GOOD, expressions: [{ expression: "claims.sub.matches('(')" }] },
      ['spec.jwt.expressions[0].expression'],
    ],
    [
      'a PEM that is none',
      {
        ...GOOD,
        keys: { publicKeys: [{ pem: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----' }] },
      },
      ['spec.jwt.keys.publicKeys[0].pem'],
    ],
    [
      'a key that is off its curve',
      { ...GOOD, keys: { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] } } },
      ['spec.jwt.keys.jwks.keys[0]'],
    ],
    [
      'a set without a key for signatures',
      { ...GOOD, keys: { jwks: { keys: [{ kty: 'RSA', use: 'enc' }] } } },
      ['spec.jwt.keys.jwks.keys'],
    ],
    ['what the schema refuses, should it come here', { issuer: 7 }, ['spec.jwt.issuer']],
    ['a duration that is none', { ...GOOD, clockSkew: 'soon' }, ['spec.jwt.clockSkew']],
  ])('is refused for %s', async (_, jwt, fields) => {
    const decision = await create(jwt);
    expect(decision).toMatchObject({ kind: 'refused', code: 422, reason: 'Invalid' });
    expect(fieldsOf(decision)).toEqual(fields);
  });

  it('is refused by itself, whatever cannot be looked at', async () => {
    const bad = { ...HMAC, expressions: [{ expression: 'claims.' }] };
    for (const around of [{ isSynced: false }, { answers: false }, {}]) {
      expect(fieldsOf(await create(bad, around))).toEqual(['spec.jwt.expressions[0].expression']);
    }
  });

  it.each([
    ['no audience', { issuer: 'https://id.example' }, {}, /^spec\.jwt\.audiences: .*\(AudienceUnchecked\)$/],
    ['http', { ...GOOD, issuer: 'http://id.example' }, {}, /^spec\.jwt\.issuer: .*\(InsecureURL\)$/],
    ['a missing Secret', HMAC, {}, /there is no Secret shop\/s; .*\(SecretNotFound\)$/],
    [
      'a short secret in one',
      HMAC,
      { objects: [secret('abcd')] },
      /^spec\.jwt\.keys\.hmac\[0\]\.secretKeyRef: .*\(KeyTooShort\)$/,
    ],
    ['a secret in another encoding', HMAC, { objects: [secret('zz')] }, /\.encoding: .*\(KeyInvalid\)$/],
    [
      'a Secret that may not be read',
      HMAC,
      { unreadable: ['shop'] },
      /secretAccess.*\(SecretNotPermitted\)$/,
    ],
    ['a missing CA bundle', BUNDLE, {}, /there is no ConfigMap shop\/ca; .*\(CABundleNotFound\)$/],
    ['a CA bundle that is none', BUNDLE, { objects: [configMap('hello')] }, /\.key: .*\(KeyInvalid\)$/],
    [
      'an API server that does not answer',
      HMAC,
      { answers: false },
      /could not be looked at just now.*\(NotChecked\)$/,
    ],
    ['caches that are not filled', HMAC, { isSynced: false }, /against other objects yet.*\(NotChecked\)$/],
  ])('is let in with a warning for %s', async (_, jwt, around, warning) => {
    expect(await create(jwt, around)).toEqual({
      kind: 'allowed',
      warnings: [expect.stringMatching(warning)],
    });
  });

  it('says of an algorithm that the secret is too short for it', async () => {
    const jwt = { ...HMAC, algorithms: ['HS256', 'HS512'] };
    const { warnings } = await create(jwt, { objects: [secret('ab'.repeat(32))] });
    expect(warnings).toEqual([
      expect.stringMatching(/^spec\.jwt\.algorithms\[1\]: .*\(AlgorithmUnusable\)$/),
    ]);
  });

  it('never tells what is in a Secret', async () => {
    const { warnings } = await create(HMAC, { objects: [secret('zz-very-secret')] });
    expect(warnings.join()).not.toContain('very-secret');
  });

  it('asks for a Secret once, however many keys are in it', async () => {
    const view = viewOf({});
    const hmac = ['a', 'b'].map((key) => ({ secretKeyRef: { name: 's', key } }));
    const object = sourceOf({ ...GOOD, keys: { hmac } });
    await judged({ kind: 'AuthenticationSource', operation: 'CREATE', object }, view);
    expect(view.asked).toEqual(['Secret s']);
  });
});

describe('an update of a source', () => {
  const BAD = { ...GOOD, expressions: [{ expression: 'claims.' }] };
  const update = (before: JsonObject, after: JsonObject, around: Around = {}) =>
    judged(
      { kind: 'AuthenticationSource', operation: 'UPDATE', object: after, oldObject: before },
      viewOf(around),
    );

  it('that leaves the spec as it is passes, in silence', async () => {
    for (const metadata of [{ labels: { a: 'b' } }, { finalizers: ['x.example/y'] }, { annotations: {} }]) {
      const decision = await update(sourceOf(BAD), sourceOf(BAD, {}, metadata));
      expect(decision).toEqual({ kind: 'allowed', warnings: [] });
    }
  });

  it('is judged by its new spec', async () => {
    expect((await update(sourceOf(BAD), sourceOf(GOOD))).kind).toBe('allowed');
    expect((await update(sourceOf(GOOD), sourceOf(BAD))).kind).toBe('refused');
    expect((await update(sourceOf(BAD), sourceOf({ ...BAD, audiences: ['b'] }))).kind).toBe('refused');
  });

  it('of its status passes', async () => {
    const object = { ...sourceOf(BAD), status: {} };
    const parts = {
      kind: 'AuthenticationSource',
      operation: 'UPDATE',
      object,
      oldObject: sourceOf(GOOD),
    } as const;
    expect(await judged({ ...parts, request: { subResource: 'status' } }, viewOf({}))).toMatchObject({
      kind: 'allowed',
    });
  });

  it('warns when bindings would lose their grant', async () => {
    const reference = { sources: [{ name: 'idp', namespace: 'shop' }] };
    const objects = [binding('ops/board', reference), binding('shop/cart', reference), binding('a/b', {})];
    const open = sourceOf(GOOD, { allowedNamespaces: { from: 'All' } });
    const { warnings } = await update(open, sourceOf(GOOD), { objects });
    expect(warnings).toEqual([
      expect.stringMatching(/^spec\.allowedNamespaces: ApiBinding ops\/board would no longer be permitted/),
    ]);
    expect((await update(sourceOf(GOOD), open, { objects })).warnings).toEqual([]);
  });
});

describe('anything else', () => {
  it('is refused: a kind that is not ours means a mistake in the configuration', async () => {
    for (const kind of [
      { group: '', version: 'v1', kind: 'Pod' },
      { group: 'portcullis.dev', version: 'v2', kind: 'ApiBinding' },
      { group: 'portcullis.dev', version: 'v1alpha1', kind: 'Other' },
    ]) {
      const parts = {
        kind: 'ApiBinding',
        operation: 'CREATE',
        object: sourceOf(GOOD),
        request: { kind },
      } as const;
      expect(await judged(parts, viewOf({}))).toMatchObject({
        kind: 'refused',
        code: 400,
        message: expect.stringContaining('ValidatingWebhookConfiguration'),
      });
    }
  });

  it('passes where nothing is written', async () => {
    const object = sourceOf(GOOD);
    const connect = await judged({ kind: 'AuthenticationSource', operation: 'CONNECT', object }, viewOf({}));
    const gone = await judged({ kind: 'ApiBinding', operation: 'DELETE', oldObject: object }, viewOf({}));
    expect([connect.kind, gone.kind]).toEqual(['allowed', 'allowed']);
  });
});
