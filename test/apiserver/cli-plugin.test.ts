/** The real kubectl finds bin/kubectl-portcullis of a checkout, and gives it what it was called with. */

import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Result, run } from '../../tools/run.ts';
import { apiServerBinaries } from './binaries.ts';

const BIN = fileURLToPath(new URL('../../bin', import.meta.url));

let checkout: string;
let kubectl: (...args: readonly string[]) => Promise<Result>;

beforeAll(async () => {
  checkout = await mkdtemp(path.join(tmpdir(), 'portcullis-plugin-'));
  await cp(BIN, path.join(checkout, 'bin'), { recursive: true, verbatimSymlinks: true });
  await mkdir(path.join(checkout, 'dist'));
  const program =
    'console.log(JSON.stringify({ args: process.argv.slice(2), config: process.env.KUBECONFIG })); process.exitCode = 3;';
  await writeFile(path.join(checkout, 'dist/portcullis.cjs'), program);
  await mkdir(path.join(checkout, 'node_modules/node/bin'), { recursive: true });
  await symlink(process.execPath, path.join(checkout, 'node_modules/node/bin/node'));
  const binary = path.join(await apiServerBinaries(), 'kubectl');
  const env = { PATH: `${path.join(checkout, 'bin')}:/usr/bin:/bin`, KUBECONFIG: '/a/kubeconfig' };
  kubectl = (...args) => run(binary, args, { env });
});
afterAll(() => rm(checkout, { recursive: true, force: true }));

it('passes on arguments, environment and exit code', async () => {
  const { code, stdout } = await kubectl('portcullis', 'coverage', '-n', 'a b', '--fail');
  expect(JSON.parse(stdout)).toEqual({
    args: ['coverage', '-n', 'a b', '--fail'],
    config: '/a/kubeconfig',
  });
  expect(code).toBe(3);
});

it('stands in the list of plugins', async () => {
  const { stdout } = await kubectl('plugin', 'list');
  expect(stdout).toContain(path.join(checkout, 'bin/kubectl-portcullis'));
});
