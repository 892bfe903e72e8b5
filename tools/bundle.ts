/** Makes the two programs that bin/portcullis starts: dist/validator.cjs and dist/portcullis.cjs. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { consoleInside } from './console.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Bundles each program into one CommonJS file: it starts faster than modules of its own, and a lazy `import()`
 * stays lazy, since esbuild wraps what it reaches in a function. A warning fails the build: it is either a bug or
 * something that will not be there at run time. Returns the files, of this repository and of packages, that went in.
 */
export async function bundle(
  programs: Readonly<Record<string, string>>,
  outdir: string,
  more: Pick<BuildOptions, 'keepNames'> = {},
): Promise<readonly string[]> {
  const ofConsole = new Set<string>();
  const { warnings, metafile } = await build({
    absWorkingDir: root,
    entryPoints: programs,
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node26',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: 'external',
    legalComments: 'external',
    metafile: true,
    logLevel: 'warning',
    plugins: [consoleInside((inputs) => inputs.forEach((input) => void ofConsole.add(input)))],
    ...more,
  });
  if (warnings.length > 0) throw new Error('the bundles would not run as they are: see the warnings above');
  for (const file of Object.keys(metafile.outputs)) {
    if (file.endsWith('.cjs')) await refuseWideCharacters(path.join(root, file));
  }
  return [...new Set([...Object.keys(metafile.inputs), ...ofConsole])];
}

/** With one character beyond ASCII in it, V8 keeps the whole source, for good, in two bytes a character. */
async function refuseWideCharacters(file: string): Promise<void> {
  const [line] = /^.*[^\0-\x7f].*$/m.exec(await readFile(file, 'utf8')) ?? [];
  if (line === undefined) return;
  const at = line.search(/[^\0-\x7f]/);
  throw new Error(`write this character as an escape: ${line.slice(Math.max(0, at - 80), at + 40)}`);
}

/** What bin/portcullis starts, in a checkout and in the image. */
export const PROGRAMS = { validator: 'src/validator/main.ts', portcullis: 'src/cli/main.ts' };

if (import.meta.main) await bundle(PROGRAMS, path.join(root, 'dist'));
