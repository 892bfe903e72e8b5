/** Specs that the structure of the CRDs alone refuses, each beside one that passes. */

import type { JsonObject } from '../../src/base/json.ts';
import { binding } from './binding-specs.ts';
import type { Kind } from './cases.ts';
import { jwt } from './source-cases.ts';

export interface StructureCase {
  readonly what: string;
  readonly kind: Kind;
  readonly refused: JsonObject;
  readonly accepted: JsonObject;
}

const list = (length: number, item: (index: number) => JsonObject | string): JsonObject[string] =>
  Array.from({ length }, (_, index) => item(index));

const source = (what: string, refused: JsonObject, accepted: JsonObject): StructureCase => ({
  what,
  kind: 'AuthenticationSource',
  refused: jwt(refused),
  accepted: jwt(accepted),
});

const api = (what: string, refused: JsonObject, accepted: JsonObject): StructureCase => ({
  what,
  kind: 'ApiBinding',
  refused: binding(refused),
  accepted: binding(accepted),
});

const asksFor = (...scopes: readonly string[]): JsonObject => ({
  rules: [{ require: { expressions: [{ expression: 'true', scopes: [...scopes] }] } }],
});
const called = (mcp: JsonObject): JsonObject => ({
  mcp: { versions: ['2026-07-28'] },
  rules: [{ match: { mcp } }],
});
const login = (authentication: JsonObject): JsonObject => ({ rules: [{ require: { authentication } }] });

export const STRUCTURE_CASES: readonly StructureCase[] = [
  source('unknown fields', { audience: ['a'] }, { audiences: ['a'] }),
  source(
    'unknown fields below lists',
    { requiredClaims: [{ claim: 'a', value: ['b'] }] },
    { requiredClaims: [{ claim: 'a', values: ['b'] }] },
  ),
  source('enumerations', { preset: 'okta' }, { preset: 'Okta' }),
  source('the names of algorithms', { algorithms: ['none'] }, { algorithms: ['Ed25519'] }),
  source('text that is not text', { audiences: [5] }, { audiences: ['5'] }),
  source('lists that are none', { audiences: 'a' }, { audiences: ['a'] }),
  source('empty text', { audiences: [''] }, { audiences: [' '] }),
  source('long text', { audiences: ['a'.repeat(256)] }, { audiences: ['a'.repeat(255)] }),
  source('length in code points', { audiences: ['𝒜'.repeat(256)] }, { audiences: ['𝒜'.repeat(255)] }),
  source('long lists', { audiences: list(65, String) }, { audiences: list(64, String) }),
  source(
    'long expressions',
    { expressions: [{ expression: 'a'.repeat(2049) }] },
    { expressions: [{ expression: 'a'.repeat(2048) }] },
  ),
  source('durations without unit', { clockSkew: '30' }, { clockSkew: '30s' }),
  source('fractions of durations', { clockSkew: '1.5s' }, { clockSkew: '1s500ms' }),
  source('durations of five parts', { maxTokenAge: '1s1s1s1s1s' }, { maxTokenAge: '1s1s1s1s' }),
  source(
    'a space behind an issuer',
    { issuer: 'https://id.example.com ' },
    { issuer: 'https://id.example.com' },
  ),
  source(
    'spaces in an issuer that no eye tells from others',
    { acceptedIssuers: ['The\u00a0shop'] },
    { acceptedIssuers: ['The shop'] },
  ),
  source('two spaces in an issuer', { acceptedIssuers: ['The  shop'] }, { acceptedIssuers: ['The shop é'] }),
  source(
    'control characters in an issuer',
    { acceptedIssuers: ['a\u000bb'] },
    { acceptedIssuers: ['a b c'] },
  ),
  source(
    'members of keys whose names YAML 1.1 takes for booleans',
    { keys: { jwks: { keys: [{ kty: 'EC', y: 5 }] } } },
    { keys: { jwks: { keys: [{ kty: 'EC', y: '5' }] } } },
  ),
  source(
    'the other one',
    { keys: { jwks: { keys: [{ kty: 'RSA', n: 'a'.repeat(4097) }] } } },
    { keys: { jwks: { keys: [{ kty: 'RSA', n: 'a'.repeat(4096) }] } } },
  ),
  source(
    'foreign spaces in a URL',
    { keys: { jwksURI: 'https://id.example.com/\u00a0' } },
    { keys: { jwksURI: 'https://id.example.com/é' } },
  ),
  source('no keys', { keys: { jwks: { keys: [] } } }, { keys: {} }),
  source(
    'names of Secrets',
    { keys: { hmac: [{ secretKeyRef: { name: 'Shared', key: 'a' } }] } },
    { keys: { hmac: [{ secretKeyRef: { name: 'shared', key: 'a' } }] } },
  ),
  source(
    'half a reference',
    { keys: { hmac: [{ secretKeyRef: { name: 'shared' } }] } },
    { keys: { hmac: [{ secretKeyRef: { name: 'shared', key: 'A_b.c' } }] } },
  ),
  {
    what: 'sources are required',
    kind: 'ApiBinding',
    refused: { targetRefs: [{ kind: 'Service', name: 'a' }] },
    accepted: binding({}),
  },
  api('no sources', { sources: [] }, { sources: [{ name: 'a' }] }),
  api(
    'many sources',
    { sources: list(17, (n) => ({ name: `s${n}` })) },
    { sources: list(16, (n) => ({ name: `s${n}` })) },
  ),
  api(
    'other kinds of targets',
    { targetRefs: [{ kind: 'Pod', name: 'a' }] },
    { targetRefs: [{ kind: 'StatefulSet', name: 'a' }] },
  ),
  api('no targets', { targetRefs: [] }, {}),
  api('no credentials', { credentials: [] }, { credentials: [{ in: 'Header', name: 'X-Api-Token' }] }),
  api(
    'spaces in a scheme',
    { credentials: [{ in: 'Header', name: 'a', scheme: 'Bearer ' }] },
    { credentials: [{ in: 'Header', name: 'a', scheme: 'Bearer' }] },
  ),
  api('ports out of range', { ports: [{ port: 65_536 }] }, { ports: [{ port: 65_535 }] }),
  api('ports that are no integers', { ports: [{ port: 80.5 }] }, { ports: [{ port: 80 }] }),
  api('many rules', { rules: list(65, () => ({})) }, { rules: list(64, () => ({})) }),
  api(
    'many paths',
    { rules: [{ match: { paths: list(17, () => ({ type: 'Exact', value: '/' })) } }] },
    { rules: [{ match: { paths: list(16, () => ({ type: 'Exact', value: '/' })) } }] },
  ),
  api('many classes of logins', login({ acr: list(17, String) }), login({ acr: list(16, String) })),
  api('a class with a space', login({ acr: ['phr phrh'] }), login({ acr: ['phr', 'phrh'] })),
  api('a class with a quote', login({ acr: ['a"b'] }), login({ acr: ["!#$%&'()*[]^_`{|}~"] })),
  api('a class with a backslash', login({ acr: ['a\\b'] }), login({ acr: ['a/b'] })),
  api('a class beyond ASCII', login({ acr: ['é'] }), login({ acr: ['e'.repeat(128)] })),
  api('an age in milliseconds', login({ maxAge: '1500ms' }), login({ maxAge: '1h15m30s' })),
  api('an MCP server without versions', { mcp: {} }, { mcp: { versions: ['2026-07-28'] } }),
  api(
    'a version of MCP that is a number',
    { mcp: { versions: [2026] } },
    { mcp: { versions: ['2026-12-01'], other: 'Deny' } },
  ),
  api('a method of MCP with a comma', called({ methods: ['a,b'] }), called({ methods: ['a', 'b'] })),
  api(
    'a method of MCP with a space',
    called({ methods: ['a b'] }),
    called({ methods: ['vendor.example/a-b'] }),
  ),
  api('many names', called({ names: list(65, String) }), called({ names: list(64, String) })),
  api('an empty name', called({ names: [''] }), called({ names: [] })),
  api('a scope to ask for with a space', asksFor('a b'), asksFor('https://graph.example/Files.Read')),
  api('many scopes to ask for', asksFor(...Array(17).fill('a')), asksFor(...Array(16).fill('a'))),
  api('many hosts', { hosts: list(33, (n) => `h${n}`) }, { hosts: list(32, (n) => `h${n}`) }),
  api(
    'the type of a path',
    { rules: [{ match: { paths: [{ value: '/' }] } }] },
    { rules: [{ match: { paths: [{ type: 'Exact', value: '/' }] } }] },
  ),
  api('other modes', { mode: 'Observe' }, { mode: 'Audit' }),
  api('modes in lower case', { mode: 'trial' }, { mode: 'Trial' }),
  api('names of rules', { rules: [{ name: 'a b' }] }, { rules: [{ name: 'a-b' }] }),
  api(
    'namespaces',
    { sources: [{ name: 'a', namespace: 'a.b' }] },
    { sources: [{ name: 'a', namespace: 'a-b' }] },
  ),
  api(
    'long names',
    { targetRefs: [{ kind: 'Service', name: 'a'.repeat(254) }] },
    { targetRefs: [{ kind: 'Service', name: 'a'.repeat(253) }] },
  ),
];
