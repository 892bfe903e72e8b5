/** `portcullis explain`: what becomes of one request, and every step to it. */

import { readFile } from 'node:fs/promises';
import { errorCode } from '../base/error-code.ts';
import type { CheckRequest } from '../decision/decision.ts';
import { judgeWithTrace, tokenPlace } from '../explain/judgement.ts';
import { parseHeader, parseRequestLine, toCheck, withToken } from '../explain/request.ts';
import { usage } from '../process/flags.ts';
import { UsageError } from '../process/start-error.ts';
import { renderAnswerJson, renderAnswerText } from './answer.ts';
import { type Arguments, choice, readArguments } from './arguments.ts';
import type { Command, CommandSurroundings } from './command.ts';
import { STDIN } from './inputs.ts';
import { type FetchKeys, fetchKeys } from './keys.ts';
import { enforcerAt, loadManifests } from './policy.ts';
import { keyRefresher } from './refresh.ts';
import { parseTime } from './time.ts';

const HELP = `Usage: portcullis explain -f PATH… --request "METHOD URL" [options]

Says what becomes of a request, and why: each step to the decision, and the answer that Envoy would give.

  -f PATH              a file, a folder (its YAML files) or - for standard input; may be given more than once
  --request REQUEST    "GET https://host/path", or "GET /path" with the host in --header; judged byte for byte
  --token TOKEN        the token itself, @FILE, or - for standard input; put where the binding first looks for one
                       (default: none, the request is anonymous)
  --header "K: V"      may be given more than once; a name that comes twice is a header that came twice
  --at TIME            judge as of then: RFC 3339 or Unix seconds                      (default now)
  --output FORMAT      text or json                                                    (default text)
  --help               show this

Keys that are fetched are fetched once, over https:// alone and never from this machine's own network addresses.

Exit code: 0 allowed (mode Audit allows, too) or served, 3 denied, 1 a manifest cannot be read, 2 wrong usage.
`;

const ALLOWED = 0;
const UNREADABLE = 1;
const DENIED = 3;

type Line = Arguments<keyof typeof OPTIONS>;
const OPTIONS = {
  file: 'f',
  request: undefined,
  token: undefined,
  header: undefined,
  at: undefined,
  output: undefined,
} as const;

export const explainCommand: Command = (args, surroundings) => explainWith(args, surroundings, fetchKeys);

/** `fetch` is how keys are fetched. */
export async function explainWith(
  args: readonly string[],
  surroundings: CommandSurroundings,
  fetch: FetchKeys,
): Promise<number> {
  const { stdin, out, err, environment, now } = surroundings;
  const line = readArguments('explain', args, OPTIONS);
  if (line.help) {
    out(HELP);
    return ALLOWED;
  }
  const paths = [...line.all('file'), ...line.positionals];
  if (paths.length === 0) throw usage('explain', '-f PATH is missing: name your manifests.');
  const output = choice('explain', 'output', line.one('output'), ['text', 'json']);
  const bare = requestOf(line);
  const at = timeOf(line, now);
  if (line.one('token') === STDIN && paths.includes(STDIN)) {
    throw usage('explain', 'standard input cannot be both the manifests and the token.');
  }
  const token = await tokenOf(line, stdin);

  const loaded = await loadManifests(paths, stdin);
  for (const problem of loaded.problems) err(`${problem}\n`);
  if (loaded.isUnreadable) {
    err('portcullis: a manifest cannot be read, so that nobody knows what it says: mend it first.\n');
    return UNREADABLE;
  }
  const enforcer = enforcerAt(loaded, new Map(), at);
  const request = token === undefined ? bare : withToken(bare, token, tokenPlace(enforcer, bare));
  const refreshKeys = keyRefresher(loaded, (plan) => fetch(plan, environment));
  const judged = await judgeWithTrace(enforcer, request, at, (source) => refreshKeys(source, at));
  out(output === 'json' ? renderAnswerJson(judged) : renderAnswerText(judged));
  return judged.decision.outcome === 'denied' ? DENIED : ALLOWED;
}

function requestOf(line: Line): CheckRequest {
  const text = line.one('request');
  if (text === undefined) throw usage('explain', '--request "METHOD URL" is missing.');
  const request = parseRequestLine(text);
  if (request.kind === 'refused') throw usage('explain', `--request ${request.problem}.`);
  const headers = line.all('header').map((header) => {
    const parsed = parseHeader(header);
    if (parsed.kind === 'refused') throw usage('explain', `--header ${parsed.problem}.`);
    return parsed.value;
  });
  if (request.value.host === undefined && !headers.some(([name]) => name === 'host')) {
    throw usage('explain', '--request names no host: write the whole URL, or add --header "host: …".');
  }
  return toCheck(request.value, headers);
}

function timeOf(line: Line, now: number): number {
  const text = line.one('at');
  if (text === undefined) return now;
  const time = parseTime(text);
  if (time === undefined) {
    throw usage('explain', `--at is 2026-01-31T12:00:00Z or Unix seconds, not ${JSON.stringify(text)}.`);
  }
  return time;
}

async function tokenOf(line: Line, stdin: () => Promise<Uint8Array>): Promise<string | undefined> {
  const text = line.one('token');
  if (text === undefined) return undefined;
  if (text === STDIN) return withoutLineEnd(await stdin());
  if (!text.startsWith('@')) return text;
  const file = text.slice(1);
  try {
    return withoutLineEnd(await readFile(file));
  } catch (error) {
    const code = errorCode(error) ?? 'unknown error';
    throw new UsageError(`--token @${file}: the file cannot be read (${code}).`);
  }
}

const withoutLineEnd = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('utf8')
    .replace(/\r?\n$/, '');
