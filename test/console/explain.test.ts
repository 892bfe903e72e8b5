// The view Explain: every step to an answer, and a token that is nowhere afterwards.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ConsoleWorld, openConsole, startConsole, textOf } from './harness.ts';
import { tokenOf } from './world.ts';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsole();
});
afterAll(() => world?.stop());

const URL_OF_ORDERS = 'https://orders.example/orders/7';

it('tells every step, and which one decided', async () => {
  const { page, context } = await openConsole(world, '#/explain');
  const explain = page.getByRole('button', { name: 'Explain', exact: true });
  const deciding = page.locator('[aria-current=step]');
  await page.getByLabel('URL').fill(URL_OF_ORDERS);
  await explain.click();
  await expect.poll(() => textOf(deciding)).toMatch(/credentials\s+No token.*This step decided/s);
  expect(await textOf(page.getByRole('heading', { level: 2 }))).toContain('401 ✕ denied token_missing');
  expect(await textOf(page.locator('main'))).toMatch(/What the caller gets.*www-authenticate: Bearer/s);

  await page.getByRole('textbox', { name: 'Token' }).fill(`Bearer ${tokenOf()}`);
  await explain.click();
  await expect
    .poll(() => textOf(page.getByRole('heading', { level: 2 })))
    .toContain('200 ✓ allowed authenticated');
  expect(await textOf(deciding)).toContain('Everything that is required holds');
  expect(await textOf(page.locator('main'))).toMatch(/User\s+joe/);

  await page.getByRole('textbox', { name: 'Token' }).fill(tokenOf({ scope: 'orders:write' }));
  await explain.click();
  await expect.poll(() => textOf(deciding)).toContain('scope_insufficient');

  // The header is what a browser says of itself before it asks for something else.
  await page.getByLabel('Method').fill('OPTIONS');
  await page.getByLabel('Headers').fill('origin: https://app.example\naccess-control-request-method: GET');
  await explain.click();
  await expect.poll(() => textOf(deciding)).toContain('preflight');
  await context.close();
});

it('says what is wrong with a question', async () => {
  const { page, context } = await openConsole(world, '#/explain');
  const explain = page.getByRole('button', { name: 'Explain', exact: true });
  const alert = page.getByRole('alert');
  await page.getByLabel('URL').fill('/orders');
  await explain.click();
  await expect.poll(() => textOf(alert)).toContain('url names no host');
  await page.getByLabel('URL').fill(URL_OF_ORDERS);
  await page.getByLabel('Headers').fill('x-a: b\nno header');
  await explain.click();
  await expect.poll(() => textOf(alert)).toBe('Line 2 of the headers is not "name: value".');
  await page.getByLabel('Headers').fill('');
  await page.getByRole('textbox', { name: 'Token' }).fill('x'.repeat(70_000));
  await explain.click();
  await expect.poll(() => textOf(alert)).toContain('at most 65536 bytes');
  await context.close();
});

it('leaves the token nowhere', async () => {
  const token = tokenOf({ sub: '<img src=x onerror="document.title=1">' });
  const parts = token.split('.');
  const { page, context, asked } = await openConsole(world, '#/');
  await page.getByRole('link', { name: 'Explain' }).click();
  await page.getByLabel('URL').fill(URL_OF_ORDERS);
  await page.getByRole('textbox', { name: 'Token' }).fill(token);
  await page.getByRole('button', { name: 'Explain', exact: true }).click();
  await page.getByRole('heading', { level: 2 }).waitFor();
  // What the token says is text.
  expect(await textOf(page.locator('main'))).toContain('<img src=x');
  expect(await page.locator('main img').count()).toBe(0);

  const left: unknown = await page.evaluate(`(async () => ({
    url: location.href,
    state: history.state,
    local: { ...localStorage },
    session: { ...sessionStorage },
    cookie: document.cookie,
    databases: await indexedDB.databases(),
    caches: await caches.keys().catch(() => []),
    name: window.name,
    title: document.title,
  }))()`);
  expect(left).toEqual({
    url: `${world.origin}/#/explain`,
    state: null,
    local: {},
    session: {},
    cookie: '',
    databases: [],
    caches: [],
    name: '',
    title: 'Explain · Portcullis',
  });
  expect(await context.cookies()).toEqual([]);

  const ask = async (path: string) => (await fetch(`${world.origin}${path}`)).text();
  const places = {
    asked: asked.join('\n'),
    logs: world.validator.server.logs,
    report: await ask('/report'),
    metrics: await ask('/metrics'),
    policy: await ask('/policy'),
  };
  for (const [place, text] of Object.entries(places)) {
    for (const part of parts) expect(text, place).not.toContain(part);
  }

  // Whoever goes elsewhere and back, or reloads, finds the form empty.
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  expect(await page.content()).not.toContain(parts[1]);
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Explain' }).waitFor();
  expect(await page.getByRole('textbox', { name: 'Token' }).inputValue()).toBe('');
  await page.getByRole('textbox', { name: 'Token' }).fill(token);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Explain' }).waitFor();
  expect(await page.getByRole('textbox', { name: 'Token' }).inputValue()).toBe('');
  await context.close();
});
