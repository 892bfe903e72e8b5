// `make demo` and `make run` for real: Envoy, the validator, the identity provider, the demo API.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { MCP } from '../../dev/examples.ts';
import type { Manifests } from '../../dev/manifests.ts';
import { startPlayground } from '../../dev/playground.ts';
import { get } from '../../dev/request.ts';
import { findEnvoy } from '../../tools/envoy.ts';
import { run as runProgram } from '../../tools/run.ts';

const dev = join(import.meta.dirname, '..', '..', 'dev');

interface Program {
  readonly process: ChildProcess;
  /** Standard output and error so far. */
  readonly lines: readonly string[];
  /** Returns when a line begins so. */
  until(start: string): Promise<void>;
  readonly exit: Promise<number | null>;
}

let running: Program | undefined;

/** Starts a program of dev/, with Envoy on a port; 0 = any that is free. */
function start(name: string, port = 0, env: Readonly<Record<string, string>> = {}): Program {
  const child = spawn(process.execPath, [join(dev, name)], {
    env: { ...process.env, ...env, PORTCULLIS_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const ended = once(child, 'close').then(() => child.exitCode);
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      for (const listener of listeners) listener();
    });
  }
  running = {
    process: child,
    lines,
    exit: ended,
    until(start) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      listeners.add(() => {
        if (lines.some((line) => line.startsWith(start))) resolve();
      });
      ended.then(() => reject(new Error(`ended before "${start}":\n${lines.join('\n')}`)));
      return promise;
    },
  };
  return running;
}

/** How many the report tells of. */
async function refusals({ lines }: Program): Promise<number> {
  const port = /^The console, .*:(\d+)\/$/m.exec(lines.join('\n'))?.[1];
  const { bindings } = JSON.parse((await get(Number(port), '/report', {})).body);
  return bindings
    .flatMap(({ counts }: { counts: readonly Count[] }) => counts)
    .filter(({ outcome }: Count) => outcome === 'denied')
    .reduce((sum: number, { count }: Count) => sum + count, 0);
}

interface Count {
  readonly outcome: string;
  readonly count: number;
}

/** The processes that a program has started and that are still there. */
function childrenOf({ pid }: ChildProcess): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

// The first run installs Envoy.
beforeAll(findEnvoy);

afterEach(async () => {
  running?.process.kill('SIGTERM');
  await running?.exit;
});

it('make demo takes the tour, and all comes out as it should', async () => {
  const demo = start('demo.ts');
  const code = await demo.exit;
  expect(demo.lines.filter((line) => line.includes('WRONG'))).toEqual([]);
  expect(demo.lines.at(-1)).toMatch(/^All \d+ came out as they should\.$/);
  expect(code).toBe(0);
});

describe('make run', () => {
  it('prints requests that are answered as it says, and goes without a trace', async () => {
    const run = start('run.ts');
    await run.until('Ctrl-C');
    const requests = run.lines.flatMap((line, at) => {
      const [, token, port, path] =
        /^curl -i (?:-H '(.*)' )?http:\/\/127\.0\.0\.1:(\d+)(\S+)$/.exec(line) ?? [];
      const status = /: (\d{3})/.exec(run.lines[at - 1] ?? '')?.[1];
      return port === undefined || path === undefined ? [] : [{ token, port: Number(port), path, status }];
    });
    expect(requests).toHaveLength(5);
    for (const { token, port, path, status } of requests) {
      const headers = token === undefined ? {} : { authorization: token.replace('Authorization: ', '') };
      const answer = await get(port, path, headers);
      expect(`${path} ${answer.status}`).toBe(`${path} ${status}`);
    }
    await expect.poll(() => run.lines.join('\n')).toMatch(/403 {2}GET \/admin {2}role_mismatch/);
    expect(await refusals(run)).toBe(requests.filter(({ status }) => status !== '200').length);

    const children = childrenOf(run.process);
    expect(children).toHaveLength(2);
    run.process.kill('SIGINT');
    expect(await run.exit).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);
  });

  it('with EXAMPLE=mcp, prints commands that come out as it says', async () => {
    const run = start('run.ts', 0, { EXAMPLE: 'mcp' });
    await run.until('Ctrl-C');
    const define = run.lines.find((line) => line.startsWith('call() {')) ?? '';
    const steps = run.lines.flatMap((line, at) => {
      const status = /^# .*: (\d{3})\b/.exec(line)?.[1];
      return status === undefined ? [] : [{ status, command: run.lines[at + 1] ?? '' }];
    });
    const answers: string[] = [];
    for (const { command } of steps) {
      const { stdout } = await runProgram('sh', ['-c', `${define}\n${command}`]);
      answers.push(stdout);
    }
    expect(answers.map((answer) => /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])).toEqual(
      steps.map(({ status }) => status),
    );
    expect(await refusals(run)).toBe(steps.filter(({ status }) => status !== '200').length);
    const [challenge, metadata, read, refused, deleted] = answers;
    expect(answers).toHaveLength(5);
    const place = /resource_metadata="([^"]+)"/.exec(challenge ?? '')?.[1] ?? '';
    expect(steps[1]?.command).toBe(`curl -i ${place}`);
    expect(metadata).toContain(`"resource":"${place.replace('/.well-known/oauth-protected-resource', '')}"`);
    expect(read).toContain('Water the plants.');
    expect(refused).toContain('scope="files:read files:delete"');
    expect(deleted).toContain('notes.txt is gone.');
    const tokenLine = run.lines.find((line) => line.startsWith('curl -s -u joe:')) ?? '';
    const { stdout } = await runProgram('sh', ['-c', tokenLine]);
    expect(JSON.parse(stdout)).toMatchObject({ scope: 'files:read', token_type: 'Bearer' });
  });

  it('waits for the end of a mistake, and leaves no trace of its questions', async () => {
    const example = { ...MCP, folder: mkdtempSync(join(tmpdir(), 'portcullis-example-')) };
    cpSync(MCP.folder, example.folder, { recursive: true });
    const good = readFileSync(join(example.folder, 'api-binding.yaml'), 'utf8');
    writeFileSync(join(example.folder, 'api-binding.yaml'), good.replace('  rules:', '  rulez:'));
    const lines: string[] = [];
    const mistaken = Promise.withResolvers<string>();
    const onMistake = vi.fn(({ folder }: Manifests) => mistaken.resolve(folder));
    const starting = startPlayground({
      ...{ example, port: 0, command: 'make run', onMistake },
      onLog: (line) => lines.push(line),
    });
    const enforced = join(await mistaken.promise, 'api-binding.yaml');
    writeFileSync(enforced, readFileSync(enforced, 'utf8').replace('  rulez:', '  rules:'));
    const playground = await starting;
    await expect.poll(() => lines.at(-1)).toContain('api-binding.yaml: mended, in force');
    expect(onMistake).toHaveBeenCalledOnce();
    expect(lines.filter((line) => line.includes('denied'))).toEqual([]);
    const report = await get(Number(playground.admin.split(':')[1]), '/report', {});
    expect(JSON.parse(report.body)).toMatchObject({ bindings: [] });
    await playground.stop();
    rmSync(example.folder, { recursive: true });
  });

  it('says which examples there are, where it does not know one', async () => {
    const run = start('run.ts', 0, { EXAMPLE: 'mpc' });
    expect(await run.exit).toBe(1);
    expect(run.lines).toEqual(['EXAMPLE is "mpc". There are quickstart and mcp: make run EXAMPLE=mcp']);
  });

  it('ends, and takes the others along, when one of its processes is killed', async () => {
    const run = start('run.ts');
    await run.until('Ctrl-C');
    const children = childrenOf(run.process);
    process.kill(Number(children[0]), 'SIGKILL');
    expect(await run.exit).toBe(1);
    const [, log = ''] =
      /^(?:validator|Envoy) ended \(SIGKILL\)\. Its log: (.+)$/m.exec(run.lines.join('\n')) ?? [];
    expect(existsSync(log)).toBe(true);
    rmSync(dirname(log), { recursive: true });
    expect(children.filter(isAlive)).toEqual([]);
  });

  it.each([
    ['run.ts', {}, 'make run'],
    ['run.ts', { EXAMPLE: 'mcp' }, 'make run EXAMPLE=mcp'],
    ['demo.ts', {}, 'make demo'],
  ])('%s %o says so when its port is in use, and what to type', async (program, env, command) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const run = start(program, port, env);
    expect(await run.exit).toBe(1);
    expect(run.lines).toEqual([
      expect.stringMatching(
        `^127.0.0.1:${port} is in use. Stop what listens there, or choose another port: ${command} PORTCULLIS_PORT=\\d+$`,
      ),
    ]);
    other.close();
  });
});
