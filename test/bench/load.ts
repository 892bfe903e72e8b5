/** A load on Envoy: wrk on 32 connections, another token with every request. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** As in the figures that other authorizers were measured with. */
export const CONNECTIONS = 32;

export interface Load {
  readonly port: number;
  readonly seconds: number;
  /** A file of tokens, one a line. */
  readonly tokens: string;
  /** Requests go to h0.example, h1.example, … in turn. */
  readonly hosts: number;
  /** The place in the file to begin at; it goes on from its beginning. Default: 0. */
  readonly start?: number;
  /** The tool of an MCP server that each request calls. Absent: requests are no calls. */
  readonly tool?: string | undefined;
}

/** Times in milliseconds. */
export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly refused: number;
  readonly p50: number;
  readonly p99: number;
}

interface WrkResult {
  readonly requests: number;
  readonly microseconds: number;
  readonly refused: number;
  readonly broken: number;
  readonly p50: number;
  readonly p99: number;
}

/** Throws if connections broke: such a run has measured something else. */
export async function applyLoad({
  port,
  seconds,
  tokens,
  hosts,
  start = 0,
  tool,
}: Load): Promise<LoadResult> {
  const script = fileURLToPath(new URL('tokens.lua', import.meta.url));
  const { stdout } = await run(
    'wrk',
    ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-s', script, `http://127.0.0.1:${port}`],
    { env: { ...process.env, TOKENS: tokens, HOSTS: String(hosts), START: String(start), TOOL: tool } },
  );
  const line = stdout.split('\n').find((text) => text.startsWith('RESULT '));
  if (line === undefined) throw new Error(`wrk printed no result:\n${stdout}`);
  const result = JSON.parse(line.slice('RESULT '.length)) as WrkResult;
  if (result.broken > 0) throw new Error(`${result.broken} connections broke under load`);
  return {
    requests: result.requests,
    perSecond: (result.requests / result.microseconds) * 1e6,
    refused: result.refused,
    p50: result.p50 / 1000,
    p99: result.p99 / 1000,
  };
}
