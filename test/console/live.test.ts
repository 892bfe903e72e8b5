// The view Live: decisions as a validator makes them, and more of them than anybody can read.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MOST_ROWS } from '../../src/console/live-rows.ts';
import { decisionEvent } from '../../src/report/testing/reports.ts';
import { startFlood } from './flood.ts';
import { type ConsoleWorld, type OpenedPage, openConsole, startConsole, textOf } from './harness.ts';
import { headersOf, send } from './world.ts';

/** Controls but tab and line break, and what turns the direction of writing. */
const MARKS = /(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsole();
});
afterAll(() => world?.stop());

const listening = { name: 'Listening' } as const;

describe('decisions of a validator', () => {
  it('come as they are made; a click tells why, and leads to every step', async () => {
    const { page, context } = await openConsole(world, '#/live');
    await page.getByRole('status').getByText(listening.name).waitFor();
    expect(await textOf(page.locator('main'))).toMatch(/\nNo decision has come yet\.$/);
    await send(world.validator, [
      { target: '/orders/1?secret=s3cret', headers: headersOf('orders.example', { aud: 'api://billing' }) },
    ]);
    const request = page.getByRole('button', { name: 'GET orders.example/orders/1' });
    await request.click();
    expect(await textOf(page.locator('main'))).not.toMatch(/No decision|rows\.length/);
    const why = page.getByRole('region', { name: /^Why/ });
    expect(await textOf(why)).toMatch(/aud "api:\/\/billing".*spec\.jwt\.audiences.*shop\/okta/s);
    expect(await page.content()).not.toContain('s3cret');
    await expect.poll(() => page.evaluate('document.activeElement?.id')).toBe('chosen');
    await why.getByRole('button', { name: 'Every step, in Explain' }).click();
    await page.getByRole('heading', { level: 1, name: 'Explain' }).waitFor();
    expect(await page.getByLabel('URL').inputValue()).toBe('https://orders.example/orders/1');
    await context.close();
  });

  it('are those that the filter asks for', async () => {
    const { page, context, asked } = await openConsole(world, '#/live');
    await page.getByLabel('Outcome').selectOption('denied');
    await page.getByRole('textbox', { name: 'Reason' }).fill('role_mismatch');
    await page.getByRole('textbox', { name: 'Reason' }).press('Enter');
    await expect
      .poll(() => asked.at(-1))
      .toMatch(/\/decisions\?outcome=denied&reason=role_mismatch$|\/policy$/);
    await page.getByRole('status').getByText(listening.name).waitFor();
    await send(world.validator, [
      { target: '/orders', headers: headersOf('orders.example') },
      { target: '/orders', headers: [['host', 'orders.example']] },
      { target: '/admin', headers: headersOf('orders.example') },
    ]);
    const rows = page.getByRole('table').getByRole('row');
    await expect.poll(() => rows.count()).toBe(2);
    expect(await textOf(rows.nth(1))).toContain('role_mismatch');
    await context.close();
  });

  it('wait while they are paused', async () => {
    const { page, context } = await openConsole(world, '#/live');
    await page.getByRole('status').getByText(listening.name).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('status').getByText('Paused').waitFor();
    await expect
      .poll(() =>
        world.validator.metric(
          'portcullis_decisions_total{binding="shop/stock",outcome="allowed",reason="authenticated"}',
        ),
      )
      .toBe(0);
    await send(world.validator, [{ target: '/stock', headers: headersOf('stock.example') }]);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('status').getByText(listening.name).waitFor();
    await send(world.validator, [{ target: '/stock/after', headers: headersOf('stock.example') }]);
    await page.getByRole('button', { name: '/stock/after' }).waitFor();
    expect(await page.getByRole('button', { name: 'GET stock.example/stock', exact: true }).count()).toBe(0);
    await context.close();
  });

  it('say so where the validator takes no more listeners', async () => {
    const pages: OpenedPage[] = [];
    for (let i = 0; i < 5; i++) pages.push(await openConsole(world, '#/live'));
    const problems = () => Promise.all(pages.map(({ page }) => textOf(page.getByRole('alert').first())));
    await expect
      .poll(async () => (await problems()).filter((problem) => problem.includes('No more listeners')).length)
      .toBe(1);
    await Promise.all(pages.map(({ context }) => context.close()));
  });
});

describe('what comes in a flood', () => {
  const MILLION = 1_000_000;

  it('leaves the page responsive and small after a million decisions', { timeout: 600_000 }, async () => {
    const flood = await startFlood([decisionEvent()], MILLION);
    const { page, context } = await openConsole({ ...world, origin: flood.origin }, '#/live');
    const came = page.locator('.counts');
    const count = async () => Number(/^[\d,]+/.exec(await textOf(came))?.[0].replaceAll(',', '') ?? 0);
    // As long as it takes on a machine that is busy with other tests.
    const patient = { timeout: 0 };
    await expect.poll(count, { timeout: 540_000 }).toBeGreaterThan(1000);
    // It answers to a click while they come: rows stand still under the mouse.
    await page.getByRole('table').hover(patient);
    await page.getByRole('button', { name: 'GET orders.example/orders/7' }).first().click(patient);
    await page.getByRole('region', { name: /^Why/ }).waitFor(patient);
    flood.goOn();
    await expect.poll(count, { timeout: 540_000, interval: 500 }).toBe(MILLION);
    expect(await page.getByRole('table').getByRole('row').count()).toBe(MOST_ROWS + 1);
    expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(40 * MOST_ROWS);
    const session = await context.newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    expect(usedSize).toBeLessThan(32 * 1024 * 1024);
    await context.close();
    await flood.stop();
  });

  it('is shown as text, and on one line, whatever it is', async () => {
    const markup = '<img src=x onerror="document.title=\'injected\'"><b>bold</b>';
    const hostile = '\u202egnp.exe\u2066\u001b[31mred\u001b]0;title\u0007\nsecond line\u0000';
    const long = 'n'.repeat(8192);
    const flood = await startFlood([
      decisionEvent({ user: markup, client: markup, path: `/${markup}`, reason: markup, binding: markup }),
      decisionEvent({
        user: hostile,
        client: hostile,
        path: `/${hostile}`,
        reason: hostile,
        detail: hostile,
      }),
      decisionEvent({ user: long, client: long, path: `/${long}`, reason: long, rule: long, remedy: long }),
    ]);
    const opened = await openConsole({ ...world, origin: flood.origin }, '#/live', { width: 390 });
    const { page, context } = opened;
    const rows = page.getByRole('table').getByRole('row');
    // Where there is little room the heads stand beside the cells.
    await expect.poll(() => rows.count()).toBe(3);
    for (const row of [0, 1, 2]) {
      await rows.nth(row).getByRole('button').click();
      await page.getByRole('region', { name: /^Why/ }).waitFor();
      const shown = await textOf(page.locator('main'));
      expect(shown).not.toMatch(MARKS);
      expect(await page.content()).not.toMatch(MARKS);
      expect(shown.length).toBeLessThan(10_000);
      expect(await page.locator('main :is(img, b, script)').count()).toBe(0);
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow).toBeLessThanOrEqual(0);
    }
    expect(await textOf(page.locator('main'))).toContain('<b>bold</b>');
    expect(await page.title()).toBe('Live · Portcullis');
    await context.close();
    await flood.stop();
  });
});
