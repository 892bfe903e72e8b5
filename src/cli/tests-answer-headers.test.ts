/** `expect.headers` of a policy test: it compares the headers of the answer, such as a challenge or a redirect. */

import path from 'node:path';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { binding, source, yaml } from '../../test/support/manifests.ts';
import { testWith } from './policy-tests.ts';
import { folderWith, runCommand } from './testing/run.ts';

const manifests = [
  source('okta', { issuer: 'https://issuer.example' }),
  binding('orders', {
    sources: [{ name: 'okta' }],
    hosts: ['orders.example'],
    resource: { identifier: 'https://orders.example/mcp' },
    rules: [{ require: { scopes: { allOf: ['orders:read'] } } }],
    answers: { login: { url: 'https://login.example/?rd={url}', hosts: ['orders.example'] } },
  }),
];

const CHALLENGE =
  'Bearer realm="shop/orders", scope="orders:read", resource_metadata="https://orders.example/.well-known/oauth-protected-resource/mcp"';
const SENT = 'https://login.example/?rd=https%3A%2F%2Forders.example%2Fa';

function run(test: object) {
  const written = { name: 'one', request: 'GET https://orders.example/a', ...test };
  const folder = folderWith({ 'm.yaml': yaml(manifests), 't.yaml': stringify({ tests: [written] }) });
  const files = ['-f', path.join(folder, 'm.yaml'), path.join(folder, 't.yaml')];
  return runCommand((args, surroundings) => testWith(args, surroundings, nobody), files);
}

const nobody = () => Promise.reject(new Error('nobody is to be asked'));
const browser = { headers: { 'sec-fetch-mode': 'navigate' } };

it.each([
  ['a challenge', { expect: { headers: { 'WWW-Authenticate': CHALLENGE, location: '' } } }],
  ['a redirect', { ...browser, expect: { headers: { location: SENT, 'www-authenticate': '' } } }],
  [
    'the metadata',
    {
      request: 'GET https://orders.example/.well-known/oauth-protected-resource/mcp',
      expect: { headers: { 'content-type': 'application/json' } },
    },
  ],
  [
    'nothing, of what goes on',
    { claims: { scope: 'orders:read' }, expect: { headers: { 'www-authenticate': '' } } },
  ],
])('%s', async (_, test) => {
  expect(await run(test)).toMatchObject({ code: 0, out: '1 passed, 0 failed\n' });
});

it('says what came instead', async () => {
  const { code, out } = await run({ expect: { headers: { location: SENT } } });
  expect(code).toBe(1);
  expect(out).toContain(`expected location ${SENT}; got location none`);
  expect((await run({ ...browser, expect: { headers: { location: '' } } })).out).toContain(
    `got location ${SENT}`,
  );
});

it('refuses a test that expects no header', async () => {
  const { code, err } = await run({ expect: { status: 401, headers: {} } });
  expect([code, err]).toEqual([2, expect.stringContaining('nothing is expected here')]);
});
