/** Makes the console's three files of src/console/browser, for the bundles that serve them. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { ConsoleFiles } from '../src/console/page.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const browser = 'src/console/browser';

/** Every byte that the page needs, and the names of the files that went into it. */
export async function buildConsole(): Promise<{
  readonly files: ConsoleFiles;
  readonly inputs: readonly string[];
}> {
  const { outputFiles, warnings, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { console: `${browser}/main.tsx`, style: `${browser}/console.css` },
    outdir: 'dist',
    write: false,
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    // An image is built where tsconfig.json is not.
    tsconfigRaw: {},
    legalComments: 'eof',
    metafile: true,
    logLevel: 'warning',
  });
  if (warnings.length > 0) throw new Error('the console would not run as it is: see the warnings above');
  const output = (name: string): string => {
    const file = outputFiles.find((one) => path.basename(one.path) === name);
    if (file === undefined) throw new Error(`esbuild made no ${name}`);
    return file.text;
  };
  return {
    files: {
      '/': await readFile(path.join(root, browser, 'index.html'), 'utf8'),
      '/console.svg': await readFile(path.join(root, browser, 'icon.svg'), 'utf8'),
      '/console.js': output('console.js'),
      '/console.css': output('style.css'),
    },
    inputs: Object.keys(metafile.inputs),
  };
}

/** Puts those files into a bundle of a program that serves them. `onInputs` hears what went into them. */
export const consoleInside = (onInputs: (inputs: readonly string[]) => void): Plugin => ({
  name: 'console',
  setup(building) {
    building.onLoad({ filter: /\/src\/console\/page\.ts$/ }, async () => {
      const { files, inputs } = await buildConsole();
      onInputs(inputs);
      return { contents: `export const consoleFiles = ${JSON.stringify(files)};`, loader: 'js' };
    });
  },
});
