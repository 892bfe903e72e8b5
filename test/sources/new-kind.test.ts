/**
 * A kind of source that exists here alone is added to a copy of the checkout: its folder in src/sources, its branch of
 * the CRD, its branch of the compiler, and its line in the table of each. Nothing else is touched.
 */

import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/server.ts';
import { publicJwk, token } from '../support/tokens.ts';
import { startValidator, type Validator } from '../support/validator.ts';

const checkout = path.join(import.meta.dirname, '..', '..');
const LEFT_BEHIND = ['node_modules', '.git', '.cache', 'dist', 'coverage'];
const run = promisify(execFile);

const NOW = Math.floor(Date.now() / 1000);
const ISSUER = 'https://issuer.example';
const CLAIMS = { iss: ISSUER, sub: 'joe', aud: 'orders', groups: ['buyer'], exp: NOW + 3600, iat: NOW };

const MANIFESTS = `
apiVersion: portcullis.dev/v1alpha1
kind: AuthenticationSource
metadata: {name: idp, namespace: shop}
spec:
  jwt: {issuer: "${ISSUER}", audiences: [orders], keys: {jwks: {keys: [${JSON.stringify(publicJwk('RS256'))}]}}}
---
apiVersion: portcullis.dev/v1alpha1
kind: AuthenticationSource
metadata: {name: words, namespace: shop}
spec:
  type: Fake
  fake:
    callers:
      - {word: open, user: ann, roles: [buyer]}
      - {word: wait, user: bob, roles: [buyer], answer: Later}
      - {word: look, user: eve}
---
apiVersion: portcullis.dev/v1alpha1
kind: ApiBinding
metadata: {name: orders, namespace: shop}
spec:
  targetRefs: [{kind: Service, name: orders}]
  hosts: [orders.example]
  sources: [{name: idp}, {name: words}]
  rules: [{require: {roles: {anyOf: [buyer]}}}]
`;

let root: string;
let remove: () => Promise<void>;
let validator: Validator;

const inCopy = (program: string, ...args: readonly string[]) =>
  run(process.execPath, [program, ...args], { cwd: root });

/** Each of `changes` must find its place exactly once. */
async function edit(file: string, ...changes: readonly (readonly [before: string, after: string])[]) {
  let text = await readFile(path.join(root, file), 'utf8');
  for (const [before, after] of changes) {
    expect(text.split(before), before).toHaveLength(2);
    text = text.replace(before, () => after);
  }
  await writeFile(path.join(root, file), text);
}

async function addKind(): Promise<void> {
  const fake = path.join(import.meta.dirname, 'fake');
  await mkdir(path.join(root, 'src/sources/fake'));
  await cp(path.join(fake, 'policy.ts.txt'), path.join(root, 'src/sources/fake/policy.ts'));
  await cp(path.join(fake, 'kind.ts.txt'), path.join(root, 'src/sources/fake/kind.ts'));
  await cp(path.join(fake, 'compiler.ts.txt'), path.join(root, 'src/compiler/fake.ts'));
  await cp(path.join(fake, 'wire.ts.txt'), path.join(root, 'wire.ts'));
  await edit(
    'crds/authenticationsources.yaml',
    ['enum: [JWT, Introspection, ApiKey]', 'enum: [JWT, Introspection, ApiKey, Fake]'],
    ["!has(self.type) || self.type == 'JWT'", "!has(self.type) || self.type in ['JWT', 'Fake']"],
    [
      '                jwt:\n',
      `${await readFile(path.join(fake, 'crd.yaml'), 'utf8')}                jwt:\n`,
    ],
  );
  await edit(
    'src/sources/kinds.ts',
    ['import { JWT } from', "import { Fake } from './fake/kind.ts';\nimport { JWT } from"],
    ['= { JWT };', '= { JWT, Fake };'],
  );
  await edit(
    'src/compiler/source-kinds.ts',
    [
      'import { JWT_COMPILER } from',
      "import { FAKE_COMPILER } from './fake.ts';\nimport { JWT_COMPILER } from",
    ],
    ['JWT: JWT_COMPILER }', 'JWT: JWT_COMPILER, Fake: FAKE_COMPILER }'],
  );
}

beforeAll(async () => {
  ({ path: root, remove } = await temporaryFolder('new-kind'));
  const isTaken = (file: string) => !LEFT_BEHIND.includes(path.relative(checkout, file));
  await cp(checkout, root, { recursive: true, filter: isTaken });
  await symlink(path.join(checkout, 'node_modules'), path.join(root, 'node_modules'));
  await addKind();
  await inCopy('tools/generate.ts');
  validator = await startValidator({ manifests: MANIFESTS, root });
});

afterAll(async () => {
  await validator?.stop();
  await remove?.();
});

it('asks for no change elsewhere: types and import rules hold', async () => {
  const product = { extends: './tsconfig.json', include: ['src/cli/main.ts', 'src/validator/main.ts'] };
  await writeFile(path.join(root, 'product.json'), JSON.stringify(product));
  await inCopy('node_modules/typescript/bin/tsc', '--project', 'product.json');
  await inCopy('tools/import-rules.ts');
  await inCopy('tools/names.ts');
});

it('travels to validators beside JWT sources', async () => {
  await writeFile(path.join(root, 'manifests.yaml'), MANIFESTS);
  const { stdout } = await inCopy('wire.ts', 'manifests.yaml');
  expect(JSON.parse(stdout)).toEqual([
    ['shop/idp', null],
    ['shop/words', 'Fake'],
  ]);
});

describe('a binding of two kinds of sources', () => {
  const ask = (credential: string) =>
    validator.ask({
      target: '/',
      headers: [
        ['host', 'orders.example'],
        ['authorization', `Bearer ${credential}`],
      ],
    });
  const hits = () => validator.metric('portcullis_token_cache_hits_total');

  it.each([
    ['a token', token({ claims: CLAIMS }), 'joe'],
    ['a word', 'fake-open', 'ann'],
    ['a word whose answer comes later', 'fake-wait', 'bob'],
  ])('takes %s', async (_, credential, user) => {
    const { status, headers } = await ask(credential);
    expect([status, headers['x-auth-user']]).toEqual([200, user]);
  });

  it.each([
    ['a word that nobody has', 'fake-other', 401, 'signature_invalid'],
    ['a forged token', `${token({ claims: CLAIMS }).slice(0, -8)}AAAAAAAA`, 401, 'signature_invalid'],
    ['a token of another issuer', token({ claims: { ...CLAIMS, iss: 'fake-open' } }), 401, 'issuer_unknown'],
    ['what no kind takes', 'nonsense', 401, 'token_malformed'],
    ['a caller without the role', 'fake-look', 403, 'role_mismatch'],
  ])('refuses %s', async (_, credential, status, reason) => {
    const answer = await ask(credential);
    expect([answer.status, JSON.parse(answer.body).reason]).toEqual([status, reason]);
  });

  it.each([
    ['token', token({ claims: CLAIMS }), 1],
    ['word that says so', 'fake-wait', 1],
    ['word that does not', 'fake-open', 0],
  ])('keeps the identity of a %s', async (_, credential, kept) => {
    await ask(credential);
    const before = await hits();
    await ask(credential);
    expect(await hits()).toBe(before + kept);
  });
});
