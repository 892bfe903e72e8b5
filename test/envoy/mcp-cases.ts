/** An MCP server's binding, and requests that it refuses for their headers. */

import type { Reason } from '../../src/decision/reasons.ts';
import { binding, source, yaml } from '../support/manifests.ts';
import { publicJwk, token } from '../support/tokens.ts';
import { CLAIMS } from '../support/verification.ts';
import type { Sent } from './guarded.ts';

export const VERSION = '2026-07-28';

const deleting = {
  name: 'delete',
  match: { mcp: { methods: ['tools/call'], names: ['delete_file', 'admin_*'] } },
  require: { scopes: { allOf: ['files:delete'] } },
};

/** For the host `NAME.example`. */
const mcpBinding = (name: string) =>
  binding(name, {
    sources: [{ name: 'okta' }],
    mcp: { versions: [VERSION] },
    rules: [deleting, { name: 'rest', require: { scopes: { allOf: ['files:read'] } } }],
  });

export const MANIFESTS = yaml([
  source('okta', { issuer: CLAIMS.iss, keys: { jwks: { keys: [publicJwk('RS256')] } }, audiences: ['api'] }),
  mcpBinding('mcp'),
]);

/** Beside others: one that is a resource, and one whose calls are judged. */
export const MCP_SERVERS = [
  binding('mcp', { sources: [{ name: 'okta' }], resource: { identifier: 'https://mcp.example/mcp' } }),
  mcpBinding('tools'),
];

export const bearer = (scope: string): string => token({ claims: { ...CLAIMS, aud: 'api', scope } });

type Header = readonly [name: string, value: string];

export const encoded = (name: string): string => `=?base64?${Buffer.from(name).toString('base64')}?=`;

export interface McpCases {
  /** A call of a tool by a user who may read; without the headers that `others` name, and with those. */
  calling(...others: readonly Header[]): Sent;
  /** With the code of the JSON-RPC error, where there is one. */
  readonly refused: readonly (readonly [Reason, status: number, code: number | undefined, Sent])[];
}

/** @param reader the token of a user who may read. */
export function mcpCases(host: string, reader: string): McpCases {
  const calling: McpCases['calling'] = (...others) => {
    const usual: readonly Header[] = [
      ['host', host],
      ['authorization', `Bearer ${reader}`],
      ['content-type', 'application/json'],
      ['content-length', '0'],
      ['mcp-protocol-version', VERSION],
      ['mcp-method', 'tools/call'],
      ['mcp-name', 'read_file'],
    ];
    const names = new Set(others.map(([name]) => name));
    return { method: 'POST', headers: [...usual.filter(([name]) => !names.has(name)), ...others] };
  };
  const callingWithout = (name: string): Sent => {
    const { headers = [], ...rest } = calling();
    return { ...rest, headers: headers.filter(([other]) => other !== name) };
  };
  const refused: McpCases['refused'] = [
    ['version_unsupported', 400, -32_022, calling(['mcp-protocol-version', '2025-11-25'])],
    ['request_malformed', 400, -32_020, callingWithout('mcp-protocol-version')],
    ['request_malformed', 400, -32_020, callingWithout('mcp-method')],
    ['request_malformed', 400, -32_020, callingWithout('mcp-name')],
    ['request_malformed', 400, -32_020, calling(['mcp-name', 'read_file'], ['mcp-name', 'delete_file'])],
    ['request_malformed', 400, -32_020, calling(['mcp-name', 'delete_file'], ['Mcp-Name', 'read_file'])],
    ['request_malformed', 400, -32_020, calling(['mcp-method', 'ping'], ['mcp-method', 'tools/call'])],
    ['request_malformed', 400, -32_020, calling(['mcp-name', '=?base64?77u/ZGVsZXRlX2ZpbGU=?='])],
    ['request_malformed', 400, -32_020, calling(['mcp-name', 'gr\xfc\xdfe'])],
    // To servers that trim it, it is the tool that a rule names.
    ['request_malformed', 400, -32_020, calling(['mcp-name', 'delete_file\xa0'])],
    ['token_ambiguous', 400, -32_600, calling(['authorization', 'Bearer x'], ['authorization', 'Bearer y'])],
    ['method_not_allowed', 405, undefined, { ...calling(), method: 'GET' }],
    ['method_not_allowed', 405, undefined, { ...calling(), method: 'DELETE' }],
  ];
  return { calling, refused };
}

export const { calling, refused: MCP_REFUSED } = mcpCases('mcp.example', bearer('files:read'));
