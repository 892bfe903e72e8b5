/** The names that an expression of a source or of a rule may read, and what is known of each. */

import type { JsonObject } from '../base/json.ts';
import { HEADERS, OBJECT, STRING, STRING_MAP, STRINGS, type StaticType } from './types.ts';
import type { Element } from './values.ts';

/** What an AuthenticationSource's expressions read. */
export interface SourceInput {
  readonly claims: JsonObject;
  readonly header: JsonObject;
}

/** What an ApiBinding's expressions read. */
export interface RequestInput extends SourceInput {
  /** Absent where the token names none: reading it is an error then. */
  readonly user?: string;
  readonly name?: string;
  /** Absent where a claim that is mapped to them holds what has no spelling. */
  readonly roles?: readonly string[];
  readonly scopes?: readonly string[];
  readonly client?: string;
  /** namespace/name. */
  readonly source: string;
  readonly params: Readonly<Record<string, string>>;
  readonly request: RequestFields;
  readonly mcp: McpFields;
}

/** Empty where it is no request of MCP. A type, as RequestFields is. */
export type McpFields = {
  readonly method?: string;
  /** Absent also of methods that carry none. */
  readonly name?: string;
  readonly version?: string;
};

/** A type, not an interface: so it counts as a JSON object. */
export type RequestFields = {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  /** Raw, without the question mark. */
  readonly query: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
};

/** An expression of a source, of a rule, or of a rule of a binding with spec.mcp. Each reads what the one before it does. */
export type Scope = 'source' | 'request' | 'mcp';

/** A source's expression reads the first two alone. */
export type ExpressionInput = SourceInput & Partial<RequestInput>;

export interface Variable {
  readonly type: StaticType;
  readonly description: string;
  /** Undefined when the input has no such thing, which is an error. */
  readonly read: (input: ExpressionInput) => Element | undefined;
}

export type Variables = ReadonlyMap<string, Variable>;

const REQUEST: StaticType = {
  kind: 'map',
  key: STRING,
  fields: new Map([
    ['method', STRING],
    ['path', STRING],
    ['host', STRING],
    ['query', STRING],
    ['headers', HEADERS],
  ]),
};

const MCP: StaticType = {
  kind: 'map',
  key: STRING,
  fields: new Map([
    ['method', STRING],
    ['name', STRING],
    ['version', STRING],
  ]),
};

const variable = (type: StaticType, description: string, read: Variable['read']): Variable => ({
  type,
  description,
  read,
});

const SOURCE_VARIABLES: Variables = new Map([
  ['claims', variable(OBJECT, "The token's claims.", (input) => input.claims)],
  ['header', variable(OBJECT, "The token's JOSE header.", (input) => input.header)],
]);

const REQUEST_VARIABLES: Variables = new Map([
  ...SOURCE_VARIABLES,
  ['user', variable(STRING, "The user's stable id, by the source's mapping.", (input) => input.user)],
  ['name', variable(STRING, "The user's name for people, by the source's mapping.", (input) => input.name)],
  ['roles', variable(STRINGS, "The user's roles, by the source's mapping.", (input) => input.roles)],
  ['scopes', variable(STRINGS, "The token's scopes, by the source's mapping.", (input) => input.scopes)],
  ['client', variable(STRING, 'The client that the token was issued to.', (input) => input.client)],
  ['source', variable(STRING, 'The AuthenticationSource, as namespace/name.', (input) => input.source)],
  ['params', variable(STRING_MAP, "The path's parameters, by a Template rule.", (input) => input.params)],
  [
    'request',
    variable(REQUEST, 'The request: method, path, host, query, headers.', (input) => input.request),
  ],
]);

const MCP_VARIABLES: Variables = new Map([
  ...REQUEST_VARIABLES,
  ['mcp', variable(MCP, 'Of a request of MCP: method, name, version.', (input) => input.mcp)],
]);

export function variablesOf(scope: Scope): Variables {
  switch (scope) {
    case 'source':
      return SOURCE_VARIABLES;
    case 'request':
      return REQUEST_VARIABLES;
    case 'mcp':
      return MCP_VARIABLES;
  }
}

/** Names of types, as `type(x) == string` compares them. */
export const TYPE_NAMES = ['bool', 'int', 'double', 'string', 'null_type', 'list', 'map', 'type'] as const;

/** Names that people look for here, and what serves them instead. */
export const REMEDIES: ReadonlyMap<string, string> = new Map([
  ...['now', 'timestamp', 'duration', 'time'].map(
    (name) => [name, "there is no clock: the source's maxTokenAge and clockSkew judge times"] as const,
  ),
  ['token', 'the token has no name of its own here: use claims or header'],
  ['jwt', 'use claims'],
  // Without it nothing is ever known of a call, so that `!has(mcp.name)` would always be true.
  ['mcp', 'only rules of a binding with spec.mcp read it'],
  ['groups', 'use roles, or claims.groups'],
  ['path', 'use request.path'],
  ['method', 'use request.method'],
  ['headers', 'use request.headers'],
  ['auth', 'use claims, user or roles'],
  ['not', 'write !, and !(a in b)'],
  ...['email', 'sub', 'iss', 'aud', 'exp', 'iat', 'tenant'].map(
    (name) => [name, `a claim is read as claims.${name}`] as const,
  ),
  ...['query', 'host'].map((name) => [name, `use request.${name}`] as const),
  ...['True', 'TRUE'].map((name) => [name, 'write true'] as const),
  ...['False', 'FALSE'].map((name) => [name, 'write false'] as const),
  ...['nil', 'None', 'NULL', 'undefined'].map((name) => [name, 'write null'] as const),
  ...['uint', 'bytes'].map((name) => [name, 'values of this type are not available'] as const),
]);
