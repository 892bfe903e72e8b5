// The commands on the pages of gateways print something for each of them.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { printedText } from './printed.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const MANIFESTS = join(ROOT, 'examples', 'quickstart');
const COMMAND = /^(?:\$ )?(?:\.\/bin\/)?portcullis envoy-config --for ([^|>\n]*)/gm;

/** With the lines that a backslash continues in one. */
const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8').replaceAll(/\\\n\s*/g, '');

const commands = globSync(['docs/gateways/*.md', 'docs/{shared-mode,envoy,uninstall}.md'], {
  cwd: ROOT,
}).flatMap((page) =>
  [...textOf(page).matchAll(COMMAND)].map(
    ([, args = '']) => [page, args.trim().replace('-f manifests', `-f ${MANIFESTS}`)] as const,
  ),
);

it('there are commands', () => {
  expect(commands.length).toBeGreaterThan(6);
});

it.each(commands)('%s: --for %s', async (_, args) => {
  expect(await printedText(...args.split(/\s+/))).toMatch(/^# /);
});
