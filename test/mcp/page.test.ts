// The metadata for a page of another origin, in a real browser that keeps to the rules of CORS.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../console/harness.ts';
import { type AuthorizationServer, startAuthorizationServer } from './authorization-server.ts';
import { LOCAL, manifests } from './manifests.ts';
import { type McpWorld, PROTOCOLS, startMcpWorld } from './world.ts';

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

describe.each(PROTOCOLS)('over %s', (protocol) => {
  /** As a client of MCP that runs in a page sends it: the header makes it ask first. */
  const fetched = (path: string): Promise<unknown> =>
    page.evaluate(
      `fetch('http://127.0.0.1:${world.port(protocol)}${path}', { headers: { 'MCP-Protocol-Version': '2025-11-25' } })
        .then((answer) => answer.json(), (error) => error.name)`,
    );
  const preflights = (path: string): readonly string[] =>
    world.envoys[protocol]
      .logs()
      .split('\n')
      .filter((line) => line.includes('"method":"OPTIONS"') && line.includes(`"path":"${path}"`));

  it.each(['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource'])(
    'it reads %s',
    async (path) => {
      expect(await fetched(path)).toMatchObject({
        resource: LOCAL,
        authorization_servers: [idp.issuer],
      });
      await expect.poll(() => preflights(path)).not.toEqual([]);
      expect(preflights(path).every((line) => line.includes('"outcome":"served"'))).toBe(true);
    },
  );

  it('and nothing of the API, which does not know its origin', async () => {
    expect(await fetched('/mcp')).toBe('TypeError');
  });
});
