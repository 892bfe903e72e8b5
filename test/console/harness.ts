/** A validator from its bundle, and a real Chromium that looks at its console. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { bundle } from '../../tools/bundle.ts';
import { temporaryFolder } from '../support/server.ts';
import { startValidator, type Validator } from '../support/validator.ts';
import { MANIFESTS } from './world.ts';

export interface ConsoleWorld {
  readonly validator: Validator;
  /** Of the console, without a path. */
  readonly origin: string;
  readonly browser: Browser;
  stop(): Promise<void>;
}

export async function startConsole(): Promise<ConsoleWorld> {
  await using starting = new AsyncDisposableStack();
  const folder = await temporaryFolder('console');
  starting.defer(folder.remove);
  await bundle({ validator: 'src/validator/main.ts' }, folder.path);
  const validator = await startValidator({
    manifests: MANIFESTS,
    bundle: join(folder.path, 'validator.cjs'),
  });
  starting.defer(validator.stop);
  const browser = await openBrowser();
  starting.defer(() => browser.close());
  const running = starting.move();
  return {
    validator,
    origin: `http://127.0.0.1:${validator.admin}`,
    browser,
    stop: () => running.disposeAsync(),
  };
}

/** Debian's Chromium; CHROMIUM names another one. */
export async function openBrowser(): Promise<Browser> {
  const program = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(program)) {
    throw new Error(`${program} is missing: apt-get install chromium, or name a Chromium in CHROMIUM`);
  }
  // A container has no room in /dev/shm, and root no sandbox.
  return chromium.launch({
    executablePath: program,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}

export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Every address that the page has asked. */
  readonly asked: readonly string[];
  /** What a browser complains about: errors of scripts, and what the policy for content forbade. */
  readonly complaints: readonly string[];
}

export interface Screen {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
}

export async function openConsole(
  { browser, origin }: Pick<ConsoleWorld, 'browser' | 'origin'>,
  hash = '#/',
  { width = 1280, height = 800, dark = false }: Screen = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
  });
  // Many times what anything takes: on a busy machine that is soon used up.
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => void asked.push(request.url()));
  page.on('pageerror', (error) => void complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(`${origin}/${hash}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { page, context, asked, complaints };
}

/** As it is shown: without what is hidden, and with breaks between blocks. */
// biome-ignore lint/performance/useDomNodeTextContent: what is hidden must not count
export const textOf = (place: Locator): Promise<string> => place.innerText();

export const textsOf = (place: Locator): Promise<readonly string[]> => place.allInnerTexts();
