/** The console: `/` of the server that feeds it, and the files that it asks for. */

import type { ConsolePath } from '../../console/page.ts';
import { type Page, textPage } from '../../process/pages.ts';

const TYPES: Readonly<Record<ConsolePath, string>> = {
  '/': 'text/html; charset=utf-8',
  '/console.js': 'text/javascript; charset=utf-8',
  '/console.css': 'text/css; charset=utf-8',
  '/console.svg': 'image/svg+xml',
};

/** Of whom the page tells. */
export type ConsoleScope = 'validator' | 'cluster';

async function consolePage(path: ConsolePath, scope: ConsoleScope): Promise<Page> {
  // Loaded when somebody looks: most validators never show it.
  const { consoleFiles } = await import('../../console/page.ts');
  if (consoleFiles === undefined) {
    return textPage(
      503,
      `this ${scope === 'validator' ? 'validator' : 'command'} runs from its sources, without the console: make build, then bin/portcullis`,
    );
  }
  const body = consoleFiles[path];
  // The page asks by it what its server can tell: nothing has to be tried out.
  const told = path === '/' ? body.replace('<html ', `<html data-scope="${scope}" `) : body;
  return { status: 200, type: TYPES[path], body: told };
}

export const consolePages = (scope: ConsoleScope): Readonly<Record<ConsolePath, () => Promise<Page>>> => ({
  '/': () => consolePage('/', scope),
  '/console.js': () => consolePage('/console.js', scope),
  '/console.css': () => consolePage('/console.css', scope),
  '/console.svg': () => consolePage('/console.svg', scope),
});
