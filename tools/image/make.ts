/**
 * `make image`: builds the Dockerfile with what this machine has, and leaves the image, its archive and its bill of
 * materials; `make demoimage` (with the argument `demo`) the image of examples/kubernetes, without the bill. The environment may say IMAGE (name:tag), BASE (another base image), IMAGE_ARCHIVE (where the archive is
 * to stand), BUILDER (docker, podman or buildah), BUILD_FLAGS (for it) and SOURCE_DATE_EPOCH (the files' age).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { VERSION } from '../../src/telemetry/version.ts';
import { mustRun } from '../run.ts';
import { readArchive } from './archive.ts';
import { archiveArguments, buildArguments, chooseBuilder, type Order, type Target } from './builder.ts';
import { SBOM } from './invocation.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

async function make(
  target: Target,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const isDemo = target === 'demo';
  const builder = await chooseBuilder(environment.BUILDER || undefined);
  const order: Order = {
    target,
    context: checkout,
    name: environment.IMAGE || `${isDemo ? 'portcullis-demo' : 'portcullis'}:${VERSION}`,
    base: environment.BASE || undefined,
    epoch: readEpoch(environment.SOURCE_DATE_EPOCH || '0'),
    flags: (environment.BUILD_FLAGS ?? '').split(/\s+/).filter(Boolean),
  };
  const archive = path.resolve(
    environment.IMAGE_ARCHIVE || path.join(checkout, isDemo ? 'dist/demo-image.tar' : 'dist/image.tar'),
  );
  await mkdir(path.dirname(archive), { recursive: true });

  await show(builder, buildArguments(builder, order));
  // buildah refuses to write over an archive.
  await rm(archive, { force: true });
  await mustRun(builder, archiveArguments(builder, order.name, archive));

  const { id, size, compressedSize, content } = await readArchive(archive, isDemo ? undefined : SBOM);
  console.log(`
image    ${order.name}
id       ${id}
size     ${megabytes(size)} (${megabytes(compressedSize)} compressed)
archive  ${archive}`);
  if (content === undefined) return;
  const sbom = `${archive.replace(/\.tar$/, '')}.cdx.json`;
  await writeFile(sbom, content);
  console.log(`SBOM     ${sbom}`);
}

function readEpoch(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new Error(`SOURCE_DATE_EPOCH=${text} is no number of seconds since 1970.`);
}

/** Runs it with its output on this terminal. */
async function show(program: string, args: readonly string[]): Promise<void> {
  console.log([program, ...args].join(' '));
  const [code] = await once(spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] }), 'close');
  if (code !== 0)
    throw new Error(
      `${program} could not build the image: see above. If its base cannot be pulled here, name one of your registry (make image BASE=registry.example/node:26-trixie-slim), or make one of Debian's packages: docs/image.md.`,
    );
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

await make(process.argv[2] === 'demo' ? 'demo' : 'portcullis', process.env).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
