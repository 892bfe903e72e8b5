// The console in a real Chromium, over a validator that judges real requests.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violations } from './accessibility.ts';
import { type ConsoleWorld, openConsole, startConsole, textOf, textsOf } from './harness.ts';
import { sendTraffic } from './world.ts';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await startConsole();
  await sendTraffic(world.validator);
});
afterAll(() => world?.stop());

const VIEWS = [
  '#/',
  '#/binding/shop/orders',
  '#/source/shop/okta',
  '#/source/shop/partners',
  '#/live',
  '#/explain',
];

describe('the page', () => {
  it('is small, and asks nobody but its own server', async () => {
    const sizes = await Promise.all(
      ['/', '/console.js', '/console.css', '/console.svg'].map(async (path) => {
        const response = await fetch(`${world.origin}${path}`);
        expect(response.status).toBe(200);
        return (await response.bytes()).length;
      }),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150 * 1024);

    for (const hash of VIEWS) {
      const { page, context, asked, complaints } = await openConsole(world, hash);
      await page.getByRole('navigation').getByRole('link', { name: 'Overview' }).click();
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      await page.getByRole('rowheader', { name: 'shop/orders', exact: true }).waitFor();
      expect(new Set(asked.map((url) => new URL(url).origin))).toEqual(new Set([world.origin]));
      expect(complaints).toEqual([]);
      await context.close();
    }
  });

  it('may run no script that is not its own', async () => {
    const response = await fetch(`${world.origin}/`);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe|data:|\*/);
    const { page, context, complaints } = await openConsole(world);
    await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'document.title = "inline"';
      document.head.append(script);
    }`);
    expect(await page.title()).not.toBe('inline');
    await expect.poll(() => complaints.join()).toContain('Content Security Policy');
    await context.close();
  });

  describe.each([
    ['wide and light', { width: 1280, dark: false }],
    ['wide and dark', { width: 1280, dark: true }],
    ['narrow and light', { width: 390, dark: false }],
    ['narrow and dark', { width: 390, dark: true }],
  ])('%s', (_, screen) => {
    it.each(VIEWS)('shows %s within its width, with nothing for axe to find', async (hash) => {
      const { page, context } = await openConsole(world, hash, screen);
      if (hash === '#/live') {
        await page.getByRole('status').getByText('Listening').waitFor();
        await sendTraffic(world.validator);
        await page.getByRole('button', { name: '/orders/39' }).first().click();
      }
      if (hash === '#/explain') {
        await page.getByLabel('URL').fill('https://orders.example/orders/7');
        await page.getByRole('button', { name: 'Explain', exact: true }).click();
        await page.getByText('This step decided').waitFor();
      }
      if (hash.startsWith('#/binding')) {
        await page.locator('summary').first().click();
      }
      if (hash !== '#/explain') await page.getByRole('table').first().waitFor();
      expect(await violations(page)).toEqual([]);
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow).toBeLessThanOrEqual(0);
      await context.close();
    });
  });
});

describe('the views', () => {
  it('show each binding with its state and what it refuses, and follow what comes', async () => {
    const { page, context } = await openConsole(world);
    const rowOf = (name: string) =>
      page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
    await expect
      .poll(() => textOf(rowOf('shop/stock')))
      .toMatch(/Audit\s+✓ Ready\s+\d+\s+\S+\s+\d+ \(31 %\)/);
    expect(await textOf(rowOf('shop/orders-next'))).toMatch(/Trial/);
    expect(await textOf(rowOf('shop/okta'))).toMatch(/Ready\s+1\s+not fetched: the manifest has them\s+3/);
    const partners = await textsOf(rowOf('shop/partners'));
    expect(partners).toEqual([
      expect.stringMatching(/Keys missing\s+The keys of shop\/partners have not been fetched/),
      expect.stringMatching(/Keys missing\s+Its keys have not been fetched.*never/s),
    ]);
    expect(await textOf(rowOf('No binding'))).toContain('(100 %)');
    const requests = page.locator('.figure').filter({ hasText: 'Requests' }).locator('dd');
    const before = await textOf(requests);
    await sendTraffic(world.validator);
    // On a busy machine the console asks more rarely.
    const patient = { timeout: 120_000 };
    await expect.poll(() => textOf(requests), patient).not.toBe(before);
    const rate = page.locator('.figure').filter({ hasText: 'A second' }).locator('dd');
    await expect.poll(() => textOf(rate), patient).toMatch(/^\d/);
    await context.close();
  });

  it('show of a binding its rules in order, who is refused, and the Trial beside it', async () => {
    const { page, context } = await openConsole(world);
    await page.getByRole('link', { name: 'shop/orders', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'shop/orders' }).waitFor();
    expect(await page.title()).toBe('shop/orders · Portcullis');
    const rules = page.getByRole('table', { name: /^Rules/ });
    await rules.waitFor();
    await expect.poll(() => textsOf(rules.getByRole('rowheader'))).toEqual(['health', 'admin', 'read']);
    await expect.poll(() => textOf(rules.getByRole('row').nth(2))).toMatch(/roles: admin.*role_mismatch/s);
    const refused = page.getByRole('table', { name: 'Who is refused, and why' });
    const cron = refused.getByRole('row').filter({ hasText: 'billing-cron' });
    await cron.locator('summary').click();
    expect(await textOf(cron)).toMatch(/aud "api:\/\/billing".*aud "api:\/\/orders".*spec\.jwt\.audiences/s);
    // The query may hold a token: it is nowhere.
    expect(await textOf(refused)).not.toContain('page=2');
    const trials = page.getByRole('table', { name: /^Trials/ });
    expect(await textOf(trials.getByRole('row').nth(1))).toMatch(/shop\/orders-next\s+\d+\s+[1-9]\d*/);
    const changes = page.getByRole('table', { name: 'What shop/orders-next would change' });
    expect(await textOf(changes)).toMatch(/client_mismatch\s+Trial: would refuse/);
    await context.close();
  });

  it('show of a source its configuration, its keys, how fetches ended, and which bindings use it', async () => {
    const { page, context } = await openConsole(world);
    await page.getByRole('link', { name: 'shop/okta' }).click();
    await page.getByRole('heading', { level: 1, name: 'shop/okta' }).waitFor();
    const settings = page.getByRole('table', { name: /^Effective configuration/ });
    await expect.poll(() => textOf(settings)).toMatch(/audiences\s+api:\/\/orders.*mapping\.user\s+sub/s);
    expect(await textOf(page.locator('main'))).toContain('a · RSA');
    expect(await textsOf(page.locator('li'))).toEqual(
      expect.arrayContaining(['shop/orders Enforce', 'shop/stock Audit', 'shop/orders-next Trial']),
    );
    await page.goto(`${world.origin}/#/source/shop/partners`);
    await expect
      .poll(() => textOf(page.locator('main')))
      .toMatch(/Last fetch\s+.*leads to 127\.0\.0\.1, an address that must not be fetched from/);
    await page.goto(`${world.origin}/#/source/shop/none`);
    await page.getByText('has no source of this name').waitFor();
    await context.close();
  });

  it('say that the validator is gone, and go on when it is there', async () => {
    const { page, context } = await openConsole(world);
    await context.setOffline(true);
    await page.getByRole('alert').getByText('The validator does not answer').waitFor();
    await context.setOffline(false);
    await expect.poll(() => textOf(page.getByRole('alert')), { timeout: 120_000 }).toBe('');
    await context.close();
  });
});

describe('the keyboard', () => {
  it('reaches everything, and a view that opens has the focus', async () => {
    const { page, context } = await openConsole(world);
    await page.getByRole('table').first().waitFor();
    const focused = () => page.evaluate("document.activeElement?.textContent ?? ''");
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('To the content');
    for (const name of ['Overview', 'Live', 'Explain']) {
      await page.keyboard.press('Tab');
      expect(await focused()).toBe(name);
    }
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('shop/orders');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'shop/orders' }).waitFor();
    await expect.poll(() => page.evaluate('document.activeElement?.tagName')).toBe('MAIN');
    await context.close();
  });
});
