/** What a binding is to clients that look for a token, and to those of MCP, in words. */

import type { BindingPolicy, Judgement, McpPolicy } from '../policy/policy.ts';

type Rules = Extract<Judgement, { readonly kind: 'rules' }>;

/** What `aud` of a token must hold; '' where the sources say it. */
export const audiencesText = ({ resource }: Pick<Rules, 'resource'>): string =>
  resource === undefined ? '' : resource.audiences.join(', ');

/** The URL that challenges name; '' where they name none. */
export function metadataText({
  resource,
  resourceMetadata,
}: Pick<Rules, 'resource' | 'resourceMetadata'>): string {
  if (resourceMetadata === '') return '';
  return resource?.metadata === undefined
    ? `${resourceMetadata}, served by somebody else`
    : `${resourceMetadata}, served here`;
}

const OTHER: Readonly<Record<McpPolicy['other'], string>> = {
  Deny: 'any other request is refused',
  Pass: 'rules without MCP judge any other request',
};

/** '' where it is no MCP server. */
export const mcpServerText = ({ mcp }: Pick<Rules, 'mcp'>): string =>
  mcp === undefined ? '' : `version ${mcp.versions.join(', ')}; ${OTHER[mcp.other]}`;

/** '' where the API gets the token as it came. */
export const tokenText = ({ token }: BindingPolicy['forward']): string =>
  token === 'Remove' ? 'the API does not get it' : '';
