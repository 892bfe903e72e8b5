/** The image as a cluster runs it: no root, nothing to write to, no shell, and every command of it works. */
import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VALIDATOR_USER } from '../../src/injection/layout.ts';
import { VERSION } from '../../src/telemetry/version.ts';
import { environment, SBOM } from '../../tools/image/invocation.ts';
import { run } from '../../tools/run.ts';
import { Server, temporaryFolder } from '../support/server.ts';
import { type Image, openImage } from './container.ts';
import { buildPortcullisImage } from './images.ts';

const USER = 65_532;
const PORTCULLIS = '/usr/bin/portcullis';
const manifests = fileURLToPath(new URL('../../examples/quickstart', import.meta.url));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let printed: string;
let image: Image;

beforeAll(async () => {
  folder = await temporaryFolder('image');
  const archive = path.join(folder.path, 'image.tar');
  printed = await buildPortcullisImage('portcullis:test', archive);
  image = await openImage(archive, folder.path);
});

afterAll(async () => {
  await run('buildah', ['rmi', 'portcullis:test', 'portcullis:again']);
  await folder.remove();
});

describe('the image', () => {
  it('tells its name, id, size and files', () => {
    expect(printed).toMatch(
      /\nimage {4}portcullis:test\nid {7}sha256:[0-9a-f]{64}\nsize {5}\d+ MB \(\d+ MB compressed\)\narchive {2}\S+\nSBOM {5}\S+\n$/,
    );
  });

  it('starts the command, as a user whose number is not 0', () => {
    expect(JSON.parse(image.config)).toMatchObject({
      config: { User: '65532:65532', Entrypoint: [PORTCULLIS] },
    });
  });

  it('holds no program but node, nft and the command itself', async () => {
    const programs = ['bin', 'sbin', 'usr/local', 'usr/bin', 'usr/sbin'].map(async (place) =>
      (await readdir(path.join(image.rootfs, place)).catch(() => [])).map((file) => `${place}/${file}`),
    );
    expect((await Promise.all(programs)).flat()).toEqual([
      'usr/bin/node',
      'usr/bin/portcullis',
      'usr/sbin/nft',
    ]);
  });

  it('has its bill of materials in it and beside it', async () => {
    const inside = await readFile(path.join(image.rootfs, SBOM), 'utf8');
    expect(await readFile(path.join(folder.path, 'image.cdx.json'), 'utf8')).toBe(inside);
    for (const name of ['node', 'nftables', 'libc6', 'pino', '@peculiar/x509']) {
      expect(inside).toContain(`"name": "${name}"`);
    }
    expect(inside).not.toContain('"name": "vitest"');
  });

  it('is the same again from the same sources and base', async () => {
    const again = await buildPortcullisImage(
      'portcullis:again',
      path.join(folder.path, 'again.tar'),
      '--no-cache',
    );
    const id = (text: string) => /^id .*$/m.exec(text)?.[0];
    expect(id(again)).toBe(id(printed));
  });
});

describe('a container without root, capabilities and a place to write', () => {
  const folders = { '/manifests': { from: manifests } };

  it.each([
    [['--version'], `${VERSION}\n`],
    [['lint', '-f', '/manifests'], expect.stringMatching(/0 errors/)],
    [['validator', '--help'], expect.stringContaining('Usage: portcullis validator')],
    [['operator', '--help'], expect.stringContaining('Usage: portcullis operator')],
    [['capture', '--print', '8080=15906'], expect.stringContaining('table inet portcullis')],
  ])('runs portcullis %j', async (args, stdout) => {
    const result = await image.run({ args: [PORTCULLIS, ...args], user: USER, folders });
    expect(result).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('passes the exit code on', async () => {
    const { code } = await image.run({ args: [PORTCULLIS, 'lint'], user: USER });
    expect(code).toBe(2);
  });

  it.each([
    ['the image', USER],
    ['the injected sidecar', VALIDATOR_USER],
    ['capture', 0],
  ])('starts from compiled code as the user of %s', async (_name, user) => {
    const { stderr } = await image.run({
      args: [PORTCULLIS, 'validator', '--help'],
      user,
      env: ['NODE_DEBUG_NATIVE=COMPILE_CACHE'],
    });
    expect(stderr).toMatch(/validator\.cjs was accepted/);
  });

  it('starts as any other user, too', async () => {
    const result = await image.run({
      args: [PORTCULLIS, 'lint', '-f', '/manifests'],
      user: 1_000_650_000,
      folders,
    });
    expect(result).toMatchObject({ code: 0, stderr: '' });
  });

  it('answers as first process of the container, with the flags of Node.js, and ends at SIGTERM', async () => {
    const sockets = path.join(folder.path, 'sockets');
    await mkdir(sockets);
    await chmod(sockets, 0o777);
    const { server, pid } = await image.start({
      args: [PORTCULLIS, 'validator', '--manifests', '/manifests', '--allow-insecure-http', ...OWN_SOCKETS],
      user: USER,
      folders: { ...folders, '/sockets': { from: sockets, writable: true } },
    });
    try {
      await server.until('listening', 60, async () =>
        (await readdir(sockets)).includes('http') ? true : undefined,
      );
      const first = await pid();
      const [, flag, bundle] = (await readFile(`/proc/${first}/cmdline`, 'utf8')).split('\0');
      expect([flag, bundle]).toEqual(['--max-semi-space-size=2', '/usr/lib/portcullis/validator.cjs']);
      const variables = (await readFile(`/proc/${first}/environ`, 'utf8')).split('\0');
      expect(variables).toEqual(
        expect.arrayContaining(
          Object.entries(environment(['validator'])).map(([name, value]) => `${name}=${value}`),
        ),
      );
      process.kill(first, 'SIGTERM');
      expect(await server.ended()).toBe('ended (exit code 0)');
    } finally {
      await server.stop();
    }
  });
});

const OWN_SOCKETS = ['--http=unix:/sockets/http', '--grpc=off', '--admin=unix:/sockets/admin'];

describe('capture', () => {
  const args = [PORTCULLIS, 'capture', '8080=15906'];

  it('needs no capability but NET_ADMIN, and leaves its rules in the network of the pod', async () => {
    const holder = new Server({
      name: 'pod',
      program: 'unshare',
      args: ['--net', 'sh', '-c', 'echo up; exec sleep 86400'],
    });
    try {
      await holder.until('up', 60, async () => (holder.logs.includes('up') ? true : undefined));
      const pod = { user: 0, capabilities: ['CAP_NET_ADMIN'], network: `/proc/${holder.pid}/ns/net` };
      expect(await image.run({ args, ...pod })).toMatchObject({ code: 0, stderr: '' });
      const rules = await image.run({
        args: ['/usr/sbin/nft', 'list', 'table', 'inet', 'portcullis'],
        ...pod,
      });
      expect(rules.stdout).toMatch(/tcp dport (map )?.*8080.*15906/s);
    } finally {
      await holder.stop();
    }
  });

  it('says what it lacks', async () => {
    const result = await image.run({ args, user: 0 });
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain('NET_ADMIN');
  });
});
