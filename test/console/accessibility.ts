/** What axe finds wrong with a page. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

declare const window: { readonly axe: typeof axe };

/** All of its rules, best practices among them. Each violation with the elements that have it. */
export async function violations(page: Page): Promise<readonly string[]> {
  // Not by a script element, which the page's policy for content forbids.
  await page.evaluate(source);
  const { violations: found } = await page.evaluate(() => window.axe.run());
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
