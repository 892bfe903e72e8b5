/**
 * Reads objects through one `kubectl proxy`. Tests look again and again until something has come about, and a kubectl for
 * each look takes more of the processor than all that it waits for.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { JsonObject } from '../../src/base/json.ts';

export interface ObjectsReader {
  /** The object at a path of the API server. Throws with what the server said where that is none. */
  read(at: string): Promise<JsonObject>;
  stop(): Promise<void>;
}

/** Milliseconds for an answer: an API server that starts may leave a request alone. */
const LIMIT = 30_000;

/** @param args before the command: those that name the cluster. */
export async function startReader(program: string, args: readonly string[]): Promise<ObjectsReader> {
  const folder = await mkdtemp(path.join(tmpdir(), 'portcullis-proxy-'));
  const socketPath = path.join(folder, 'socket');
  const proxy = spawn(program, [...args, 'proxy', `--unix-socket=${socketPath}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: proxy.stdout });
  // Its first line says that it serves.
  await Promise.race([once(lines, 'line'), once(lines, 'close')]);
  return {
    async read(at) {
      const request = get({ socketPath, path: at, timeout: LIMIT });
      request.on('timeout', () => request.destroy(new Error(`no answer to ${at}`)));
      const [response] = await once(request, 'response');
      const body = await text(response);
      if (response.statusCode !== 200) throw new Error(`${at}: ${response.statusCode} ${body}`);
      return JSON.parse(body);
    },
    async stop() {
      proxy.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
