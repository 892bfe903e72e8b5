/** A health check in Lua as Argo CD runs it: on its library, with a table `obj`, and with no more than it gives. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject, type JsonValue } from '../../src/base/json.ts';
import { mustRun } from '../../tools/run.ts';
import { temporaryFolder } from '../support/server.ts';
import { luaProgram } from './programs.ts';

export interface Health {
  readonly status: string;
  readonly message: string;
}

/** Argo CD opens the base library, without its files, and table and string. */
const ENVIRONMENT =
  '{obj = obj, ipairs = ipairs, pairs = pairs, next = next, type = type, tostring = tostring, tonumber = tonumber, ' +
  'table = table, string = string}';

export async function health(script: string, object: JsonValue): Promise<Health> {
  const folder = await temporaryFolder('lua');
  try {
    const check = path.join(folder.path, 'health.lua');
    const main = path.join(folder.path, 'main.lua');
    await writeFile(check, script);
    await writeFile(
      main,
      `obj = ${literal(object)}\nlocal check = assert(loadfile(${literal(check)}))\nsetfenv(check, ${ENVIRONMENT})\n` +
        'local health = check()\nprint(health.status)\nprint(health.message)\n',
    );
    const [status = '', ...message] = (await mustRun(await luaProgram(), [main])).trimEnd().split('\n');
    return { status, message: message.join('\n') };
  } finally {
    await folder.remove();
  }
}

/** JSON as Lua writes it. */
function literal(value: JsonValue): string {
  if (value === null) return 'nil';
  if (typeof value === 'string') {
    const bytes = [...Buffer.from(value)].map((byte) => `\\${String(byte).padStart(3, '0')}`);
    return `"${bytes.join('')}"`;
  }
  if (Array.isArray(value)) return `{${(value as readonly JsonValue[]).map(literal).join(', ')}}`;
  if (!isJsonObject(value)) return String(value);
  const members = Object.entries(value).map(([name, member]) => `[${literal(name)}] = ${literal(member)}`);
  return `{${members.join(', ')}}`;
}
