import { expect, it } from 'vitest';
import { PROXIES, touchedBy, withoutComments } from './touched.ts';

const filesFor = (change: string, path: string, text: string): readonly string[] => {
  const proxy = PROXIES.find((one) => one.change === change);
  if (proxy === undefined) throw new Error(`no proxy for ${change}`);
  return touchedBy(proxy, [{ path, text }]).files;
};

it.each([
  ['preset', 'src/a.ts', 'const a = { Cognito: 1 };', true],
  ['preset', 'crds/a.yaml', 'enum: [Okta, Cognito]', true],
  ['preset', 'src/a.ts', '/** Of Cognito. */\nconst a = 1; // Cognito', false],
  ['preset', 'src/a.ts', 'const a = CognitoTokens;', false],
  ['requirement of a rule', 'src/a.ts', 'const { scopes, clients } = rule;', true],
  ['requirement of a rule', 'src/a.ts', 'const clients = servers;', false],
  ['kind of source', 'src/compiler/a.ts', 'const { issuer } = source.spec.jwt;', true],
  ['kind of source', 'src/compiler/a.ts', 'type A = AuthenticationSourceJwt;', true],
  ['kind of source', 'src/compiler/a.ts', "import {\n  b,\n} from '../sources/jwt/b.ts';", true],
  ['kind of source', 'src/operator/x/a.ts', "import type { B } from '../../sources/jwt/b.ts';", true],
  ['kind of source', 'src/sources/jwt/a.ts', 'const { issuer } = source.jwt;', false],
  ['kind of source', 'src/compiler/a.ts', "import { b } from '../keys/b.ts';\nconst token = 1;", false],
  ['kind of source', 'src/sources/kinds.ts', "import { JWT } from './jwt/kind.ts';", true],
])('a change of a %s touches %s with %j: %s', (change, path, text, isTouched) => {
  expect(filesFor(change, path, text)).toEqual(isTouched ? [path] : []);
});

it('counts tests, their helpers and their fixtures apart', () => {
  const proxy = { change: 'x', counted: 'any', isTouched: () => true };
  const paths = ['src/a/b.ts', 'src/a/b.test.ts', 'src/a/testing/c.ts', 'src/a/d.fixture.ts'];
  const { files, tests } = touchedBy(
    proxy,
    paths.map((path) => ({ path, text: '' })),
  );
  expect(files).toEqual(['src/a/b.ts']);
  expect(tests).toEqual(['src/a/b.test.ts', 'src/a/testing/c.ts', 'src/a/d.fixture.ts']);
});

it.each([
  ['a(); // b', 'a(); '],
  ['/* a\n b */\nc', '\nc'],
  ["get('https://a.example/*');", "get('https://a.example/*');"],
])('without comments, %j is %j', (text, expected) => {
  expect(withoutComments(text)).toBe(expected);
});
