/** docker, podman or buildah: which one is to build the image, and its words for doing so. */
import { findOnPath } from '../cache.ts';
import { run } from '../run.ts';

export const BUILDERS = ['docker', 'podman', 'buildah'] as const;
export type Builder = (typeof BUILDERS)[number];

/** The stages of the Dockerfile that make an image. */
export type Target = 'portcullis' | 'demo';

export interface Order {
  readonly target: Target;
  /** The folder with the Dockerfile. */
  readonly context: string;
  /** Name of the image, with its tag. */
  readonly name: string;
  /** Undefined = the Dockerfile's default. */
  readonly base: string | undefined;
  /** Seconds since 1970: the age of the image and of its files. */
  readonly epoch: number;
  /** Further arguments of the builder's own. */
  readonly flags: readonly string[];
}

/** The arguments that build the image. */
export function buildArguments(builder: Builder, order: Order): readonly string[] {
  const { context, target, name, base, epoch, flags } = order;
  return [
    ...['build', '--target', target, '--tag', name, '--build-arg', `SOURCE_DATE_EPOCH=${epoch}`],
    ...(base === undefined ? [] : ['--build-arg', `BASE=${base}`]),
    ...ageArguments(builder, epoch),
    ...flags,
    context,
  ];
}

/** docker takes the age from the build argument. Of the others, buildah keeps no layer for the next build unasked. */
function ageArguments(builder: Builder, epoch: number): readonly string[] {
  switch (builder) {
    case 'docker':
      return [];
    case 'podman':
      return ['--timestamp', String(epoch)];
    case 'buildah':
      return ['--timestamp', String(epoch), '--layers'];
  }
}

/** The arguments that write the image into a file which `docker load` and `ctr images import` read. */
export function archiveArguments(builder: Builder, name: string, file: string): readonly string[] {
  switch (builder) {
    case 'docker':
      return ['save', '--output', file, name];
    case 'podman':
      return ['save', '--format', 'docker-archive', '--output', file, name];
    case 'buildah':
      return ['push', '--quiet', name, `docker-archive:${file}:${name}`];
  }
}

/** The one that is asked for, else the first that works: a client of docker without its engine does not. */
export async function chooseBuilder(
  wanted: string | undefined,
  works: (builder: Builder) => Promise<boolean> = isWorking,
): Promise<Builder> {
  const found = BUILDERS.find((builder) => builder === wanted);
  if (found !== undefined) return found;
  if (wanted !== undefined) {
    throw new Error(`There is no builder ${JSON.stringify(wanted)}: BUILDER may be ${BUILDERS.join(', ')}.`);
  }
  for (const builder of BUILDERS) if (await works(builder)) return builder;
  throw new Error(
    `No image can be built here: of ${BUILDERS.join(', ')}, none is installed and working (\`docker info\` tells why not). On Debian, \`apt-get install buildah\` is enough.`,
  );
}

async function isWorking(builder: Builder): Promise<boolean> {
  return (await findOnPath(builder)) !== undefined && (await run(builder, ['info'])).code === 0;
}
