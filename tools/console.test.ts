/** The console is small, asks nobody else, and is in the bundles of the programs that serve it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle } from './bundle.ts';
import { buildConsole } from './console.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'portcullis-console-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('has at most 150 KB in all', async () => {
  const { files } = await buildConsole();
  expect(Object.keys(files).sort()).toEqual(['/', '/console.css', '/console.js', '/console.svg']);
  expect(Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0)).toBeLessThan(
    150 * 1024,
  );
});

it('names no address of somebody else', async () => {
  const { files } = await buildConsole();
  const addresses = Object.values(files).flatMap(
    (text) => text.match(/\b(?:https?|wss?):\/\/[\w.-]+/g) ?? [],
  );
  // Names of XML, and what a form shows before somebody writes into it.
  expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org', 'https://orders.example']));
});

it('has no script and no style in its page, which the policy for content forbids', async () => {
  const { files } = await buildConsole();
  expect(files['/']).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:/i);
});

it('is in a program that serves it, and its packages are among what went into that', async () => {
  const inputs = await bundle({ program: 'src/validator/admin/console-pages.ts' }, folder);
  const { files } = await buildConsole();
  const program = await readFile(path.join(folder, 'program.cjs'), 'utf8');
  expect(program).toContain(JSON.stringify(files['/console.css']).slice(1, 200));
  expect(inputs.filter((file) => file.includes('node_modules/preact/')).length).toBeGreaterThan(0);
});
