/** Child processes that live no longer than this one: their output, their death, their end. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, openSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface Command {
  /** For messages; also names the log file. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly logFile: string;
  /** Hears every line of standard output as it comes. */
  readonly onLine?: (line: string) => void;
}

interface Child {
  readonly name: string;
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
}

export class Children {
  readonly #children: Child[] = [];
  readonly #died = Promise.withResolvers<Error>();
  readonly #patience: number;
  #stopping = false;

  /** `patience`: milliseconds that a child has between SIGTERM and SIGKILL. */
  constructor(patience: number) {
    this.#patience = patience;
    // The last resort, for an exit that did not come by stop().
    process.once('exit', () => {
      for (const child of this.#children) signal(child, 'SIGKILL');
    });
  }

  /** Settles when a child ends that nobody stopped: what happened, its last words, and where its log is. */
  get died(): Promise<Error> {
    return this.#died.promise;
  }

  start(command: Command): void {
    const { name, program, args, cwd, logFile } = command;
    // Opened before the child starts, so that the file exists when the end of the child is told.
    const log = createWriteStream(logFile, { fd: openSync(logFile, 'a') });
    log.once('error', ({ message }) => {
      this.#report(new Error(`The log of ${name} cannot be written: ${message}. Its file: ${logFile}`));
    });
    const ended = Promise.withResolvers<void>();
    const process = spawn(program, args, {
      cwd,
      // A process group of its own: Ctrl-C reaches this process alone, which stops the others in order, and
      // a child's own children go with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const child: Child = { name, process, ended: ended.promise };
    this.#children.push(child);
    const lastWords: string[] = [];
    createInterface({ input: process.stderr }).on('line', (line) => {
      log.write(`${line}\n`);
      if (lastWords.push(line) > 3) lastWords.shift();
    });
    createInterface({ input: process.stdout }).on('line', (line) => {
      log.write(`${line}\n`);
      command.onLine?.(line);
    });
    process.once('error', (error) => {
      log.end();
      this.#report(new Error(`${name} could not be started: ${error.message}`));
      ended.resolve();
    });
    process.once('exit', () => {
      // What it may have left behind in its group, which also holds on to its output.
      signal(child, 'SIGKILL');
      this.#children.splice(this.#children.indexOf(child), 1);
    });
    process.once('close', (code, killer) => {
      log.end();
      const how = killer ?? `exit code ${code}`;
      this.#report(new Error([`${name} ended (${how}). Its log: ${logFile}`, ...lastWords].join('\n')));
      ended.resolve();
    });
  }

  /** Stops all, the youngest first, and returns when they are gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const child of this.#children.toReversed()) {
      signal(child, 'SIGTERM');
      const timer = setTimeout(() => signal(child, 'SIGKILL'), this.#patience);
      await child.ended;
      clearTimeout(timer);
    }
  }

  #report(error: Error): void {
    if (!this.#stopping) this.#died.resolve(error);
  }
}

/** To the child's whole group; nothing where that is gone. */
function signal(child: Child, name: NodeJS.Signals): void {
  const { pid } = child.process;
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // ESRCH: it is gone already.
  }
}
