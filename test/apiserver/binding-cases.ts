/** Cases for the rules of ApiBinding. */

import type { JsonObject } from '../../src/base/json.ts';
import { ANSWER_CASES } from './answer-cases.ts';
import { binding, host, origin, rule, SHOP } from './binding-specs.ts';
import type { RuleCase } from './cases.ts';
import { MCP_CASES } from './mcp-cases.ts';
import { RESOURCE_CASES } from './resource-cases.ts';
import { ROUTE_CASES } from './route-cases.ts';

const selector = (podSelector: JsonObject): JsonObject => ({ podSelector, sources: [{ name: 'okta' }] });
const condition = (members: JsonObject): JsonObject =>
  selector({ matchExpressions: [{ key: 'app', ...members }] });
const target = (members: JsonObject): JsonObject =>
  binding({ targetRefs: [{ kind: 'Deployment', name: 'orders', ...members }] });
const credential = (members: JsonObject): JsonObject => binding({ credentials: [members] });
const login = (authentication: JsonObject): JsonObject => rule({ require: { authentication } });
const forward = (members: JsonObject): JsonObject => binding({ forward: members });
const claimHeader = (header: string): JsonObject => forward({ claims: [{ claim: 'tenant', header }] });

const forwarded = (name: string, no: string, yes: string): RuleCase => ({
  at: `spec.forward.${name}`,
  says: "a forwarded header's name starts with x-",
  refused: forward({ [name]: no }),
  accepted: forward({ [name]: yes }),
});

const GATEWAY_API = 'gateway.networking.k8s.io';

export const BINDING_CASES: readonly RuleCase[] = [
  {
    at: 'spec',
    says: 'exactly one of targetRefs and podSelector',
    refused: binding({ podSelector: { matchLabels: { app: 'orders' } } }),
    accepted: selector({ matchLabels: { app: 'orders' } }),
  },
  {
    at: 'spec',
    says: "a rule's sources must name sources of this binding",
    refused: rule({ sources: ['octa'] }),
    accepted: rule({ sources: ['okta'] }),
  },
  {
    at: 'spec',
    says: 'forward.token: Remove cannot be used together with a Query credential',
    refused: binding({
      credentials: [{ in: 'Query', name: 'access_token' }],
      forward: { token: 'Remove' },
    }),
    accepted: forward({ token: 'Remove' }),
  },
  {
    at: 'spec.targetRefs',
    says: 'targetRefs must not name an object twice',
    refused: binding({
      targetRefs: [
        { kind: 'HTTPRoute', name: 'a', sectionName: 'x' },
        { group: GATEWAY_API, kind: 'HTTPRoute', name: 'a', sectionName: 'x' },
      ],
    }),
    accepted: binding({
      targetRefs: [
        { kind: 'Service', name: 'a' },
        { kind: 'Deployment', name: 'a' },
        { kind: 'HTTPRoute', name: 'a' },
        { kind: 'HTTPRoute', name: 'a', sectionName: 'x' },
        { kind: 'HTTPRoute', name: 'a', sectionName: 'y' },
      ],
    }),
  },
  {
    at: 'spec.targetRefs[]',
    says: 'only a rule of an HTTPRoute or a GRPCRoute is named by sectionName',
    refused: target({ sectionName: 'admin' }),
    accepted: target({ kind: 'GRPCRoute', sectionName: 'admin' }),
  },
  {
    at: 'spec.targetRefs[]',
    says: 'this kind is not in that group',
    refused: target({ group: '' }),
    accepted: target({ group: 'apps' }),
  },
  {
    at: 'spec.podSelector',
    says: 'an empty podSelector would choose every pod',
    refused: selector({}),
    accepted: condition({ operator: 'Exists' }),
  },
  {
    at: 'spec.podSelector.matchExpressions[]',
    says: 'In and NotIn need values',
    refused: condition({ operator: 'In' }),
    accepted: condition({ operator: 'In', values: ['orders'] }),
  },
  {
    at: 'spec.podSelector.matchExpressions[]',
    says: 'Exists and DoesNotExist take no values',
    refused: condition({ operator: 'Exists', values: ['orders'] }),
    accepted: condition({ operator: 'Exists', values: [] }),
  },
  host('spec.hosts[]', (hosts) => binding({ hosts })),
  {
    at: 'spec.ports',
    says: 'ports must not name a port twice',
    refused: binding({ ports: [{ port: 8080 }, { port: 8080, protocol: 'H2C' }] }),
    accepted: binding({ ports: [{ port: 8080 }, { port: 9090, protocol: 'H2C' }] }),
  },
  {
    at: 'spec.ports[]',
    says: 'tls.caFrom and tls.serverName are for an app that speaks TLS: say protocol: HTTPS',
    refused: binding({ ports: [{ port: 8443, tls: { serverName: 'orders' } }] }),
    accepted: binding({
      ports: [
        { port: 8443, protocol: 'HTTPS', tls: { serverName: 'orders' } },
        { port: 8080, protocol: 'HTTP', tls: { secretName: 'api' } },
      ],
    }),
  },
  {
    at: 'spec.sources',
    says: 'sources must not name a source twice',
    refused: binding({
      sources: [
        { name: 'okta', namespace: 'identity' },
        { name: 'okta', namespace: 'identity' },
      ],
    }),
    accepted: binding({ sources: [{ name: 'okta', namespace: 'identity' }, { name: 'okta' }] }),
  },
  {
    at: 'spec.credentials',
    says: 'credentials must not name a place twice',
    refused: binding({
      credentials: [
        { in: 'Header', name: 'X-Api-Token' },
        { in: 'Header', name: 'x-api-token' },
      ],
    }),
    accepted: binding({
      credentials: [
        { in: 'Header', name: 'token' },
        { in: 'Query', name: 'token' },
        { in: 'Query', name: 'Token' },
      ],
    }),
  },
  {
    at: 'spec.credentials[]',
    says: 'a scheme can only stand in a header',
    refused: credential({ in: 'Query', name: 'access_token', scheme: 'Bearer' }),
    accepted: credential({ in: 'Query', name: 'access_token' }),
  },
  {
    at: 'spec.credentials[]',
    says: 'the Authorization header needs a scheme',
    refused: credential({ in: 'Header', name: 'authorization' }),
    accepted: credential({ in: 'Header', name: 'authorization', scheme: 'DPoP' }),
  },
  {
    at: 'spec.credentials[]',
    says: 'a token cannot be read from this header',
    refused: credential({ in: 'Header', name: 'X-Envoy-Original-Path' }),
    accepted: credential({ in: 'Header', name: 'X-Forwarded-Access-Token' }),
  },
  {
    at: 'spec.credentials[]',
    says: 'a Cookie credential needs origins',
    refused: credential({ in: 'Cookie', name: 'session' }),
    accepted: credential({ in: 'Cookie', name: 'session', origins: [SHOP] }),
  },
  origin('spec.credentials[].origins[]', (origins) => credential({ in: 'Cookie', name: 'session', origins })),
  {
    at: 'spec.rules',
    says: 'the names of rules must differ',
    refused: binding({ rules: [{ name: 'a' }, {}, { name: 'a' }] }),
    accepted: binding({ rules: [{ name: 'a' }, {}, {}, { name: 'b' }] }),
  },
  {
    at: 'spec.rules[].require.authentication',
    says: 'this asks nothing of the login: name values in acr, or maxAge, or both',
    refused: login({ acr: [] }),
    accepted: login({ acr: ['urn:mace:incommon:iap:silver', '2'] }),
  },
  {
    at: 'spec.rules[].require.authentication.maxAge',
    says: 'maxAge must be longer than 0s',
    refused: login({ maxAge: '0m' }),
    accepted: login({ maxAge: '1h30m' }),
  },
  forwarded('user', 'Authorization', 'X-User'),
  forwarded('roles', 'x-roles_', ''),
  forwarded('scopes', 'X-Envoy-Scopes', 'x-Scopes-2'),
  forwarded('source', 'x-forwarded', 'x-s'),
  forwarded('payload', 'X-Forwarded-For', 'x-forwardedness'),
  {
    at: 'spec.forward',
    says: 'the names of forwarded headers must differ',
    refused: forward({ claims: [{ claim: 'sub', header: 'X-Auth-User' }] }),
    accepted: forward({ user: '', claims: [{ claim: 'sub', header: 'X-Auth-User' }] }),
  },
  {
    at: 'spec.forward.claims[].header',
    says: "a forwarded header's name starts with x-",
    refused: claimHeader('x-tenant_id'),
    accepted: claimHeader('x-tenant-id'),
  },
  {
    at: 'spec.forward.claims[].header',
    says: 'x-forwarded-*, x-envoy-* and x-portcullis-* are not free',
    refused: claimHeader('x-portcullis-port'),
    accepted: claimHeader('x-port'),
  },
  origin('spec.cors.allowOrigins[]', (allowOrigins) => binding({ cors: { allowOrigins } })),
  {
    at: 'spec.realm',
    says: 'a realm is printable ASCII',
    refused: binding({ realm: 'orders", error="none' }),
    accepted: binding({ realm: "The shop's orders [v2]" }),
  },
  {
    at: 'spec.resourceMetadata',
    says: 'resourceMetadata must be a whole URL',
    refused: binding({ resourceMetadata: 'https://api.example.com/"x' }),
    accepted: binding({ resourceMetadata: 'https://api.example.com/.well-known/oauth-protected-resource' }),
  },
  ...RESOURCE_CASES,
  ...MCP_CASES,
  ...ANSWER_CASES,
  ...ROUTE_CASES,
];
