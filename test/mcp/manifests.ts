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

/** Which tools need which scopes. */
const TOOLS = [
  {
    name: 'tools',
    require: {
      scopes: { allOf: ['files:read'] },
      expressions: [
        {
          expression: `'files:delete' in scopes || !('mcp-name' in request.headers) ||
            request.headers['mcp-name'] in ['list_files', 'read_file', 'watch_file']`,
          message: 'this tool needs files:delete',
          scopes: ['files:delete'],
        },
      ],
    },
  },
];

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
  const forward = { user: 'x-auth-user', token: 'Remove' };
  return yaml([
    source('idp', { issuer, ...(preset && { preset }) }),
    binding('mcp', { sources, forward, resource: { identifier: FILES, name: 'Files' }, rules: TOOLS }),
    binding('other', {
      sources,
      forward,
      resource: { identifier: OTHER, ...(otherAudience && { audiences: [otherAudience] }) },
      rules: TOOLS,
    }),
    binding('root', { sources, forward, resource: { identifier: ROOT }, rules: TOOLS }),
    binding('bank', { sources, forward, resource: { identifier: BANK }, rules: PAYMENTS }),
    binding('local', { sources, forward, hosts: undefined, resource: { identifier: LOCAL }, rules: TOOLS }),
  ]);
}
