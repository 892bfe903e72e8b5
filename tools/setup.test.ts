/** tools/setup.sh in a copy of a checkout, with an npm that only writes down what it was asked for. */
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './run.ts';

const setupScript = fileURLToPath(new URL('setup.sh', import.meta.url));

let checkout: string;
let programs: string;

beforeEach(async () => {
  checkout = await mkdtemp(path.join(tmpdir(), 'portcullis-setup-'));
  programs = path.join(checkout, 'programs');
  await mkdir(programs);
  for (const program of [
    'sh',
    'dirname',
    'cksum',
    'cat',
    'mkdir',
    'chmod',
    'id',
    'grep',
    'cp',
    'sed',
    'rm',
  ]) {
    await symlink(`/bin/${program}`, path.join(programs, program));
  }
  await mkdir(path.join(checkout, 'tools'));
  await cp(setupScript, path.join(checkout, 'tools', 'setup.sh'));
  await writeFile(path.join(checkout, 'package-lock.json'), '{"lockfileVersion": 3}');
  await writeFile(
    path.join(checkout, 'package.json'),
    '{\n  "engines": {\n"node": ">=26"},\n  "node": "26.1.2"\n}',
  );
  await program(path.join(programs, 'node'), 'echo v26.0.0');
});

afterEach(() => rm(checkout, { recursive: true, force: true }));

async function program(file: string, script: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

const node = () => path.join(checkout, 'node_modules/node/bin/node');

/** An npm that puts `installed` where Node.js belongs. */
async function npm(installed = 'echo v26.0.0'): Promise<void> {
  await program(path.join(checkout, 'new-node'), installed);
  await program(
    path.join(programs, 'npm'),
    `echo "$@" >>asked
     mkdir -p node_modules/node/bin && cp new-node node_modules/node/bin/node`,
  );
}

/** How often npm was asked to install. */
async function installations(): Promise<number> {
  const text = await readFile(path.join(checkout, 'asked'), 'utf8').catch(() => '');
  return text.match(/^install --no-save .*--ignore-scripts=false/gm)?.length ?? 0;
}

const setUp = () =>
  run('/bin/sh', [path.join(checkout, 'tools/setup.sh')], {
    cwd: '/',
    env: { PATH: programs, XDG_CACHE_HOME: path.join(checkout, 'cache') },
  });

describe('tools/setup.sh', () => {
  it('installs on a fresh machine, with install scripts, and then has nothing to do', async () => {
    await npm();
    expect((await setUp()).code).toBe(0);
    expect((await setUp()).code).toBe(0);
    expect(await installations()).toBe(1);
  });

  it('installs anew when the lock file has changed', async () => {
    await npm();
    await setUp();
    await writeFile(path.join(checkout, 'package-lock.json'), '{"lockfileVersion": 3, "packages": {}}');
    expect((await setUp()).code).toBe(0);
    expect(await installations()).toBe(2);
  });

  it('installs anew when Node.js is gone', async () => {
    await npm();
    await setUp();
    await rm(node());
    expect((await setUp()).code).toBe(0);
    expect(await installations()).toBe(2);
  });

  it('has an older Node.js fetch a newer one with its npm, which then install', async () => {
    await program(path.join(programs, 'node'), 'echo v25.9.9');
    const asked = path.join(checkout, 'asked');
    await program(
      path.join(checkout, 'new-npm'),
      `echo "new $1 $(node --version)" >>${asked}
       mkdir -p node_modules/node/bin && cp ${checkout}/new-node node_modules/node/bin/node`,
    );
    await program(path.join(checkout, 'new-node'), 'echo v26.1.2');
    await program(
      path.join(programs, 'npm'),
      `echo "old $@" >>${asked}
       mkdir -p node_modules/node/bin node_modules/.bin
       cp ${checkout}/new-node node_modules/node/bin/node && cp ${checkout}/new-npm node_modules/.bin/npm`,
    );
    expect((await setUp()).code).toBe(0);
    await rm(node());
    expect((await setUp()).code).toBe(0);
    const lines = (await readFile(asked, 'utf8')).trim().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^old install .* node@26\.1\.2 npm@\d+\.\d+\.\d+$/),
      'new install v26.1.2',
      'new install v26.1.2',
    ]);
  });

  it('says that npm is missing', async () => {
    const { code, stderr } = await setUp();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^npm is missing\. .*apt-get install npm.*\n$/);
  });

  it('says so when npm left no Node.js', async () => {
    await npm();
    await program(path.join(programs, 'npm'), 'mkdir -p node_modules');
    const { code, stderr } = await setUp();
    expect(code).toBe(1);
    expect(stderr).toContain('its install script did not run');
  });

  it('names the missing library to who may not install it', async () => {
    await npm('exit 127');
    await program(path.join(programs, 'ldconfig'), 'echo libc.so.6');
    await rm(path.join(programs, 'id'));
    await program(path.join(programs, 'id'), 'echo 1000');
    const { code, stderr } = await setUp();
    expect(code).toBe(1);
    expect(stderr).toContain('sudo apt-get install libatomic1');
  });

  it('shows why Node.js does not start', async () => {
    await npm('echo "no such instruction" >&2; exit 132');
    await program(path.join(programs, 'ldconfig'), 'echo libatomic.so.1');
    const { code, stderr } = await setUp();
    expect(code).toBe(1);
    expect(stderr).toContain('no such instruction');
  });
});
