/** The examples that `make run` can start, and what there is to try at each. */

import { join } from 'node:path';
import { serveApi, startDemoApi } from './api.ts';
import { createMcpApp, MCP_PATH } from './mcp.ts';
import { type Example, type Playground, PlaygroundError } from './playground.ts';
import { tokenCommand } from './provider.ts';
import { ANN, JOE, ORDERS } from './users.ts';

export interface Runnable extends Example {
  /** What it guards, in two or three words. */
  readonly api: string;
  /** Commands to paste: above each what it asks, and the status that comes of it. */
  advice(at: Pick<Playground, 'port' | 'provider'>): Promise<string>;
}

const FOLDER = join(import.meta.dirname, '..', 'examples');

export const QUICKSTART: Runnable = {
  name: 'quickstart',
  folder: join(FOLDER, 'quickstart'),
  api: 'a demo API',
  knock: { method: 'GET', path: '/', headers: {} },
  apis: () => [ORDERS],
  startApi: () => startDemoApi(0),
  async advice({ port, provider }) {
    const url = `http://127.0.0.1:${port}`;
    const [joe, ann] = await Promise.all([provider.token(JOE), provider.token(ANN)]);
    const bearer = (token: string): string => `-H 'Authorization: Bearer ${token}'`;
    return `# the health check is open to everyone: 200
curl -i ${url}/healthz

# no token: 401 token_missing
curl -i ${url}/orders

# joe's token: 200, and the API sees x-auth-user: joe
curl -i ${bearer(joe)} ${url}/orders

# joe lacks the role admin: 403 role_mismatch
curl -i ${bearer(joe)} ${url}/admin

# ann has it: 200
curl -i ${bearer(ann)} ${url}/admin

The tokens hold for an hour. New ones come from the development identity provider, ${provider.issuer}:
${tokenCommand(provider.issuer, JOE)}
${tokenCommand(provider.issuer, ANN)}`;
  },
};

/** Of MCP. From this one on, the headers say what the body asks for. */
const VERSION = '2026-07-28';
/** What each request must say of itself. */
const META = JSON.stringify({
  'io.modelcontextprotocol/protocolVersion': VERSION,
  'io.modelcontextprotocol/clientInfo': { name: 'curl', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
});

const READ = 'files:read';
const DELETE = 'files:delete';

export const MCP: Runnable = {
  name: 'mcp',
  folder: join(FOLDER, 'mcp'),
  api: 'a demo MCP server',
  knock: {
    method: 'POST',
    path: MCP_PATH,
    headers: { 'mcp-protocol-version': VERSION, 'mcp-method': 'tools/list' },
  },
  apis: (origin) => [{ identifier: origin + MCP_PATH, scopes: [READ, DELETE] }],
  startApi: () => serveApi(createMcpApp().answer, 0),
  async advice({ port, provider }) {
    const url = `http://127.0.0.1:${port}${MCP_PATH}`;
    const both = `${READ} ${DELETE}`;
    const [reading, deleting] = await Promise.all([provider.token(JOE, READ), provider.token(ANN, both)]);
    return `# no token: 401, and the challenge says where to find out how to get one
curl -i -X POST -H 'MCP-Protocol-Version: ${VERSION}' -H 'Mcp-Method: tools/list' ${url}

# there, for everybody: 200
curl -i http://127.0.0.1:${port}/.well-known/oauth-protected-resource${MCP_PATH}

# so the token comes from ${provider.issuer}, for this server and what the challenge says
${tokenCommand(provider.issuer, JOE, { scope: READ, resource: url })}

# a call of a tool, as MCP clients send it: call TOKEN TOOL FILE
call() { curl -i -H "Authorization: Bearer $1" -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' -H 'MCP-Protocol-Version: ${VERSION}' -H 'Mcp-Method: tools/call' -H "Mcp-Name: $2" -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"'$2'","arguments":{"path":"'$3'"},"_meta":${META}}}' ${url}; }

# joe's token has ${READ}: 200
call ${reading} read_file notes.txt

# deleting needs another scope, which the challenge names: 403 scope_insufficient
call ${reading} delete_file notes.txt

# ann may ask for it: 200
call ${deleting} delete_file notes.txt

MCP clients find their way by themselves: give one the URL ${url}, with client id ${ANN.id} and
secret ${ANN.secret} for client_credentials. The tokens above hold for an hour. New ones:
${tokenCommand(provider.issuer, JOE, { scope: READ, resource: url })}
${tokenCommand(provider.issuer, ANN, { scope: both, resource: url })}`;
  },
};

const EXAMPLES: readonly Runnable[] = [QUICKSTART, MCP];

/** What to type to start it. */
export const runCommand = ({ name }: Example): string =>
  name === QUICKSTART.name ? 'make run' : `make run EXAMPLE=${name}`;

/** Which one to start: `make run EXAMPLE=mcp`. */
export function exampleFromEnvironment(value: string | undefined): Runnable {
  if (value === undefined || value === '') return QUICKSTART;
  const found = EXAMPLES.find(({ name }) => name === value);
  if (found !== undefined) return found;
  throw new PlaygroundError(
    `EXAMPLE is "${value}". There are ${EXAMPLES.map(({ name }) => name).join(' and ')}: make run EXAMPLE=mcp`,
  );
}
