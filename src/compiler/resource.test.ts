import { describe, expect, it } from 'vitest';
import { compileBinding, rulesOf } from './binding.fixture.ts';
import { binding, compileManifests, source, summaries } from './compile.fixture.ts';
import { MAX_SCOPES_TOLD } from './told-scopes.ts';

const resourceOf = (spec: string, ...others: readonly string[]) => {
  const [policy] = compileBinding(spec, ...others);
  return rulesOf(policy).resource;
};
const documentOf = (spec: string, ...others: readonly string[]): unknown =>
  JSON.parse(resourceOf(spec, ...others)?.metadata?.body ?? 'null');

describe('the place of the metadata, by the identifier', () => {
  it.each([
    ['https://h.example', 'h.example', '', 'https://h.example'],
    ['https://h.example/', 'h.example', '', 'https://h.example'],
    ['https://h.example:8443', 'h.example', '', 'https://h.example:8443'],
    ['https://h.example/mcp', 'h.example', '/mcp', 'https://h.example'],
    ['https://h.example/a/b', 'h.example', '/a/b', 'https://h.example'],
    ['https://h.example/a/', 'h.example', '/a/', 'https://h.example'],
    ['https://h.example/a%20b', 'h.example', '/a%20b', 'https://h.example'],
    ['http://localhost:8080/mcp', 'localhost', '/mcp', 'http://localhost:8080'],
    ['https://[2001:db8::1]:8443/x', '[2001:db8::1]', '/x', 'https://[2001:db8::1]:8443'],
  ] as const)('%s', (identifier, host, path, origin) => {
    const [policy] = compileBinding(`resource: {identifier: "${identifier}"}`);
    const { resource, resourceMetadata } = rulesOf(policy);
    expect(resource?.metadata).toMatchObject({ host, path: `/.well-known/oauth-protected-resource${path}` });
    expect(resourceMetadata).toBe(`${origin}/.well-known/oauth-protected-resource${path}`);
  });

  it('is none where somebody else serves it, and challenges name what the author does', () => {
    const url = 'https://elsewhere.example/metadata';
    const [policy] = compileBinding(
      `resource: {identifier: "https://h.example/mcp", metadata: None}, resourceMetadata: "${url}"`,
    );
    expect(rulesOf(policy)).toMatchObject({
      resource: { audiences: ['https://h.example/mcp'] },
      resourceMetadata: url,
    });
    expect(rulesOf(policy).resource).not.toHaveProperty('metadata');
  });

  it('and a binding without a resource has the policy that it had', () => {
    expect(resourceOf('rules: []')).toBeUndefined();
    const [policy] = compileBinding('rules: []');
    expect(policy.judgement).not.toHaveProperty('resource');
  });
});

describe('the metadata', () => {
  it('tells what the binding knows, and nothing that has no value', () => {
    expect(documentOf('resource: {identifier: "https://h.example/mcp"}')).toEqual({
      resource: 'https://h.example/mcp',
      authorization_servers: ['https://okta.example'],
      bearer_methods_supported: ['header'],
    });
  });

  it('tells the name, the page and the scopes as the author writes them', () => {
    const spec =
      'resource: {identifier: "https://h.example/mcp", name: "Files \\"2\\"", documentation: "https://docs.example/x", scopes: ["b", "a"]}, rules: [{require: {scopes: {allOf: [c]}}}]';
    expect(documentOf(spec)).toMatchObject({
      resource_name: 'Files "2"',
      resource_documentation: 'https://docs.example/x',
      scopes_supported: ['b', 'a'],
    });
  });

  it('tells the scopes that rules ask for, each once, but none of a rule that lets nobody in', () => {
    const rules = `rules: [
      {match: {methods: [POST]}, require: {scopes: {allOf: ["files:write"], anyOf: [x, "files:read"]}}},
      {match: {methods: [PUT]}, authentication: Deny, require: {scopes: {allOf: [never]}}},
      {require: {scopes: {anyOf: ["files:read", offline_access, "no scope"], noneOf: [banned]}}}]`;
    expect(documentOf(`resource: {identifier: "https://h.example"}, ${rules}`)).toMatchObject({
      scopes_supported: ['files:write', 'x', 'files:read'],
    });
  });

  it('tells a bounded number of them', () => {
    const scopes = Array.from({ length: 40 }, (_, i) => `s${i}`);
    const rule = (prefix: string) =>
      `{match: {methods: [${prefix}]}, require: {scopes: {anyOf: [${scopes.map((one) => prefix + one).join(', ')}]}}}`;
    const told = documentOf(
      `resource: {identifier: "https://h.example"}, rules: [${rule('PUT')}, ${rule('GET')}]`,
    );
    expect(told).toMatchObject({ scopes_supported: { length: MAX_SCOPES_TOLD } });
  });

  it('tells the issuers of all sources that are there, in the order of the binding', () => {
    const spec =
      'sources: [{name: kc}, {name: nowhere}, {name: shared, namespace: identity}, {name: okta}, {name: private, namespace: identity}]';
    expect(documentOf(`${spec}, resource: {identifier: "https://h.example"}`)).toMatchObject({
      authorization_servers: ['https://kc.example', 'https://shared.example', 'https://okta.example'],
    });
  });

  it.each([
    ['no issuer', 'keys: {jwksURI: "https://x.example/keys"}, audiences: [a]'],
    [
      'an issuer for many tenants',
      'issuer: "https://login.example/{tenantid}/v2.0", tenants: ["*"], audiences: [a], keys: {jwksURI: "https://x.example/keys"}',
    ],
    ['an issuer that is no URL', 'issuer: joe, audiences: [a], keys: {jwksURI: "https://x.example/keys"}'],
    [
      'an issuer over http',
      'issuer: "http://id.example", audiences: [a], keys: {jwksURI: "https://x.example/keys"}',
    ],
  ])('names no authorization server for %s, and the author learns of it', (_, jwt) => {
    const odd = source('shop/odd', jwt);
    const spec = 'sources: [{name: odd}], resource: {identifier: "https://h.example"}';
    expect(documentOf(spec, odd)).toEqual({
      resource: 'https://h.example',
      bearer_methods_supported: ['header'],
    });
    const [, result] = compileBinding(spec, odd);
    expect(summaries(result)).toContain('warning ResourceWithoutIssuer spec.resource.metadata');
    const [, silent] = compileBinding(spec.replace('"}', '", metadata: None}'), odd);
    expect(summaries(silent).join()).not.toContain('ResourceWithoutIssuer');
  });

  it('names an issuer on this machine, over http', () => {
    const local = source('shop/local', 'issuer: "http://127.0.0.1:3000/realms/a", audiences: [a]');
    expect(
      documentOf('sources: [{name: local}], resource: {identifier: "https://h.example"}', local),
    ).toMatchObject({
      authorization_servers: ['http://127.0.0.1:3000/realms/a'],
    });
  });

  it.each([
    [
      '[{in: Header, name: Authorization, scheme: bearer}, {in: Query, name: access_token}]',
      ['header', 'query'],
    ],
    [
      '[{in: Query, name: token}, {in: Header, name: X-Token}, {in: Header, name: Authorization, scheme: DPoP}]',
      undefined,
    ],
  ])('of credentials %s', (credentials, methods) => {
    const document = documentOf(`credentials: ${credentials}, resource: {identifier: "https://h.example"}`);
    expect((document as { bearer_methods_supported?: unknown }).bearer_methods_supported).toEqual(methods);
  });

  it('follows an issuer that changes, though the binding does not', () => {
    const files = (issuer: string) => [
      source('shop/okta', `issuer: "${issuer}", audiences: [a]`),
      binding('shop/api', 'sources: [{name: okta}], resource: {identifier: "https://h.example"}'),
    ];
    const bodies = ['https://one.example', 'https://two.example'].map((issuer) => {
      const [policy] = compileManifests(files(issuer)).update.policy.bindings;
      return policy === undefined ? '' : rulesOf(policy).resource?.metadata?.body;
    });
    expect(bodies[0]).toContain('https://one.example');
    expect(bodies[1]).toContain('https://two.example');
  });
});

describe('the audiences', () => {
  it.each([
    ['{identifier: "https://h.example"}', ['https://h.example', 'https://h.example/']],
    ['{identifier: "https://h.example/"}', ['https://h.example/', 'https://h.example']],
    ['{identifier: "https://h.example/mcp"}', ['https://h.example/mcp']],
    ['{identifier: "https://h.example/mcp/"}', ['https://h.example/mcp/']],
    [
      '{identifier: "https://h.example/mcp", audiences: ["api://5f2", mcp, mcp]}',
      ['https://h.example/mcp', 'api://5f2', 'mcp'],
    ],
  ])('of %s', (resource, audiences) => {
    expect(resourceOf(`resource: ${resource}`)?.audiences).toEqual(audiences);
  });

  const OPEN = source('shop/open', 'issuer: "https://open.example"');
  const api = (name: string, rest = '') =>
    binding(`shop/${name}`, `sources: [{name: open}], hosts: [${name}.example]${rest}`);
  const A = api('a', ', resource: {identifier: "https://a.example"}');

  it.each([
    ['no binding', [], true],
    ['a binding with a resource', [A], false],
    ['two with one each', [A, api('b', ', resource: {identifier: "https://b.example"}')], false],
    ['one with a resource, and one without', [A, api('b')], true],
  ] as const)('a source that checks none is warned of: %s uses it', (_, bindings, isWarned) => {
    const found = summaries(compileManifests([OPEN, ...bindings]));
    expect(found.includes('warning AudienceUnchecked spec.jwt.audiences')).toBe(isWarned);
  });
});

describe('of identifiers', () => {
  it.each([
    [
      'a slash behind a path',
      'resource: {identifier: "https://h.example/mcp/"}',
      'warning ResourceTrailingSlash spec.resource.identifier',
    ],
    [
      'a host that is not guarded',
      'hosts: [x.example], resource: {identifier: "https://h.example/mcp"}',
      'warning ResourceHostUnguarded spec.resource.identifier',
    ],
  ])('%s is warned of', (_, spec, expected) => {
    const [, result] = compileBinding(spec);
    expect(summaries(result)).toContain(expected);
  });

  it.each([
    'resource: {identifier: "https://h.example/"}',
    'hosts: ["*.example"], resource: {identifier: "https://h.example:8443/mcp"}',
    'hosts: [H.example.], resource: {identifier: "https://h.example/mcp"}',
  ])('%s is not', (spec) => {
    const [, result] = compileBinding(spec);
    expect(summaries(result).filter((text) => text.includes('Resource'))).toEqual([]);
  });
});
