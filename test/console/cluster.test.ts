// The console of a cluster in a real Chromium: over a real API server, and validators that judge real requests.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violations } from './accessibility.ts';
import { type ClusterWorld, startClusterConsole } from './cluster-harness.ts';
import { openConsole, textOf, textsOf } from './harness.ts';
import { headersOf, send, sendTraffic, tokenOf } from './world.ts';

let world: ClusterWorld;
beforeAll(async () => {
  world = await startClusterConsole();
  for (const validator of world.validators) await sendTraffic(validator);
});
afterAll(() => world?.stop());

/** Controls but tab and line break, and what turns the direction of writing. */
const MARKS = /(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;
const SILENT = 'validator shop/stock-1 was not asked: pod shop/stock-1 at port 15903: lost connection to pod';

const VIEWS = [
  '#/',
  '#/binding/shop/orders',
  '#/binding/shop/stock',
  '#/source/shop/okta',
  '#/source/shop/partners',
  '#/live',
  '#/explain',
];

describe.each([
  ['wide and light', { width: 1280, dark: false }],
  ['wide and dark', { width: 1280, dark: true }],
  ['narrow and light', { width: 390, dark: false }],
  ['narrow and dark', { width: 390, dark: true }],
])('%s', (_, screen) => {
  it.each(VIEWS)('shows %s within its width, as text alone, with nothing for axe to find', async (hash) => {
    const { page, context, asked, complaints } = await openConsole(world, hash, screen);
    if (hash === '#/live') {
      await page.getByRole('status').getByText('Listening').waitFor();
      await expect
        .poll(async () => {
          await send(world.validators[1] ?? expect.unreachable(), [
            { target: '/orders/1', headers: headersOf('orders.example') },
          ]);
          return page.getByRole('button', { name: '/orders/1' }).count();
        })
        .toBeGreaterThan(0);
      await page.getByRole('button', { name: '/orders/1' }).first().click();
    } else if (hash === '#/explain') {
      await page.getByLabel(/^Binding/).selectOption('shop/orders');
      await page.getByLabel('URL').fill('https://orders.example/orders/7');
      await page.getByRole('button', { name: 'Explain', exact: true }).click();
      await page.getByText('This step decided').waitFor();
    } else await page.getByRole('table').first().waitFor();
    if (hash === '#/') await page.getByText('Not all of it is here').click();
    expect(await violations(page)).toEqual([]);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await page.content()).not.toMatch(MARKS);
    expect(await page.locator('main :is(img, b, script)').count()).toBe(0);
    expect(await page.title()).not.toBe('injected');
    expect(new Set(asked.map((url) => new URL(url).origin))).toEqual(new Set([world.origin]));
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('the overview', () => {
  it('adds up all validators, names who is silent, and says what is not Ready and what nothing guards', async () => {
    const { page, context } = await openConsole(world);
    const rowOf = (name: string) =>
      page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
    // Each of the two has judged 12 of /healthz, and 56 more.
    await expect.poll(() => textOf(rowOf('shop/orders'))).toMatch(/Enforce\s+✓ Ready\s+1[3-9]\d\s/);
    expect(await textOf(rowOf('shop/orders-next'))).toMatch(/Trial\s+! Ready\s+It answers no request/);
    expect(await textOf(rowOf('shop/stock'))).toMatch(/Audit\s+✕ ValidatorsOutdated\s+0 of 1 validator/);
    expect(await textOf(rowOf('shop/okta'))).toMatch(/✓ Ready\s+1\s+.*\s+3/);
    expect(await textOf(rowOf('shop/partners'))).toMatch(/✕ UnknownHost.*<b>bold<\/b> gnp\.exe/s);
    const figure = (name: string) => page.locator('.figure').filter({ hasText: name }).locator('dd');
    expect(await textOf(figure('Validators'))).toMatch(/^2\s/);
    expect(await textOf(figure('Not guarded'))).toMatch(/^2\s/);
    const unguarded = page.getByRole('table', { name: 'What nothing guards' });
    expect(await textsOf(unguarded.getByRole('rowheader'))).toEqual(
      expect.arrayContaining(['Service shop/legacy', 'ApiBinding shop/stock']),
    );
    expect(await textOf(unguarded)).toContain('target Service legacy by an ApiBinding');
    await page.getByText('Not all of it is here').click();
    expect(await textOf(page.locator('.missing'))).toContain(SILENT);
    await expect.poll(() => textOf(figure('A second')), { timeout: 120_000 }).toMatch(/^\d/);
    await context.close();
  });
});

describe('without the right to forward ports', () => {
  it('says so, shows what is known, and no figure in place of what is not', async () => {
    const { page, context } = await openConsole(await world.asViewer());
    const rowOf = (name: string) =>
      page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
    await page.getByText('Not all of it is here').click();
    expect(await textOf(page.locator('.missing'))).toContain('no right to port-forward in namespace shop');
    expect(await textOf(rowOf('shop/orders'))).toMatch(/Enforce\s+✓ Ready\s+–\s+–\s+–$/);
    const figure = (name: string) => page.locator('.figure').filter({ hasText: name }).locator('dd');
    expect(await textOf(figure('Requests'))).toBe('–');
    expect(await textOf(figure('Validators'))).toMatch(/^0\s/);
    expect(
      await textsOf(page.getByRole('table', { name: 'What nothing guards' }).getByRole('rowheader')),
    ).toContain('Service shop/legacy');
    await page.getByRole('link', { name: 'shop/orders', exact: true }).click();
    await page.getByText('No validator has told what became of requests.').waitFor();
    const rules = page.getByRole('table', { name: /^Rules/ });
    expect(await textOf(rules.getByRole('row').nth(3))).toMatch(/read\s.*\s–\s+–$/s);
    expect(await page.getByText('Nobody in this time').count()).toBe(0);
    await context.close();
  });
});

describe('a binding', () => {
  it('has its rules, who is refused by any validator, its Trial, and its conditions', async () => {
    const { page, context } = await openConsole(world);
    await page.getByRole('link', { name: 'shop/orders', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'shop/orders' }).waitFor();
    const rules = page.getByRole('table', { name: /^Rules/ });
    await expect.poll(() => textsOf(rules.getByRole('rowheader'))).toEqual(['health', 'admin', 'read']);
    const facts = page.locator('.facts').first();
    expect(await textOf(facts)).toMatch(
      /2\/2 hold it.*Service shop\/orders.*orders\.example.*8080.*shop\/okta/s,
    );
    const refused = page.getByRole('table', { name: 'Who is refused, and why' });
    const cron = refused.getByRole('row').filter({ hasText: 'billing-cron' });
    // Seven at each of the two.
    await expect.poll(() => textOf(cron)).toMatch(/audience_mismatch.*\s14\s/s);
    const trials = page.getByRole('table', { name: /^Trials/ });
    expect(await textOf(trials.getByRole('row').nth(1))).toMatch(/shop\/orders-next\s+\d+\s+[1-9]\d*/);
    expect(await textOf(page.getByRole('table', { name: /^Conditions/ }))).toContain('is enforced by 2 of 2');
    await page.goto(`${world.origin}/#/binding/shop/stock`);
    await expect.poll(() => textOf(facts)).toMatch(/Would deny\s+1,234 since 2026-11-29 06:00:00 UTC/);
    await page.goto(`${world.origin}/#/binding/shop/none`);
    await page.getByText('There is no ApiBinding of this name here').waitFor();
    await context.close();
  });
});

describe('a source', () => {
  it('has its keys, the last look at its URL, the APIs that use it, and its configuration', async () => {
    const { page, context } = await openConsole(world, '#/source/shop/okta');
    await page.getByRole('heading', { name: 'Last look at its URL' }).waitFor();
    const main = await textOf(page.locator('main'));
    expect(main).toMatch(/a · RSA · RS256.*https:\/\/issuer\.example\/keys\s+Result\s+✓ Good/s);
    expect(main).toMatch(/2026-11-29 06:00:00 UTC/);
    await page.getByRole('link', { name: 'shop/stock' }).click();
    await page.getByRole('heading', { level: 1, name: 'shop/stock' }).waitFor();
    await page.goto(`${world.origin}/#/source/shop/partners`);
    await expect.poll(() => textOf(page.locator('main'))).toMatch(/Result\s+✕ UNKNOWN_HOST/);
    expect(await textOf(page.locator('main'))).toContain('None, as the operator says.');
    await context.close();
  });
});

describe('live decisions', () => {
  it('come from every validator, and one leads to every step by a validator that judges it', async () => {
    const { page, context } = await openConsole(world, '#/live');
    const [one, two] = world.validators;
    if (one === undefined || two === undefined) throw new Error('two validators are needed');
    const came = (target: string) => page.getByRole('button', { name: `GET orders.example${target}` });
    for (const [validator, target] of [[one, '/by/one'] as const, [two, '/by/two'] as const]) {
      await expect
        .poll(async () => {
          const headers = headersOf('orders.example', { aud: 'api://billing' });
          await send(validator, [{ target, headers }]);
          return came(target).count();
        })
        .toBeGreaterThan(0);
    }
    await page.getByText('Not all of it is here').click();
    expect(await textOf(page.locator('.missing'))).toContain('validator shop/stock-1 is not followed');
    await came('/by/two').first().click();
    await page.getByRole('button', { name: 'Every step, in Explain' }).click();
    expect(await page.getByLabel(/^Binding/).inputValue()).toBe('shop/orders');
    const token = tokenOf({ aud: 'api://billing' });
    await page.getByRole('textbox', { name: 'Token' }).fill(token);
    await page.getByRole('button', { name: 'Explain', exact: true }).click();
    await page.getByText('This step decided').waitFor();
    const answer = await textOf(page.getByRole('region', { name: /^401/ }));
    expect(answer).toMatch(/audience_mismatch.*validator shop\/orders-1/s);
    expect(answer).not.toContain(token.slice(-40));
    expect(
      await page.evaluate('location.href + JSON.stringify([localStorage, sessionStorage])'),
    ).not.toContain('eyJ');
    await context.close();
  });
});

describe('the keyboard', () => {
  it('reaches what is missing, and a binding', async () => {
    const { page, context } = await openConsole(world);
    await page.getByText('Not all of it is here').waitFor();
    await page.getByRole('table').first().waitFor();
    const focused = () => page.evaluate("document.activeElement?.textContent ?? ''");
    for (let i = 0; i < 6; i++) await page.keyboard.press('Tab');
    expect(await focused()).toContain('Not all of it is here');
    await page.keyboard.press('Enter');
    expect(await textOf(page.locator('.missing'))).toContain(SILENT);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'shop/orders' }).waitFor();
    await context.close();
  });
});
