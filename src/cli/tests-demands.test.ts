import path from 'node:path';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { binding, source, yaml } from '../../test/support/manifests.ts';
import { testWith } from './policy-tests.ts';
import { folderWith, runCommand } from './testing/run.ts';

const okta = (jwt: object) =>
  source('okta', { issuer: 'https://issuer.example', audiences: ['api'], ...jwt });
const orders = () => binding('orders', { sources: [{ name: 'okta' }] });

function run(manifests: readonly object[], tests: readonly object[]) {
  const written = tests.map((test) => ({ name: 'a test', request: 'GET https://orders.example/', ...test }));
  const folder = folderWith({ 'm.yaml': yaml(manifests), 't.yaml': stringify({ tests: written }) });
  return runCommand(
    (args, surroundings) => testWith(args, surroundings, () => Promise.reject(new Error('nobody is asked'))),
    ['-f', path.join(folder, 'm.yaml'), path.join(folder, 't.yaml')],
  );
}

const passes = { code: 0, out: '1 passed, 0 failed\n' };
const client = { clientIDs: ['a', 'b'] };
const dotted = { requiredClaims: [{ claim: 'realm.team', values: ['web', 'ops'] }] };

it.each([
  ['Keycloak', okta({ preset: 'Keycloak' }), {}, 'authenticated'],
  ['Keycloak, and another claim', okta({ preset: 'Keycloak' }), { typ: 'ID' }, 'claim_rejected'],
  ['Keycloak, and none', okta({ preset: 'Keycloak' }), { typ: null }, 'claim_rejected'],
  ['Cognito', okta({ preset: 'Cognito', audiences: undefined, ...client }), {}, 'authenticated'],
  ['clients', okta(client), {}, 'authenticated'],
  ['clients, and another one', okta(client), { cid: 'c' }, 'client_not_allowed'],
  ['a claim by its path', okta(dotted), {}, 'authenticated'],
  ['a claim by its path, and another value', okta(dotted), { realm: { team: 'x' } }, 'claim_rejected'],
  ['a claim that must be there', okta({ requiredClaims: [{ claim: 'email' }] }), {}, 'claim_rejected'],
  ['types', okta({ tokenTypes: ['at+jwt'] }), {}, 'authenticated'],
  ['no type', okta({ tokenTypes: ['', 'at+jwt'] }), {}, 'authenticated'],
])('fills in what a source demands: %s', async (_, manifest, claims, reason) => {
  expect(await run([manifest, orders()], [{ claims, expect: { reason } }])).toMatchObject(passes);
});

it('says what a claim must be', async () => {
  const claims = okta({
    requiredClaims: [
      { claim: 'typ', values: ['Bearer', 'x'] },
      { claim: 'email', values: ['a'] },
    ],
  });
  const { out } = await run([claims, orders()], [{ claims: { typ: 'ID' }, expect: { status: 200 } }]);
  expect(out).toContain(
    'claim_rejected: The token\'s claim typ is not as required. (claim typ: "ID"; expected one of "Bearer", "x")\n',
  );
});
