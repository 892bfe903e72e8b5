/** Where things stand in the image, and how it runs a command: as bin/portcullis does in a checkout. */

/** Where the bundles stand in the image. */
export const HOME = '/usr/lib/portcullis';
/** Compiled code, made with the image: it spares a quarter of the CPU time of a start. */
export const COMPILE_CACHE = `${HOME}/compile-cache`;

/** The image's bill of materials, as a path in an archive. */
export const SBOM = 'usr/share/portcullis/sbom.cdx.json';

/** What Node.js is to be called with for `portcullis ARGS…`. The reasons for the flags stand in bin/portcullis. */
export function invocation(args: readonly string[]): readonly string[] {
  switch (args[0]) {
    case 'validator':
      return ['--max-semi-space-size=2', `${HOME}/validator.cjs`, ...args];
    case 'operator':
      return ['--max-semi-space-size=4', '--heap-growing-percent=25', `${HOME}/portcullis.cjs`, ...args];
    default:
      return [`${HOME}/portcullis.cjs`, ...args];
  }
}

/** What is set for it, unless the container's own environment says otherwise. */
export function environment([command]: readonly string[]): Readonly<Record<string, string>> {
  return {
    UV_THREADPOOL_SIZE: '16',
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    ...(command === 'operator' && { MALLOC_ARENA_MAX: '1' }),
  };
}
