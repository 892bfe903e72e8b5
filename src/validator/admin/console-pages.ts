/** The console: `/` of the admin address, and the files that it asks for. */

import type { ConsolePath } from '../../console/page.ts';
import { type Page, textPage } from '../../process/pages.ts';

const TYPES: Readonly<Record<ConsolePath, string>> = {
  '/': 'text/html; charset=utf-8',
  '/console.js': 'text/javascript; charset=utf-8',
  '/console.css': 'text/css; charset=utf-8',
  '/console.svg': 'image/svg+xml',
};

async function consolePage(path: ConsolePath): Promise<Page> {
  // Loaded when somebody looks: most validators never show it.
  const { consoleFiles } = await import('../../console/page.ts');
  return consoleFiles === undefined
    ? textPage(
        503,
        'this validator runs from its sources, without the console: make build, then bin/portcullis',
      )
    : { status: 200, type: TYPES[path], body: consoleFiles[path] };
}

export const consolePages: Readonly<Record<ConsolePath, () => Promise<Page>>> = {
  '/': () => consolePage('/'),
  '/console.js': () => consolePage('/console.js'),
  '/console.css': () => consolePage('/console.css'),
  '/console.svg': () => consolePage('/console.svg'),
};
