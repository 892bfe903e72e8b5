/** Warnings about a binding of an MCP server as a whole: whether its clients find their way, and read what it answers. */

import { bodyForm } from '../policy/body-template.ts';
import type { ApiBinding } from '../resources/types.gen.ts';
import type { Issue } from './issues.ts';
import { metadataUrl } from './resource.ts';

export function mcpServerIssues(spec: ApiBinding['spec']): readonly Issue[] {
  if (spec.mcp === undefined) return [];
  return [
    ...spec.mcp.versions.flatMap((version, i) => (isDate(version) ? [] : [dateless(version, i)])),
    ...(metadataUrl(spec) === '' ? [WITHOUT_METADATA] : []),
    ...(spec.answers?.denied ?? []).flatMap(({ statuses, contentType, body }, i): readonly Issue[] =>
      statuses.includes(BAD_REQUEST) && !isJsonRpc(contentType, body)
        ? [unread(`spec.answers.denied[${i}].statuses`)]
        : [],
    ),
    ...(spec.mcp.other === 'Pass' ? passingExpressions(spec.rules ?? []) : []),
  ];
}

/** JavaScript takes the 31st of each month, and makes the first of the next of it. */
function isDate(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

const dateless = (version: string, i: number): Issue => ({
  reason: 'McpVersionUnknown',
  field: `spec.mcp.versions[${i}]`,
  message: `there is no day ${version}, so that no client speaks this version`,
  remedy: 'write the date of a version, such as "2026-07-28"',
});

const BAD_REQUEST = 400;

const isJsonRpc = (contentType: string, body: string): boolean =>
  bodyForm(contentType) === 'JSON' && /"jsonrpc"\s*:/.test(body);

/** A token is let pass, and a name is not there, where a call comes without the headers. */
const ASKS_FOR_ABSENCE = /!\s*has\s*\(\s*mcp\s*\./;

/** Rules without match.mcp judge such a call; all others never do. */
function passingExpressions(rules: NonNullable<ApiBinding['spec']['rules']>): readonly Issue[] {
  return rules.flatMap(({ match, require }, i) =>
    match?.mcp !== undefined
      ? []
      : (require?.expressions ?? []).flatMap(({ expression }, j): readonly Issue[] =>
          ASKS_FOR_ABSENCE.test(expression)
            ? [
                {
                  reason: 'McpPassable',
                  field: `spec.rules[${i}].require.expressions[${j}].expression`,
                  message:
                    'spec.mcp.other is Pass: the same call without the headers of MCP, as older clients make it, has none of them, so that this may hold whatever it calls',
                  remedy: 'write other: Deny, or give the rule match: {mcp: {}}',
                },
              ]
            : [],
        ),
  );
}

const WITHOUT_METADATA: Issue = {
  reason: 'McpWithoutMetadata',
  field: 'spec.mcp',
  message: 'no challenge says where clients of MCP get a token: they find it by the metadata of a resource',
  remedy:
    'add spec.resource with the URL that clients call, or name in spec.resourceMetadata who serves its metadata',
};

const unread = (field: string): Issue => ({
  reason: 'McpBodyUnread',
  field,
  message:
    'clients of MCP read a JSON-RPC error out of 400, which says which versions are taken; this body is none',
  remedy: 'leave 400 out, so that they get one',
});
