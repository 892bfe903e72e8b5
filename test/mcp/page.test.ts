// The metadata for a page of another origin, in a real browser that keeps to the rules of CORS.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../console/harness.ts';
import { type AuthorizationServer, startAuthorizationServer } from './authorization-server.ts';
import { DOORS } from './doors.ts';
import { LOCAL, manifests } from './manifests.ts';
import { type McpWorld, startMcpWorld } from './world.ts';

/** What a validator has answered itself. */
const SERVED = 'portcullis_decisions_total{binding="shop/local",outcome="served",reason="resource_metadata"}';

let idp: AuthorizationServer;
let world: McpWorld;
let pages: Server;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  idp = await startAuthorizationServer(new Map());
  world = await startMcpWorld(manifests({ issuer: idp.issuer }));
  pages = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>A client of MCP</title>');
  });
  await new Promise<void>((listening) => pages.listen(0, '127.0.0.1', listening));
  browser = await openBrowser();
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
});
afterAll(async () => {
  await browser?.close();
  pages?.close();
  await world?.stop();
  await idp?.stop();
});

describe.each(DOORS)('by the %s', (door) => {
  /** As a client of MCP that runs in a page sends it: the header makes it ask first. */
  const fetched = (path: string): Promise<unknown> =>
    page.evaluate(
      `fetch('http://127.0.0.1:${world.port(door)}${path}', { headers: { 'MCP-Protocol-Version': '2025-11-25' } })
        .then((answer) => answer.json(), (error) => error.name)`,
    );
  const served = async (): Promise<number> => {
    const counts = await Promise.all(world.validators.map((one) => one.metric(SERVED)));
    return counts.reduce((sum, count) => sum + count);
  };

  it.each(['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource'])(
    'it reads %s',
    async (path) => {
      const before = await served();
      expect(await fetched(path)).toMatchObject({
        resource: LOCAL,
        authorization_servers: [idp.issuer],
      });
      // The browser has asked whether it may, and then for the document.
      expect(await served()).toBe(before + 2);
    },
  );

  it('and nothing of the API, which does not know its origin', async () => {
    expect(await fetched('/mcp')).toBe('TypeError');
  });
});
