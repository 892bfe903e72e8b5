import { describe, expect, it } from 'vitest';
import {
  decide,
  enforce,
  enforceWithTrials,
  headerOf,
  joe,
  request,
  verdict,
} from '../../test/support/decide.ts';
import { bindingPolicy, rulePolicy } from '../../test/support/policy.ts';
import type { BindingPolicy } from '../policy/policy.ts';
import { compareTrial } from './trial-decision.ts';

const BARE = '/.well-known/oauth-protected-resource';
const BODY = '{"resource":"https://api.example/mcp"}';

const resourceAt = (path = '/mcp', host = 'api.example') => ({
  audiences: [`https://${host}${path}`],
  metadata: { host, path: BARE + path, body: `{"resource":"https://${host}${path}"}` },
});
const guarded = (changes: Partial<BindingPolicy> = {}, resource = resourceAt()) =>
  bindingPolicy({ resource }, changes);

const ask = (pathAndQuery: string, method = 'GET', binding = guarded()) =>
  decide(enforce(binding), request({ pathAndQuery, method }));

describe('the metadata', () => {
  it.each(['GET', 'HEAD'])('is answered to %s, without a token, to any page', (method) => {
    const decision = ask(`${BARE}/mcp`, method);
    expect(decision).toMatchObject({
      outcome: 'served',
      reason: 'resource_metadata',
      binding: 'shop/orders',
      rule: undefined,
      user: undefined,
      status: 200,
      body: BODY,
    });
    expect(headerOf(decision, 'content-type')).toBe('application/json');
    expect(headerOf(decision, 'cache-control')).toBe('max-age=300');
    expect(headerOf(decision, 'access-control-allow-origin')).toBe('*');
  });

  it('may be asked for by a page with headers of its own', () => {
    const decision = ask(`${BARE}/mcp`, 'OPTIONS');
    expect(decision).toMatchObject({ outcome: 'served', status: 204, body: '' });
    expect(headerOf(decision, 'access-control-allow-methods')).toBe('GET, HEAD');
    expect(headerOf(decision, 'access-control-allow-headers')).toBe('*, Authorization');
    expect(headerOf(decision, 'access-control-max-age')).toBe('3600');
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'QUERY'])('has no %s', (method) => {
    const decision = ask(`${BARE}/mcp`, method);
    expect(decision).toMatchObject({ outcome: 'served', status: 405, body: '' });
    expect(headerOf(decision, 'allow')).toBe('GET, HEAD, OPTIONS');
  });

  it.each([
    `${BARE}/mcp/`,
    `${BARE}/mcp?`,
    `${BARE}/mcp?x=1`,
    `${BARE}/mcp;v=1`,
    `${BARE}/mcp/x`,
    `${BARE}//mcp`,
    `${BARE}/./mcp`,
    `${BARE}/x/../mcp`,
    `${BARE}/%6dcp`,
    `${BARE}/MCP`,
    `${BARE}/mc`,
    `/${BARE}/mcp`,
    '/.Well-Known/oauth-protected-resource/mcp',
    '/%2ewell-known/oauth-protected-resource/mcp',
    `/x${BARE}/mcp`,
    '/mcp',
    `${BARE}/`,
    `${BARE}?x=1`,
  ])('is not %s, which is judged by rules', (path) => {
    const decision = ask(path);
    expect(decision.outcome).toBe('denied');
    expect(decision.reason).not.toBe('resource_metadata');
  });

  it.each(['Enforce', 'Audit'] as const)('is answered in mode %s', (mode) => {
    for (const method of ['GET', 'POST']) {
      expect(verdict(ask(`${BARE}/mcp`, method, guarded({ mode })))).toBe('served resource_metadata');
    }
  });

  it('is the app’s affair in mode Disabled', () => {
    expect(verdict(ask(`${BARE}/mcp`, 'GET', guarded({ mode: 'Disabled' })))).toBe('allowed disabled');
  });

  it.each([
    ['a rule that lets nobody in', { rules: [rulePolicy({ authentication: 'Deny' })] }],
    ['a rule that lets everybody in', { rules: [rulePolicy({ authentication: 'None' })] }],
    ['sources that are gone', { sources: [] }],
  ])('goes before %s', (_, changes) => {
    const binding = bindingPolicy({ resource: resourceAt(), ...changes });
    expect(verdict(ask(`${BARE}/mcp`, 'GET', binding))).toBe('served resource_metadata');
  });

  it('is none of a binding that serves none', () => {
    const binding = bindingPolicy({ resource: { audiences: ['a'] } });
    expect(verdict(ask(`${BARE}/mcp`, 'GET', binding))).toBe('denied token_missing');
    expect(verdict(ask(BARE, 'GET', bindingPolicy()))).toBe('denied token_missing');
  });

  it('is not looked at where Host or method is malformed', () => {
    const enforcer = enforce(guarded());
    for (const changes of [{ host: 'a b' }, { method: 'get' }]) {
      const asked = request({ pathAndQuery: `${BARE}/mcp`, ...changes });
      expect(verdict(decide(enforcer, asked))).toBe('denied request_malformed');
    }
  });
});

describe('the bare path', () => {
  it('is that of the only resource of a host', () => {
    expect(ask(BARE)).toMatchObject({ outcome: 'served', body: BODY });
  });

  const files = (host = 'files.example') =>
    guarded({ id: 'shop/files', hosts: ['files.example'] }, resourceAt('/files', host));

  it('is none of two of one host, and each serves its own', () => {
    const enforcer = enforce(guarded(), files('api.example'));
    const at = (host: string, pathAndQuery: string) => decide(enforcer, request({ host, pathAndQuery }));
    expect(verdict(at('api.example', BARE))).toBe('denied token_missing');
    expect(verdict(at('files.example', BARE))).toBe('denied token_missing');
    expect(at('api.example', `${BARE}/mcp`)).toMatchObject({ outcome: 'served', binding: 'shop/orders' });
    expect(at('files.example', `${BARE}/files`)).toMatchObject({ outcome: 'served', binding: 'shop/files' });
    expect(verdict(at('api.example', `${BARE}/files`))).toBe('denied token_missing');
  });

  it('is that of each of two hosts', () => {
    const enforcer = enforce(guarded(), files());
    for (const [host, id] of [
      ['api.example', 'shop/orders'],
      ['files.example', 'shop/files'],
    ] as const) {
      const decision = decide(enforcer, request({ host, pathAndQuery: BARE }));
      expect(decision).toMatchObject({ outcome: 'served', binding: id });
    }
  });

  it('is not taken away by another namespace, which may name any host at a shared gateway', () => {
    const atGateway = { order: 0, hosts: [], routes: [{ kind: 'HTTPRoute', name: 'r' }] } as const;
    const own = guarded({ atGateway });
    const foreign = guarded({ id: 'evil/x', hosts: ['evil.example'], atGateway }, resourceAt('/x'));
    const route = (namespace: string) => ({ namespace, kind: 'HTTPRoute', name: 'r' }) as const;
    const at = (namespace: string, host: string) =>
      decide(enforce(own, foreign), request({ host, route: route(namespace), pathAndQuery: BARE }));
    expect(at('shop', 'api.example')).toMatchObject({ outcome: 'served', binding: 'shop/orders' });
  });

  it('is the very path of a resource without one', () => {
    const host = guarded({}, resourceAt(''));
    const other = guarded({ id: 'shop/files', hosts: ['x.example'] }, resourceAt('/files'));
    const enforcer = enforce(host, other);
    expect(decide(enforcer, request({ pathAndQuery: BARE }))).toMatchObject({ outcome: 'served' });
  });
});

describe('a Trial with a resource', () => {
  const asked = request({ pathAndQuery: `${BARE}/mcp` });

  it('serves nothing where it stands alone', () => {
    const enforcer = enforceWithTrials([], [guarded()]);
    expect(verdict(decide(enforcer, asked))).toBe('audit_denied token_missing');
  });

  const served = ask(`${BARE}/mcp`);
  const denied = ask('/mcp');
  const audited = ask('/mcp', 'GET', guarded({ mode: 'Audit' }));
  const open = bindingPolicy({ rules: [rulePolicy({ authentication: 'None' })] });
  const allowed = ask('/mcp', 'GET', open);

  it.each([
    ['served', served, 'served', served, 'same'],
    ['served', served, 'denied', denied, 'other_reason'],
    ['served', served, 'allowed', allowed, 'other_reason'],
    ['served', served, 'audit_denied', audited, 'other_reason'],
    ['denied', denied, 'served', served, 'would_deny'],
    ['audit_denied', audited, 'served', served, 'would_deny'],
    ['allowed', allowed, 'served', served, 'would_allow'],
  ] as const)('%s, and in force %s: compared', (_, tried, __, inForce, expected) => {
    expect(compareTrial('shop/trial', tried, inForce).verdict).toBe(expected);
  });
});

describe('a token', () => {
  const OTHER = 'https://api.example/other';
  const verdictOf = (aud: unknown, resource = resourceAt()) =>
    verdict(decide(enforce(guarded({}, resource)), request({ token: joe({ aud }) })));

  it.each([
    ['for the resource', 'https://api.example/mcp', true],
    ['for it among others', [OTHER, 'https://api.example/mcp'], true],
    ['for another resource of the same issuer', OTHER, false],
    ['for a part of it', 'https://api.example/mcp/x', false],
    ['for all of its host', 'https://api.example', false],
    ['for it with a slash', 'https://api.example/mcp/', false],
    ['for it in capital letters', 'HTTPS://API.example/mcp', true],
    ['for another path by its case', 'https://api.example/MCP', false],
    ['for nothing', undefined, false],
    ['for an empty list', [], false],
    ['for an empty text', '', false],
  ])('%s', (_, aud, passes) => {
    expect(verdictOf(aud)).toBe(passes ? 'allowed authenticated' : 'denied audience_mismatch');
  });

  it('may name what the provider calls the resource', () => {
    const resource = { ...resourceAt(), audiences: ['https://api.example/mcp', 'api://5F2'] };
    expect(verdictOf('api://5F2', resource)).toBe('allowed authenticated');
    expect(verdictOf('api://5f2', resource)).toBe('denied audience_mismatch');
  });

  it.each([
    ['api://orders', 'api://Orders', 'API://orders'],
    ['urn://shop', 'urn://Shop'],
    ['https://api.example?tenant=a', 'https://api.example?tenant=A'],
    ['https://api.example#a', 'https://api.example#A'],
    ['https://joe@api.example', 'https://Joe@api.example'],
    ['https://api.example', 'https://api.example\n', 'https://api.exampl\u212a'],
  ])('of %s names nothing that is written otherwise', (audience, ...others) => {
    const resource = { ...resourceAt(), audiences: [audience] };
    expect(verdictOf(audience, resource)).toBe('allowed authenticated');
    for (const other of others) expect(verdictOf(other, resource)).toBe('denied audience_mismatch');
  });
});
