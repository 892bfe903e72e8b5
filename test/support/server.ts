/** Real servers in tests: started on free ports, watched while they come up, gone when the test is. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../dev/ports.ts';

export interface ServerOptions {
  /** For messages. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Milliseconds between two looks at whether a server is ready. */
const pollInterval = 50;
/** Milliseconds that a server has between SIGTERM and SIGKILL. */
const patience = 10_000;
/** Characters of output that are kept: enough to say why a server did not start. */
const keptOutput = 1_000_000;

/** A running server, in a process group of its own. */
export class Server {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #watchdog: ChildProcess | undefined;
  readonly #ended: Promise<void>;
  #output = '';
  #end: string | undefined;

  constructor({ name, program, args, cwd, env }: ServerOptions) {
    this.name = name;
    this.#process = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#keepLines(this.#process.stdout);
    this.#keepLines(this.#process.stderr);

    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended = promise;
    this.#process.once('error', (error) => {
      this.#end = `could not be started: ${error.message}`;
      resolve();
    });
    this.#process.once('close', (code, signal) => {
      this.#end ??= `ended (${signal ?? `exit code ${code}`})`;
      resolve();
    });

    const { pid } = this.#process;
    if (pid !== undefined) this.#watchdog = watchdog(pid);
  }

  #keepLines(stream: Readable | null): void {
    let rest = '';
    const keep = (text: string) => {
      this.#output = (this.#output + text).slice(-keptOutput);
    };
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const end = chunk.lastIndexOf('\n') + 1;
      if (end > 0) keep(rest + chunk.slice(0, end));
      rest = end > 0 ? chunk.slice(end) : (rest + chunk).slice(-keptOutput);
    });
    stream?.once('end', () => keep(rest));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** All whole lines that it has written so far, to either stream; what comes after the last one when it has ended. */
  get logs(): string {
    return this.#output;
  }

  get running(): boolean {
    return this.#end === undefined;
  }

  /** Says how it ended, such as `ended (exit code 0)`, once it has. */
  async ended(): Promise<string> {
    await this.#ended;
    return this.#end ?? '';
  }

  /** To the server itself, and to none of its children. */
  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /**
   * Asks `probe` until it gives something else than undefined. Throws, with the end of the server's output, after
   * `seconds`, and at once when the server ends; what `probe` throws counts as "not yet".
   */
  async until<T>(what: string, seconds: number, probe: () => Promise<T | undefined>): Promise<T> {
    const deadline = performance.now() + seconds * 1000;
    let problem = '';
    while (this.running && performance.now() < deadline) {
      try {
        const found = await probe();
        if (found !== undefined) return found;
      } catch (error) {
        problem = ` (${error instanceof Error ? error.message : String(error)})`;
      }
      await Promise.race([sleep(pollInterval), this.#ended]);
    }
    const reason = this.#end ?? `was not ${what} within ${seconds} s${problem}`;
    throw new Error(`${this.name} ${reason}:\n${this.#output.split('\n').slice(-30).join('\n')}`);
  }

  /** SIGTERM, and SIGKILL where that does not help. Returns when it and its children are gone. */
  async stop(): Promise<void> {
    if (this.#watchdog !== undefined) signalGroup(this.#watchdog, 'SIGKILL');
    if (this.running) {
      signalGroup(this.#process, 'SIGTERM');
      const timer = setTimeout(() => signalGroup(this.#process, 'SIGKILL'), patience);
      await this.#ended;
      clearTimeout(timer);
    }
    signalGroup(this.#process, 'SIGKILL'); // what it may have left behind in its group
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: nobody is left.
  }
}

/** Kills the process group when this process is gone, however it went: then nobody holds the pipe that it reads. */
function watchdog(group: number): ChildProcess {
  const dog = spawn('sh', ['-c', `cat >/dev/null; kill -KILL -${group} 2>/dev/null`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  dog.unref();
  return dog;
}

/** `count` different ports of 127.0.0.1 where nothing listens; they stay this process's until it ends. */
export async function freePorts(count: number): Promise<readonly number[]> {
  return Promise.all(Array.from({ length: count }, () => freePort(0)));
}

/** A new folder, and how to be rid of it. */
export async function temporaryFolder(name: string): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), `portcullis-${name}-`));
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
