import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/telemetry/version.ts';
import { bundle } from '../bundle.ts';
import { run } from '../run.ts';
import { signatureOf } from './mach-o.ts';
import { pack } from './pack.ts';
import { OWN_PLATFORM } from './platforms.ts';

const QUICKSTART = fileURLToPath(new URL('../../examples/quickstart', import.meta.url));

let folder: string;
let source: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'portcullis-cli-'));
  await bundle({ portcullis: 'src/cli/main.ts' }, folder);
  source = path.join(folder, 'portcullis.cjs');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('for this machine', () => {
  const portcullis = (args: readonly string[], env = {}) =>
    run(path.join(folder, 'kubectl-portcullis'), args, { cwd: '/', env: { PATH: '', ...env } });

  beforeAll(async () => {
    if (OWN_PLATFORM === undefined) throw new Error('no executable can be made for this machine');
    await pack(OWN_PLATFORM, source, path.join(folder, 'kubectl-portcullis'));
    // Nothing of the checkout is needed any more.
    await rm(source);
  });

  it('it runs alone, whatever its name is', async () => {
    expect(await portcullis(['--version'])).toMatchObject({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
    const { code, stdout } = await portcullis(['lint', '-f', QUICKSTART]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^0 errors, 1 warning in 2 files$/m),
    });
  });

  it('a wrong use is one line, with the exit code of the command', async () => {
    const { code, stderr } = await portcullis(['lint', '-f', '/nowhere']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'portcullis: /nowhere does not exist.\n' });
  });

  it('NODE_OPTIONS are not for it', async () => {
    const hook = path.join(folder, 'hook.cjs');
    await writeFile(hook, 'console.log("hooked")');
    const { stdout } = await portcullis(['--version'], { NODE_OPTIONS: `--require=${hook}` });
    expect(stdout).toBe(`${VERSION}\n`);
  });
});

it('for macOS it is signed as it is, and without a certificate', async () => {
  await bundle({ portcullis: 'src/cli/main.ts' }, folder);
  const output = path.join(folder, 'portcullis-darwin-arm64');
  await pack('darwin-arm64', source, output);
  const program = await readFile(output);
  const signature = signatureOf(program);
  expect(signature).toMatchObject({ identifier: 'dev.portcullis.cli', isAdHoc: true, wrongPages: 0 });
  expect(signature?.pages).toBeGreaterThan(30_000);
  // Whoever changes one byte is found out.
  program.writeUInt8(program.readUInt8(50_000_000) ^ 1, 50_000_000);
  expect(signatureOf(program)?.wrongPages).toBe(1);
});
