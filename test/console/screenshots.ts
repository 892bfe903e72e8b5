/** Makes the pictures of the console in docs/images: after a change of how it looks, `node test/console/screenshots.ts`. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Validator } from '../support/validator.ts';
import { startClusterConsole } from './cluster-harness.ts';
import { type ConsoleWorld, openConsole, type Screen, startConsole } from './harness.ts';
import { sendTraffic, tokenOf } from './world.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'images');
/** Requests come while the pictures are taken, so that there is a rate to show. In milliseconds. */
const LULL = 400;

async function picture(
  world: Pick<ConsoleWorld, 'browser' | 'origin'>,
  name: string,
  hash: string,
  screen: Screen,
  prepare: (page: Page) => Promise<unknown>,
): Promise<void> {
  const { page, context } = await openConsole(world, hash, screen);
  await prepare(page);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  await context.close();
}

const rated = (page: Page) =>
  page.locator('.figure').filter({ hasText: 'A second' }).locator('dd', { hasText: /\d/ }).waitFor();

async function explained(page: Page): Promise<void> {
  await page.getByLabel('URL').fill('https://orders.example/orders/7');
  await page.getByRole('textbox', { name: 'Token' }).fill(tokenOf({ aud: 'api://billing' }));
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  await page.getByText('This step decided').waitFor();
  await page.evaluate('document.getElementById("answer").scrollIntoView()');
}

const opened = (page: Page) =>
  page
    .getByRole('table', { name: /^Who is refused/ })
    .getByRole('row', { name: /billing-cron/ })
    .locator('summary')
    .click();

/** While requests come. */
async function during(validators: readonly Validator[], pictures: () => Promise<void>): Promise<void> {
  let over = false;
  const traffic = (async () => {
    while (!over) {
      for (const validator of validators) await sendTraffic(validator);
      await pause(LULL);
    }
  })();
  try {
    await pictures();
  } finally {
    over = true;
    await traffic;
  }
}

await mkdir(FOLDER, { recursive: true });
const world = await startConsole();
try {
  await during([world.validator], async () => {
    await picture(world, 'console-overview', '#/', { height: 760 }, rated);
    await picture(world, 'console-overview-dark', '#/', { height: 760, dark: true }, rated);
    await picture(world, 'console-binding', '#/binding/shop/orders', { height: 1080 }, opened);
    await picture(world, 'console-explain', '#/explain', { height: 900, dark: true }, explained);
  });
} finally {
  await world.stop();
}
const cluster = await startClusterConsole('partners.example is not known to DNS: correct jwksURI');
try {
  await during(cluster.validators, async () => {
    await picture(cluster, 'console-cluster', '#/', { height: 1320 }, async (page) => {
      await rated(page);
      await page.getByText('Not all of it is here').click();
    });
  });
} finally {
  await cluster.stop();
}
