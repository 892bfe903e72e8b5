/** What a resource, answers of its own, and rules for the calls of an MCP server cost a check with a known token. */

import type { ManifestOptions } from './manifests.ts';
import { atMost, type Mark } from './mark.ts';
import { measureInTurn, type Subject } from './measure.ts';
import { mint } from './minting.ts';
import type { Plan } from './plan.ts';
import { World } from './world.ts';

const HOSTS = 10;
const TOOL = 'delete_file';

const resource = (i: number): object => ({
  resource: { identifier: `https://h${i}.example/orders`, audiences: ['bench'] },
  answers: {
    login: { url: 'https://login.example/?rd={url}', hosts: [`h${i}.example`] },
    denied: [{ statuses: [401, 403], contentType: 'application/json', body: '{"error":"{reason}"}' }],
  },
});

/** Twenty tools, of which the last is called. */
const mcp = (i: number): object => ({
  ...resource(i),
  mcp: { versions: ['2026-07-28'] },
  rules: [
    ...Array.from({ length: 20 }, (_, n) => ({
      name: `tool-${n}`,
      match: { mcp: { methods: ['tools/call'], names: [n === 19 ? TOOL : `tool_${n}`] } },
      require: { roles: { anyOf: ['user'] } },
    })),
    // Whoever came here would be refused, and the measurement with it.
    { name: 'others', require: { roles: { anyOf: ['nobody'] } } },
  ],
});

/** The same calls of a tool, judged by bindings that know nothing of it, have a resource, and have rules for tools. */
export async function measureResources(
  envoy: string,
  plan: Plan,
  progress: (text: string) => void,
): Promise<readonly Mark[]> {
  progress('resources and MCP');
  await using world = new World(envoy);
  const tokens = world.file(mint('RS256', plan.cachedTokens), 'tokens');
  const subject = async (besides: ManifestOptions): Promise<Subject> => {
    const validator = await world.validator('RS256', HOSTS, 'http', besides);
    const asking = await world.checking({ kind: 'ext_authz', authorizer: validator.authorizer });
    return { envoy: asking, authorizer: validator, tokens, hosts: HOSTS, tool: TOOL };
  };
  const subjects = [await subject({}), await subject({ spec: resource }), await subject({ spec: mcp })];
  const [plain, guarded, called] = (await measureInTurn(subjects, plan)).map(({ cpu }) => cpu);
  const over = (cpu: number | undefined): number => (cpu ?? Number.NaN) / (plain ?? Number.NaN);
  return [
    atMost('cached CPU with a resource and own answers over that without', 1.05, ' ×', over(guarded)),
    atMost('cached CPU of a call by the last of 20 rules for tools over that', 1.5, ' ×', over(called)),
  ];
}
