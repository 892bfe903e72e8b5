/** What is guarded in these tests: MCP servers and an API of several hosts, by tokens of one authorization server. */

import { binding, source, yaml } from '../support/manifests.ts';

export const FILES = 'https://mcp.example/mcp';
/** Another server of the same kind. */
export const OTHER = 'https://other.example/mcp';
/** One at the root of its host: clients may ask for a token with a slash at the end, or without. */
export const ROOT = 'https://root.example';
/** One that anybody may ask for its tools, and call the first. */
export const PUBLIC = 'https://public.example/mcp';
/** One that has whatever it is asked for. */
export const NAMES = 'https://names.example/mcp';
/** One that serves clients of older versions, too. */
export const FOR_ALL = 'https://all.example/mcp';
/** One that takes a version alone which no client speaks. */
export const FUTURE = 'https://future.example/mcp';
/** No MCP server: payments need a good login. */
export const BANK = 'https://bank.example';
/** As pages of this machine call it. */
export const LOCAL = 'http://127.0.0.1/mcp';

export const SCOPES = 'files:read files:delete';

/** Those that carry a name. */
export const METHODS: readonly string[] = ['tools/call', 'prompts/get', 'resources/read'];
/** What `files:read` opens. */
export const READING: readonly string[] = ['list_files', 'read_file', 'watch_file'];
const READ = { scopes: { allOf: ['files:read'] } };
const BOTH = { scopes: { allOf: ['files:read', 'files:delete'] } };

/** Which tools need which scopes: whatever is not named needs both. */
const TOOLS = [
  { name: 'reading', match: { mcp: { methods: ['tools/call'], names: READING } }, require: READ },
  { name: 'calls', match: { mcp: { methods: ['tools/call'] } }, require: BOTH },
  { name: 'rest', require: READ },
];

/** Whoever has no token may make the first calls of any client, and this one. */
const EVERYBODY = [
  {
    name: 'first-calls',
    match: { mcp: { methods: ['server/discover', 'tools/list'] } },
    authentication: 'None',
  },
  {
    name: 'for-everybody',
    match: { mcp: { methods: ['tools/call'], names: ['list_files'] } },
    authentication: 'None',
  },
  { name: 'rest', require: READ },
];

/** TOOLS, of all that has a name. */
const NAMED = [
  { name: 'reading', match: { mcp: { methods: METHODS, names: READING } }, require: READ },
  { name: 'rest', require: BOTH },
];

/** The same, and older clients need as much as anybody. */
const ALL_VERSIONS = [
  ...TOOLS.slice(0, 2),
  { name: 'rest', match: { mcp: {} }, require: READ },
  { name: 'older', require: BOTH },
];

/** Servers of MCP. */
const MCP = { mcp: { versions: ['2026-07-28'] }, rules: TOOLS };

const CLOSED = { rules: [{ name: 'closed', authentication: 'Deny' }] };

const PAYMENTS = [
  {
    name: 'pay',
    match: { paths: [{ type: 'PathPrefix', value: '/payments' }] },
    require: {
      ...READ,
      authentication: { acr: ['phr'], maxAge: '15m' },
    },
  },
];

interface Idp {
  readonly issuer: string;
  readonly preset?: string;
  /** What stands in `aud` for OTHER. */
  readonly otherAudience?: string;
  /** FILES lets nobody in. */
  readonly isClosed?: boolean;
}

export function manifests({ issuer, preset, otherAudience, isClosed = false }: Idp): string {
  const forward = { user: 'x-auth-user' };
  const server = (name: string, resource: object, spec: object) =>
    binding(name, { sources: [{ name: 'idp' }], forward, resource, ...spec });
  const mcp = { versions: ['2026-07-28'] };
  const audiences = otherAudience && { audiences: [otherAudience] };
  return yaml([
    source('idp', { issuer, ...(preset && { preset }) }),
    server('mcp', { identifier: FILES, name: 'Files' }, { ...MCP, ...(isClosed && CLOSED) }),
    server('other', { identifier: OTHER, ...audiences }, MCP),
    server('root', { identifier: ROOT }, MCP),
    server('public', { identifier: PUBLIC }, { mcp, rules: EVERYBODY }),
    server('names', { identifier: NAMES }, { mcp, rules: NAMED }),
    server('all', { identifier: FOR_ALL }, { mcp: { ...mcp, other: 'Pass' }, rules: ALL_VERSIONS }),
    server('future', { identifier: FUTURE }, { mcp: { versions: ['2099-01-01'] }, rules: TOOLS }),
    server('bank', { identifier: BANK }, { forward: { ...forward, token: 'Remove' }, rules: PAYMENTS }),
    server('local', { identifier: LOCAL }, { hosts: undefined, ...MCP }),
  ]);
}
