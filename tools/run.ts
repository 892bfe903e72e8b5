/** Runs a program to its end, for tools: its output, or an error that says what failed. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Ends the program. */
  readonly signal?: AbortSignal;
}

/** Runs `program` and returns its exit code and output. Throws only if it cannot be started, or is ended by a signal. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Result> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    signal: options.signal,
    stdio: 'pipe',
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      code === null ? reject(new Error(`${program} was ended by ${signal}`)) : resolve(code),
    );
  });
  child.stdin.on('error', () => {}); // a program that does not read its input is free to close it
  child.stdin.end(options.stdin ?? '');
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** As `run`, for programs whose failure is an error: returns what was written to standard output. */
export async function mustRun(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code === 0) return stdout;
  const said = `${stderr}${stdout}`.trim().split('\n').slice(-20).join('\n');
  throw new Error(`${[program, ...args].join(' ')} failed with exit code ${code}:\n${said}`);
}
