/** bin/portcullis in a copy of a checkout: which Node.js it takes, which bundle, and what it says without them; and the image does as it does. */
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environment, HOME, invocation } from './image/invocation.ts';
import { run } from './run.ts';

const launcher = fileURLToPath(new URL('../bin/portcullis', import.meta.url));
const sayWhatRan = (bundle: string) =>
  `console.log(JSON.stringify({ bundle: '${bundle}', args: process.argv.slice(2), flags: process.execArgv, threads: process.env.UV_THREADPOOL_SIZE, arenas: process.env.MALLOC_ARENA_MAX }))`;

let checkout: string;
/** Where the system's own programs stand, and no Node.js. */
let system: string;

beforeEach(async () => {
  checkout = await mkdtemp(path.join(tmpdir(), 'portcullis launcher-'));
  await mkdir(path.join(checkout, 'bin'));
  await cp(launcher, path.join(checkout, 'bin', 'portcullis'));
  system = path.join(checkout, 'system');
  await mkdir(system);
  for (const program of ['dirname', 'readlink'])
    await symlink(`/usr/bin/${program}`, path.join(system, program));
});

afterEach(() => rm(checkout, { recursive: true, force: true }));

async function build(): Promise<void> {
  await mkdir(path.join(checkout, 'dist'));
  for (const bundle of ['validator', 'portcullis']) {
    await writeFile(path.join(checkout, 'dist', `${bundle}.cjs`), sayWhatRan(bundle));
  }
}

/** Puts this very Node.js where the npm package has it. */
async function installNode(place = 'node_modules/node/bin'): Promise<void> {
  await mkdir(path.join(checkout, place), { recursive: true });
  await symlink(process.execPath, path.join(checkout, place, 'node'));
}

async function fakeNode(folder: string, script: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'node'), `#!/bin/sh\n${script}\n`);
  await chmod(path.join(folder, 'node'), 0o755);
}

function portcullis(
  args: readonly string[],
  { program = path.join(checkout, 'bin', 'portcullis'), cwd = '/' } = {},
) {
  return run(program, args, { cwd, env: { PATH: system } });
}

describe('bin/portcullis', () => {
  it.each([
    [['validator', '--manifests', 'a b'], 'validator', ['--max-semi-space-size=2']],
    [['lint', '-f', ''], 'portcullis', []],
    [['operator'], 'portcullis', ['--max-semi-space-size=4', '--heap-growing-percent=25']],
    [['--help'], 'portcullis', []],
    [[], 'portcullis', []],
  ])('runs %j in the bundle %s, as the image does', async (args, bundle, flags) => {
    await build();
    await installNode();
    const { code, stdout, stderr } = await portcullis(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { UV_THREADPOOL_SIZE: threads, MALLOC_ARENA_MAX: arenas } = environment(args);
    expect(JSON.parse(stdout)).toEqual({ bundle, args, flags, threads, ...(arenas && { arenas }) });
    expect(invocation(args)).toEqual([...flags, `${HOME}/${bundle}.cjs`, ...args]);
  });

  it('finds its checkout through links, absolute and relative', async () => {
    await build();
    await installNode();
    await mkdir(path.join(checkout, 'elsewhere'));
    await symlink('../bin/portcullis', path.join(checkout, 'elsewhere', 'relative'));
    await symlink(path.join(checkout, 'elsewhere', 'relative'), path.join(checkout, 'absolute'));
    const { code, stdout } = await portcullis(['lint'], { program: './absolute', cwd: checkout });
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, bundle: 'portcullis', args: ['lint'] });
  });

  it('passes the exit code on', async () => {
    await build();
    await installNode();
    await writeFile(path.join(checkout, 'dist', 'portcullis.cjs'), 'process.exit(3)');
    expect((await portcullis(['explain'])).code).toBe(3);
  });

  it.each([
    ['an npm package whose install script did not run', 'node_modules/node/bin', 'exit 127'],
    ['an older one', 'node_modules/node/bin', 'echo v24.99.0'],
  ])('takes the Node.js of the PATH rather than %s', async (_case, place, script) => {
    await build();
    await fakeNode(path.join(checkout, place), script);
    await symlink(process.execPath, path.join(system, 'node'));
    expect((await portcullis([])).code).toBe(0);
  });

  it('says how to get Node.js where there is none that is new enough', async () => {
    await build();
    await fakeNode(system, 'echo v25.9.0');
    const { code, stdout, stderr } = await portcullis(['validator']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^portcullis: no Node\.js 26 or newer: run 'make build'.*\n$/);
  });

  it('says what to run where nothing was built', async () => {
    await installNode();
    const { code, stdout, stderr } = await portcullis(['validator']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^portcullis: .*\/dist\/validator\.cjs is missing: run 'make build'.*\n$/);
  });
});
