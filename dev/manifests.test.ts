import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { issuerPort, manifestsFor, shownPath, whatToEdit } from './manifests.ts';

let scratch: string;
let example: string;

const there = { issuer: 'http://127.0.0.1:9400', api: 'http://127.0.0.1:8080' };

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'portcullis-manifests-'));
  example = mkdtempSync(join(scratch, 'example-'));
  writeFileSync(join(example, 'a.yaml'), 'kind: ApiBinding\nidentifier: http://127.0.0.1:8080/mcp\n');
  writeFileSync(join(example, 'b.yaml'), '# here\nissuer: http://127.0.0.1:9400\n');
});
afterEach(() => rmSync(scratch, { recursive: true }));

it('are the example itself where all is at its place', () => {
  expect(issuerPort(example)).toBe(9400);
  expect(manifestsFor(example, there, scratch)).toEqual({ folder: example, copied: false });
});

it('are a copy with the true issuer where its place was taken', () => {
  const { folder, copied } = manifestsFor(example, { ...there, issuer: 'http://127.0.0.1:40123' }, scratch);
  expect(copied).toBe(true);
  expect(folder).not.toBe(example);
  expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe(readFileSync(join(example, 'a.yaml'), 'utf8'));
  expect(readFileSync(join(folder, 'b.yaml'), 'utf8')).toBe('# here\nissuer: http://127.0.0.1:40123\n');
  expect(readFileSync(join(example, 'b.yaml'), 'utf8')).toContain(':9400');
});

it('are a copy with the true identifier where the API listens elsewhere', () => {
  const { folder, copied } = manifestsFor(example, { ...there, api: 'http://127.0.0.1:8081' }, scratch);
  expect(copied).toBe(true);
  expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toContain('identifier: http://127.0.0.1:8081/mcp\n');
  expect(readFileSync(join(folder, 'b.yaml'), 'utf8')).toContain(':9400');
});

it("are the example itself where someone has put in an issuer of one's own", () => {
  writeFileSync(join(example, 'b.yaml'), 'issuer: https://idp.example.com\n');
  expect(issuerPort(example)).toBeUndefined();
  const elsewhere = { ...there, issuer: 'http://127.0.0.1:40123' };
  expect(manifestsFor(example, elsewhere, scratch).folder).toBe(example);
});

it('says where they are so that it can be pasted, from elsewhere too', () => {
  expect(shownPath(resolve('examples', 'mcp'))).toBe(join('examples', 'mcp'));
  expect(shownPath(example)).toBe(example);
});

it('says which files to change', () => {
  const mcp = resolve('examples', 'mcp');
  expect(whatToEdit({ folder: mcp, copied: false }, mcp)).toMatch(/^Change one and save it: /);
  expect(whatToEdit({ folder: example, copied: true }, mcp)).toMatch(/^Change those, not examples\/mcp: /);
});
