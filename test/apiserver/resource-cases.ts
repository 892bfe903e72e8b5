/** Cases for the rules of an ApiBinding's resource. */

import type { JsonObject } from '../../src/base/json.ts';
import { binding } from './binding-specs.ts';
import type { RuleCase } from './cases.ts';

const RESOURCE = { identifier: 'https://mcp.example.com/mcp' };
const resource = (members: JsonObject): JsonObject => binding({ resource: { ...RESOURCE, ...members } });
const identified = (says: string, no: string, yes: string): RuleCase => ({
  at: 'spec.resource.identifier',
  says,
  refused: resource({ identifier: no }),
  accepted: resource({ identifier: yes }),
});

export const RESOURCE_CASES: readonly RuleCase[] = [
  {
    at: 'spec',
    says: 'resourceMetadata names a document that somebody else serves',
    refused: binding({ resource: RESOURCE, resourceMetadata: 'https://api.example.com/metadata' }),
    accepted: binding({
      resource: { ...RESOURCE, metadata: 'None' },
      resourceMetadata: 'https://api.example.com/metadata',
    }),
  },
  identified('an identifier is an https URL', 'http://mcp.example.com/mcp', 'http://127.0.0.1:8080/mcp'),
  identified("it is the scheme's own", 'https://mcp.example.com:443/mcp', 'https://mcp.example.com:4430/mcp'),
  identified(
    'no query and no fragment',
    'https://mcp.example.com/mcp?a=b',
    'https://mcp.example.com/mcp/a=b',
  ),
  identified('the characters of RFC 3986', 'https://mcp.example.com/a b', 'https://mcp.example.com/a%20b'),
  identified('must hide no letter', 'https://mcp.example.com/%6Dcp', 'https://mcp.example.com/mcp'),
  identified('holds no //, /./ or /../', 'https://mcp.example.com/a//b', 'https://mcp.example.com/a/b/'),
  {
    at: 'spec.resource.documentation',
    says: 'documentation must be a whole URL',
    refused: resource({ documentation: 'javascript:alert(1)' }),
    accepted: resource({ documentation: 'https://docs.example.com/mcp#start' }),
  },
  {
    at: 'spec.resource.scopes[]',
    says: 'a scope is printable ASCII without spaces',
    refused: resource({ scopes: ['files:read files:write'] }),
    accepted: resource({ scopes: ['files:read', 'https://mcp.example.com/write'] }),
  },
];
