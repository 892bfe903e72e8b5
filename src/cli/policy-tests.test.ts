import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { binding, source, yaml } from '../../test/support/manifests.ts';
import { publicJwk } from '../../test/support/tokens.ts';
import { NOW, withClaims } from '../../test/support/verification.ts';
import { UsageError } from '../process/start-error.ts';
import type { Command } from './command.ts';
import { testWith } from './policy-tests.ts';
import { folderWith, runCommand } from './testing/run.ts';

const ISSUER = 'https://issuer.example';
const okta = (jwt: object = {}) => source('okta', { issuer: ISSUER, audiences: ['api'], ...jwt });
const orders = (spec: object = {}) => binding('orders', { sources: [{ name: 'okta' }], ...spec });
const command: Command = (args, surroundings) =>
  testWith(args, surroundings, () => Promise.reject(new Error('nobody is to be asked')));

function run(manifests: readonly object[], tests: readonly object[]) {
  const written = tests.map((test, i) => ({
    name: `test ${i}`,
    request: 'GET https://orders.example/',
    ...test,
  }));
  const folder = folderWith({ 'm.yaml': yaml(manifests), 't.yaml': stringify({ tests: written }) });
  return runCommand(command, ['-f', path.join(folder, 'm.yaml'), path.join(folder, 't.yaml')]);
}

const guarded = [okta(), orders()];
const passes = { code: 0, out: '1 passed, 0 failed\n' };

describe('a binding with a resource', () => {
  const mcp = binding('orders', {
    sources: [{ name: 'okta' }],
    resource: { identifier: 'https://orders.example/mcp' },
  });
  const METADATA = 'GET https://orders.example/.well-known/oauth-protected-resource/mcp';

  it.each([
    ['claims for it pass', { claims: { sub: 'joe' }, expect: { outcome: 'allowed', user: 'joe' } }],
    [
      "what is for the source's own audience does not",
      { claims: { sub: 'joe', aud: 'api' }, expect: { reason: 'audience_mismatch' } },
    ],
    [
      'its metadata is served',
      { request: METADATA, expect: { outcome: 'served', status: 200, reason: 'resource_metadata' } },
    ],
  ])('%s', async (_, test) => {
    expect(await run([okta(), mcp], [test])).toMatchObject(passes);
  });
});

describe('portcullis test', () => {
  it.each([
    [
      'signed claims',
      {
        claims: { sub: 'joe' },
        expect: {
          outcome: 'allowed',
          reason: 'authenticated',
          status: 200,
          binding: 'shop/orders',
          source: 'shop/okta',
          user: 'joe',
          rule: '',
          forwarded: { 'X-Auth-User': 'joe', 'x-auth-scopes': '' },
        },
      },
    ],
    ['an anonymous request', { expect: { reason: 'token_missing', user: '' } }],
    ['claims of its own', { claims: { sub: 'joe', aud: 'other' }, expect: { reason: 'audience_mismatch' } }],
    ['a claim left out', { claims: { exp: null }, expect: { reason: 'claim_rejected' } }],
    ['another issuer', { claims: { iss: 'https://other.example' }, expect: { reason: 'issuer_unknown' } }],
    [
      'another time',
      { at: '2011-03-22T18:43:00Z', claims: { exp: 1_300_819_350 }, expect: { reason: 'token_expired' } },
    ],
    [
      'a header of its own',
      { claims: {}, header: { typ: 'dpop+jwt' }, expect: { reason: 'type_not_allowed' } },
    ],
    ['another algorithm', { claims: {}, header: { alg: 'PS256' }, expect: { user: '', outcome: 'allowed' } }],
    [
      'an algorithm of secrets',
      { claims: {}, header: { alg: 'HS256' }, expect: { reason: 'algorithm_not_allowed' } },
    ],
    ['a header left out', { claims: {}, header: { kid: null, typ: null }, expect: { outcome: 'allowed' } }],
    ['a token of its own', { token: 'abc', expect: { reason: 'token_malformed' } }],
    ['an empty token', { token: '', expect: { reason: 'token_malformed' } }],
    ['headers', { headers: { 'x-auth-user': 'ann', origin: 'https://a.example' }, expect: { status: 401 } }],
    [
      'a host in a header',
      { request: 'GET /', headers: { host: 'other.example' }, expect: { reason: 'host_unbound' } },
    ],
  ])('knows %s', async (_case, test) => {
    expect(await run(guarded, [test])).toMatchObject(passes);
  });

  it.each([
    ['an allow-list', okta({ algorithms: ['HS256', 'PS256', 'RS256'] })],
    ['Ed25519', okta({ algorithms: ['EdDSA'] })],
    ['ES256K', okta({ algorithms: ['ES256K'] })],
    ['ES512', okta({ algorithms: ['ES512'] })],
    ['secrets that are not here', okta({ keys: { hmac: [{ secretKeyRef: { name: 's', key: 'k' } }] } })],
    [
      'a longer HMAC',
      okta({ algorithms: ['HS512'], keys: { hmac: [{ secretKeyRef: { name: 's', key: 'k' } }] } }),
    ],
    ['inline keys', okta({ keys: { jwks: { keys: [publicJwk('RS256')] } } })],
    [
      'tenants',
      okta({
        issuer: 'https://login.example/{tenantid}/v2.0',
        tenants: ['11111111-2222-4333-8444-555555555555'],
      }),
    ],
    ['any tenant', okta({ issuer: 'https://login.example/{tenantid}/v2.0', tenants: ['*'] })],
    ['no issuer', source('okta', { audiences: ['api'], keys: { jwks: { keys: [publicJwk('RS256')] } } })],
  ])('signs for a source with %s', async (_case, manifest) => {
    expect(
      await run([manifest, orders()], [{ claims: { sub: 'joe' }, expect: { user: 'joe' } }]),
    ).toMatchObject(passes);
  });

  it('does not stand in for keys that the manifests themselves have wrong', async () => {
    const broken = okta({ keys: { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }] } } });
    expect(
      await run([broken, orders()], [{ claims: {}, expect: { reason: 'keys_unavailable' } }]),
    ).toMatchObject(passes);
  });

  it('signs by the source that is named, whether the binding takes it or not', async () => {
    const other = source('other', { issuer: 'https://other.example', audiences: ['api'] });
    const both = orders({ sources: [{ name: 'okta' }, { name: 'other' }] });
    const by = { source: 'shop/other', claims: { sub: 'joe' } };
    const tests = [{ ...by, expect: { source: 'shop/other' } }];
    expect(await run([okta(), other, both], tests)).toMatchObject(passes);
    expect(
      await run([okta(), other, orders()], [{ ...by, expect: { reason: 'issuer_unknown' } }]),
    ).toMatchObject(passes);
  });

  it('gives each source a key of its own', async () => {
    const other = source('other', { issuer: 'https://other.example', audiences: ['api'] });
    const both = orders({ sources: [{ name: 'okta' }, { name: 'other' }] });
    const forged = { source: 'shop/other', claims: { iss: ISSUER }, expect: { reason: 'signature_invalid' } };
    expect(await run([okta(), other, both], [forged])).toMatchObject(passes);
  });

  it('judges a token of its own by the real keys', async () => {
    const inline = okta({ keys: { jwks: { keys: [publicJwk('RS256')] } } });
    const test = () => ({ token: withClaims({ aud: 'api' }), expect: { user: 'joe' } });
    expect(await run([inline, orders()], [test(), { ...test(), at: String(NOW) }])).toMatchObject({
      code: 0,
    });
  });

  it('tells of a failure in a line, with the step that decided', async () => {
    const admin = orders({ rules: [{ name: 'all', require: { roles: { anyOf: ['admin'] } } }] });
    const { code, out } = await run(
      [okta(), admin],
      [
        {
          name: 'joe passes',
          claims: { sub: 'joe' },
          expect: { status: 200, user: 'joe', forwarded: { 'x-auth-user': 'joe' } },
        },
        { expect: { status: 401 } },
      ],
    );
    expect(code).toBe(1);
    const [failure, summary] = out.split('\n');
    expect(failure).toMatch(
      /^FAIL .*t\.yaml:2: joe passes: expected status 200, x-auth-user joe; got status 403, x-auth-user none; decided by require: role_mismatch: No Role\(s\) are associated for user joe/,
    );
    expect(summary).toBe('1 passed, 1 failed');
  });

  it.each([
    [
      'an unknown field',
      { expect: { status: 200 }, clams: {} },
      'unknown field "clams"; did you mean claims?',
    ],
    ['an unknown expectation', { expect: { stats: 200 } }, 'did you mean status?'],
    ['an unknown reason', { expect: { reason: 'token_mising' } }, 'did you mean token_missing?'],
    ['nothing expected', { expect: {} }, 'nothing is expected here'],
    ['no header expected', { expect: { forwarded: {} } }, 'nothing is expected here'],
    ['no expectation', {}, 'expect is required'],
    [
      'a token and claims',
      { token: 'a', claims: {}, expect: { status: 200 } },
      'there are a token and claims',
    ],
    [
      'a source for nothing',
      { source: 'shop/okta', expect: { status: 401 } },
      'source says how claims are signed',
    ],
    [
      'an unknown source',
      { source: 'shop/otka', claims: {}, expect: { status: 401 } },
      'there is no AuthenticationSource shop/otka',
    ],
    ['no time', { at: 'noon', expect: { status: 401 } }, 'this is no time'],
    ['no request', { request: 'orders', expect: { status: 401 } }, 'must be "METHOD URL"'],
    ['no host', { request: 'GET /', expect: { status: 401 } }, 'names no host'],
    ['no header', { headers: { 'a b': 'c' }, expect: { status: 401 } }, 'must be "name: value"'],
  ])('refuses a file with %s, and says where', async (_case, test, problem) => {
    const { code, out, err } = await run(guarded, [test]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(problem);
    expect(err).toMatch(/t\.yaml:\d+:\d+: error: /);
  });

  it.each([
    ['no tests', 'tests: []\n', 'the list is empty'],
    ['a comment alone', '# nothing\n', 'there is no test in this file'],
    ['a manifest', yaml([okta()]), 'this is a manifest'],
  ])('refuses a file with %s', async (_case, text, problem) => {
    const folder = folderWith({ 'm.yaml': yaml(guarded), 't.yaml': text });
    const ended = await runCommand(command, ['-f', path.join(folder, 'm.yaml'), path.join(folder, 't.yaml')]);
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err).toContain(problem);
  });

  it('fails where a manifest cannot be read', async () => {
    const tests = stringify({
      tests: [{ name: 'a', request: 'GET https://a/', expect: { reason: 'host_unbound' } }],
    });
    const folder = folderWith({ 'm.yaml': 'a: [', 't.yaml': tests });
    const ended = await runCommand(command, ['-f', path.join(folder, 'm.yaml'), path.join(folder, 't.yaml')]);
    expect(ended).toMatchObject({ code: 1, out: '0 passed, 1 failed\n' });
  });

  it.each([
    ['no manifests', ['t.yaml']],
    ['no tests', ['-f', 'm.yaml']],
    ['one standard input for two', ['-f', '-', '-']],
  ])('refuses %s', async (_case, args) => {
    await expect(runCommand(command, args)).rejects.toThrow(UsageError);
  });
});
