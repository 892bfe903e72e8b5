// Another client of MCP than the SDK's for TypeScript reads what we say in its own way: the official one for Python.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allFromPyPI } from '../../tools/pypi.ts';
import { mustRun } from '../../tools/run.ts';
import { type AuthorizationServer, MACHINE, startAuthorizationServer } from './authorization-server.ts';
import { DOORS } from './doors.ts';
import { FILES, FUTURE, manifests, SCOPES } from './manifests.ts';
import { type McpWorld, startMcpWorld } from './world.ts';

const PACKAGES = [
  ...['mcp==2.3.0', 'mcp-types==2.3.0', 'annotated-types==0.8.0', 'anyio==4.16.0', 'attrs==26.1.0'],
  ...['cffi==2.1.1', 'click==8.5.1', 'cryptography==50.0.2', 'h11==0.16.0', 'httpcore2==2.16.2'],
  ...['httpx2==2.16.2', 'idna==3.20', 'jsonschema==4.26.0', 'jsonschema-specifications==2025.9.1'],
  ...['opentelemetry-api==1.45.2', 'pycparser==3.12', 'pydantic==2.14.4', 'pydantic_core==2.50.5'],
  ...['PyJWT==2.15.1', 'python-multipart==0.0.34', 'referencing==0.37.0', 'rpds-py==2026.9.1'],
  ...['sse-starlette==3.7.0', 'starlette==1.10.0', 'truststore==0.10.5', 'typing-inspection==0.4.5'],
  ...['typing_extensions==4.16.0', 'uvicorn==0.54.0'],
];

/** What the client did for one of its tasks. */
interface Done {
  readonly said: readonly string[];
  /** Of all answers from the guard. */
  readonly statuses: readonly number[];
  readonly error?: { readonly code: number; readonly data: unknown };
}

/** The server, how the client speaks with it, and which tools it calls. */
const TASKS: readonly (readonly [url: string, mode: 'auto' | 'legacy', calls: readonly unknown[]])[] = [
  [
    FILES,
    'auto',
    [
      ['read_file', { path: 'notes.txt' }],
      ['delete_file', { path: 'none.txt' }],
    ],
  ],
  [FUTURE, 'auto', []],
  [FILES, 'legacy', []],
];

let idp: AuthorizationServer;
let world: McpWorld;
/** TASKS at each of DOORS. */
let done: readonly Done[];
beforeAll(async () => {
  const digest = createHash('sha256').update(PACKAGES.join()).digest('hex').slice(0, 16);
  const folder = await allFromPyPI(`mcp-python-${digest}`, PACKAGES);
  idp = await startAuthorizationServer(new Map([FILES, FUTURE].map((one) => [one, SCOPES] as const)));
  world = await startMcpWorld(manifests({ issuer: idp.issuer }));
  const asked = DOORS.flatMap((door) => TASKS.map((task) => [world.port(door), ...task]));
  const script = join(import.meta.dirname, 'python', 'client.py');
  const told = JSON.stringify({ issuer: idp.issuer, ...MACHINE, asked });
  done = JSON.parse(await mustRun(join(folder, '../../../bin/python3'), ['-B', script, told]));
});
afterAll(async () => {
  await world?.stop();
  await idp?.stop();
});

describe.each(DOORS)('by the %s', (door) => {
  const task = (index: number): Done | undefined => done[DOORS.indexOf(door) * TASKS.length + index];

  it('it finds its way to a tool, and to one that needs another scope', () => {
    const { said, statuses = [] } = task(0) ?? {};
    expect(said).toEqual(['Water the plants.', 'There is no none.txt.']);
    // The first of all has no token, and the metadata follow.
    expect(statuses.slice(0, 3)).toEqual([401, 200, 200]);
    expect(statuses.filter((status) => status === 403)).toHaveLength(1);
  });

  it('it hears that there is no version in common, and which are taken', () => {
    expect(task(1)).toEqual({
      said: [],
      statuses: [400],
      error: {
        code: -32_022,
        data: expect.objectContaining({ supported: ['2099-01-01'], requested: '2026-07-28' }),
      },
    });
  });

  it('so it does where it speaks an older one', () => {
    expect(task(2)).toEqual({
      said: [],
      statuses: [400],
      error: { code: -32_020, data: expect.objectContaining({ supported: ['2026-07-28'] }) },
    });
  });
});
