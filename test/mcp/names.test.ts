// The name that rules go by is the one that the server executes, however it is written, or nothing is executed.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeMcpName } from '../../src/matching/mcp-name.ts';
import { answerTo } from '../envoy/wire.ts';
import { encoded } from '../support/mcp.ts';
import { type AuthorizationServer, startAuthorizationServer } from './authorization-server.ts';
import { bodyOf, call, VERSION } from './calls.ts';
import { tokenFor } from './clients.ts';
import { DOORS, type Door } from './doors.ts';
import { METHODS, manifests, NAMES, READING, SCOPES } from './manifests.ts';
import { type McpWorld, startMcpWorld } from './world.ts';

const { host } = new URL(NAMES);

let idp: AuthorizationServer;
let world: McpWorld;
/** Opens READING. */
let reader: string;
/** Opens everything. */
let deleter: string;
beforeAll(async () => {
  idp = await startAuthorizationServer(new Map([[NAMES, SCOPES]]));
  world = await startMcpWorld(manifests({ issuer: idp.issuer }));
  reader = await tokenFor(idp.issuer, NAMES, 'files:read');
  deleter = await tokenFor(idp.issuer, NAMES, SCOPES);
});
afterAll(async () => {
  await world?.stop();
  await idp?.stop();
});

interface Asked {
  readonly token: string;
  /** The headers. */
  readonly names: readonly string[];
  readonly method?: string;
  readonly body: unknown;
}

interface Told {
  readonly status: number;
  /** Of the JSON-RPC error, where there is one. */
  readonly code: number | undefined;
  readonly executed: readonly string[];
}

async function ask(port: number, asked: Asked): Promise<Told> {
  world.anyTool.executed.length = 0;
  const answer = await call(port, { host, ...asked });
  const isJson = answer.headers['content-type'] === 'application/json';
  const code: number | undefined = isJson ? JSON.parse(answer.body).error?.code : undefined;
  return { status: answer.status, code, executed: [...world.anyTool.executed] };
}

const EXECUTED = 'executed';
const DELETE = 'delete_file';
const BASE64 = Buffer.from(DELETE).toString('base64');
const MISMATCH = -32_020;

/**
 * Requests of somebody who may read: what the headers say, what the body says, the guard's answer, and what the server does
 * with the same request where there is no guard.
 */
const TRICKS: readonly (readonly [
  what: string,
  names: readonly string[],
  name: string,
  guard: number,
  server: typeof EXECUTED | typeof MISMATCH,
])[] = [
  ['a name that he may call', ['read_file'], 'read_file', 200, EXECUTED],
  ['the same, encoded', [encoded('read_file')], 'read_file', 200, EXECUTED],
  ['the same with white space around it', [' \tread_file '], 'read_file', 200, EXECUTED],
  ['one that he may not call', [DELETE], DELETE, 403, EXECUTED],
  ['the same, encoded', [encoded(DELETE)], DELETE, 403, EXECUTED],
  ['another name than the body', ['read_file'], DELETE, 200, MISMATCH],
  ['the other name, encoded', [encoded('read_file')], DELETE, 200, MISMATCH],
  ['two headers', ['read_file', DELETE], DELETE, 400, MISMATCH],
  ['two in the other order', [DELETE, 'read_file'], DELETE, 400, MISMATCH],
  ['two that say the same', ['read_file', 'read_file'], 'read_file', 400, MISMATCH],
  ['none', [], DELETE, 400, MISMATCH],
  ['nothing', [''], DELETE, 400, MISMATCH],
  ['nothing, encoded', ['=?base64??='], '', 403, EXECUTED],
  ['a byte order mark before it', [`=?base64?77u/${BASE64}?=`], DELETE, 400, EXECUTED],
  ['stray bits behind it', ['=?base64?ZGVsZXRlX2ZpbGV=?='], DELETE, 400, EXECUTED],
  ['markers that overlap', ['=?base64?='], '', 400, EXECUTED],
  ['a zero byte behind it', [encoded(`${DELETE}\0`)], `${DELETE}\0`, 400, EXECUTED],
  ['capital markers', [`=?BASE64?${BASE64}?=`], DELETE, 400, MISMATCH],
  ['markers as the name itself', [`=?BASE64?${BASE64}?=`], `=?BASE64?${BASE64}?=`, 400, EXECUTED],
  ['no marker at the end', [`=?base64?${BASE64}`], DELETE, 400, MISMATCH],
  ['no marker at the beginning', [`${BASE64}?=`], DELETE, 403, MISMATCH],
  ['no markers', [BASE64], DELETE, 403, MISMATCH],
  ['no padding', [`=?base64?${BASE64.replace('=', '')}?=`], DELETE, 400, MISMATCH],
  ['white space in base64', [`=?base64?ZGVs ZXRlX2ZpbGU=?=`], DELETE, 400, MISMATCH],
  ['the alphabet of URLs', ['=?base64?fj9-Pw==?='], '~?~?', 400, MISMATCH],
  ['no UTF-8', ['=?base64?/w==?='], '\ufffd', 400, MISMATCH],
  ['encoded twice', [encoded(encoded(DELETE))], DELETE, 403, MISMATCH],
  ['escapes of URLs', ['delete%5Ffile'], DELETE, 403, MISMATCH],
  ['other capitals', ['READ_FILE'], 'read_file', 403, MISMATCH],
  ['other capitals in the body', ['read_file'], 'READ_FILE', 200, MISMATCH],
  ['letters beyond ASCII', ['gr\xf6\xdfe'], 'gr\xf6\xdfe', 400, EXECUTED],
  ['the same, encoded', [encoded('größe')], 'größe', 403, EXECUTED],
  ['a letter that looks alike', [encoded('reаd_file')], 'reаd_file', 403, EXECUTED],
  ['a letter that is two', [encoded('re\u0301ad')], 'r\u00e9ad', 403, MISMATCH],
];

const CALL = JSON.stringify(bodyOf('tools/call', 'read_file'));
const older = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: DELETE } };
/** What the guard does not read. */
const BODIES: readonly (readonly [what: string, body: unknown])[] = [
  ['the second of two names', CALL.replace('"name":"read_file"', '"name":"read_file","name":"delete_file"')],
  ['a list of names', CALL.replace('"read_file"', '["read_file","delete_file"]')],
  ['a name in another member', CALL.replace('"name":"read_file"', '"Name":"read_file","uri":"delete_file"')],
  ['another method', bodyOf('prompts/get', 'read_file')],
  ['a list of calls', [bodyOf('tools/call', 'read_file'), bodyOf('tools/call', DELETE)]],
  ['a call of an older version', older],
  ['a list of those', [older, older]],
  ['one that wants no answer', { ...older, id: undefined }],
];

/** What no client of HTTP would send; the body calls DELETE. */
const BYTES: readonly (readonly [what: string, lines: string])[] = [
  ['a zero byte', 'mcp-name: delete_file\0'],
  ['a control', 'mcp-name: delete_file\x01'],
  ['the control behind letters', 'mcp-name: delete_file\x7f'],
  ['a line that goes on', 'mcp-name: read_file\r\n delete_file'],
  ['a line that ends early', 'mcp-name: read_file\rmcp-name: delete_file'],
  ['white space before the colon', 'mcp-name : delete_file\r\nmcp-name: read_file'],
  ['an underscore in the name', 'mcp_name: delete_file\r\nmcp-name: read_file'],
  ['a name in capitals beside it', 'MCP-NAME: delete_file\r\nmcp-name: read_file'],
  ['a header that is not to be handed on', 'connection: mcp-name\r\nmcp-name: read_file'],
];

describe.each(DOORS)('by the %s', (door) => {
  it.each(TRICKS)('%s: %j for %j is %i here; the server alone: %s', async (_, names, name, guard, server) => {
    const body = bodyOf('tools/call', name);
    const there = await ask(world.unguarded, { token: reader, names, body });
    expect(there).toEqual(
      server === EXECUTED
        ? { status: 200, code: undefined, executed: [name] }
        : { status: 400, code: server, executed: [] },
    );
    const here = await ask(world.port(door), { token: reader, names, body });
    if (guard === 200) expect(here).toEqual(there);
    else expect(here).toEqual({ status: guard, code: guard === 400 ? MISMATCH : undefined, executed: [] });
  });

  it('two that a proxy may have joined are refused where nothing shows that it did not', async () => {
    const body = bodyOf('tools/call', DELETE);
    const asked = { token: reader, names: ['read_file, delete_file'], body };
    expect(await ask(world.port(door), asked)).toMatchObject({
      status: door.endsWith('http') ? 400 : 403,
      executed: [],
    });
  });

  it.each(BODIES)(
    'behind a header of a name that he may call the server does not execute %s',
    async (_, body) => {
      const asked = { token: reader, names: ['read_file'], body };
      const { status, executed } = await ask(world.port(door), asked);
      expect(executed).toEqual([]);
      expect(status).not.toBe(401);
      expect(status).not.toBe(403);
    },
  );

  it.each(BYTES)('%s does not lead to another tool', async (_, lines) => {
    world.anyTool.executed.length = 0;
    const text = JSON.stringify(bodyOf('tools/call', DELETE));
    const head = [
      `POST /mcp HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${reader}`,
      'content-type: application/json\r\naccept: application/json, text/event-stream',
      `mcp-protocol-version: ${VERSION}\r\nmcp-method: tools/call\r\ncontent-length: ${text.length}`,
    ];
    const { status } = await answerTo(world.port(door), [...head, lines, '', text].join('\r\n'));
    expect([400, 403]).toContain(status);
    expect(world.anyTool.executed).toEqual([]);
  });

  it('whoever may read executes nothing but that, and each name that is taken is the server’s, too', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(SENT, async ({ names, method, pick }) => {
        const readings = names.map(decodeMcpName);
        const likely = [DELETE, 'read_file', ...readings.map((one) => ('text' in one ? one.text : DELETE))];
        const name = likely[pick % likely.length] ?? DELETE;
        const body = bodyOf(method, name);
        const { executed } = await ask(world.port(door), { token: reader, names, method, body });
        expect(executed.filter((one) => !READING.includes(one))).toEqual([]);
        const [only, ...more] = readings;
        if (only?.kind !== 'name' || more.length > 0 || mayBeAnother(door, only)) return;
        taken += 1;
        const same = bodyOf(method, only.text);
        const whole = await ask(world.port(door), { token: deleter, names, method, body: same });
        expect(whole).toEqual({ status: 200, code: undefined, executed: [only.text] });
      }),
      { numRuns: 200 },
    );
    expect(taken).toBeGreaterThan(20);
  });
});

/** Over HTTP nothing shows that it is not two headers, which were joined, or has bytes that were replaced. */
const mayBeAnother = (door: Door, { text, isEncoded }: { text: string; isEncoded: boolean }): boolean =>
  door.endsWith('http') && !isEncoded && /[,!]/.test(text);

const NAME = fc.oneof(
  fc.constantFrom(...READING, DELETE, 'größe', '', '\ufeffread_file', 'read_file\0', 'r\u00e9ad', ',', '=?'),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
/** Nearly encoded: markers and pieces of base64 in any order. */
const PIECES = fc
  .array(
    fc.oneof(
      fc.constantFrom('=?base64?', '=?BASE64?', '?=', '=', ' ', '\t', ',', '77u/', 'ZB==', '%5F', BASE64),
      fc.constantFrom(...READING, DELETE),
      fc.base64String({ maxLength: 8 }),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((pieces) => pieces.join(''));
/** What a client of HTTP can send at all. */
const LINE = fc.oneof(
  { weight: 2, arbitrary: PIECES },
  { weight: 2, arbitrary: NAME.map(encoded) },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'\t !%,=?aeß~\xff'), maxLength: 6 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(NAME.map(encoded), fc.nat({ max: 30 })).map(([one, at]) => other(one, at)),
  },
);
const SENT = fc.record({
  names: fc.oneof(
    { weight: 4, arbitrary: LINE.map((line) => [line]) },
    { weight: 1, arbitrary: fc.array(LINE, { minLength: 2, maxLength: 3 }) },
  ),
  method: fc.constantFrom(...METHODS),
  pick: fc.nat(),
});

/** With another letter at one place. */
const other = (text: string, at: number): string => `${text.slice(0, at)}A${text.slice(at + 1)}`;
