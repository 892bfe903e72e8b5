/** What is guarded in these tests: MCP servers and an API of several hosts, by tokens of one authorization server. */

import { binding, source, yaml } from '../support/manifests.ts';

export const FILES = 'https://mcp.example/mcp';
/** Another server of the same kind. */
export const OTHER = 'https://other.example/mcp';
/** One at the root of its host: clients may ask for a token with a slash at the end, or without. */
export const ROOT = 'https://root.example';
/** No MCP server: payments need a good login. */
export const BANK = 'https://bank.example';
/** As pages of this machine call it. */
export const LOCAL = 'http://127.0.0.1/mcp';

export const SCOPES = 'files:read files:delete';

/** Which tools need which scopes: whatever is not named needs both. */
const TOOLS = [
  {
    name: 'reading',
    match: { mcp: { methods: ['tools/call'], names: ['list_files', 'read_file', 'watch_file'] } },
    require: { scopes: { allOf: ['files:read'] } },
  },
  {
    name: 'calls',
    match: { mcp: { methods: ['tools/call'] } },
    require: { scopes: { allOf: ['files:read', 'files:delete'] } },
  },
  { name: 'rest', require: { scopes: { allOf: ['files:read'] } } },
];

/** Servers of MCP. */
const MCP = { mcp: { versions: ['2026-07-28'] }, rules: TOOLS };

const PAYMENTS = [
  {
    name: 'pay',
    match: { paths: [{ type: 'PathPrefix', value: '/payments' }] },
    require: {
      scopes: { allOf: ['files:read'] },
      authentication: { acr: ['phr'], maxAge: '15m' },
    },
  },
];

interface Idp {
  readonly issuer: string;
  readonly preset?: string;
  /** What stands in `aud` for OTHER. */
  readonly otherAudience?: string;
}

export function manifests({ issuer, preset, otherAudience }: Idp): string {
  const sources = [{ name: 'idp' }];
  const forward = { user: 'x-auth-user' };
  return yaml([
    source('idp', { issuer, ...(preset && { preset }) }),
    binding('mcp', { sources, forward, resource: { identifier: FILES, name: 'Files' }, ...MCP }),
    binding('other', {
      sources,
      forward,
      resource: { identifier: OTHER, ...(otherAudience && { audiences: [otherAudience] }) },
      ...MCP,
    }),
    binding('root', { sources, forward, resource: { identifier: ROOT }, ...MCP }),
    binding('bank', {
      sources,
      forward: { ...forward, token: 'Remove' },
      resource: { identifier: BANK },
      rules: PAYMENTS,
    }),
    binding('local', { sources, forward, hosts: undefined, resource: { identifier: LOCAL }, ...MCP }),
  ]);
}
