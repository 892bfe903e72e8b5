/** A policy test says a header that is sent more than once, as an attacker would send it. */

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { binding, source, yaml } from '../../test/support/manifests.ts';
import { testWith } from './policy-tests.ts';
import { folderWith, runCommand } from './testing/run.ts';

const manifests = [
  source('okta', { issuer: 'https://issuer.example', audiences: ['api'] }),
  binding('orders', { sources: [{ name: 'okta' }], mcp: { versions: ['2026-07-28'] } }),
];
const CALL = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call' };
const passes = { code: 0, out: '1 passed, 0 failed\n' };

function ask(name: unknown, expected: object) {
  const test = {
    name: 'a call',
    request: 'POST https://orders.example/',
    headers: { ...CALL, 'mcp-name': name },
    expect: expected,
  };
  const folder = folderWith({ 'm.yaml': yaml(manifests), 't.yaml': stringify({ tests: [test] }) });
  const files = ['-f', path.join(folder, 'm.yaml'), path.join(folder, 't.yaml')];
  return runCommand((args, surroundings) => testWith(args, surroundings, nobody), files);
}

const nobody = () => Promise.reject(new Error('nobody is to be asked'));

describe('a header that is sent more than once', () => {
  it('is a list of its values, and judged as such', async () => {
    const doubled = await ask(['read_file', 'delete_file'], { status: 400, reason: 'request_malformed' });
    expect(doubled).toMatchObject(passes);
    // Not what one header with a comma is.
    const single = await ask('read_file, delete_file', { status: 401, reason: 'token_missing' });
    expect(single).toMatchObject(passes);
    expect(await ask(['read_file'], { reason: 'token_missing' })).toMatchObject(passes);
  });

  it.each([
    ['an empty list', [], 'the list is empty'],
    ['a number', 7, 'it must be a string, or a list of strings'],
    ['a number in a list', ['a', 7], 'it must be a string, or a list of strings'],
    ['a line break', ['a', 'b\nc'], 'has a line break'],
  ])('refuses %s, with its place', async (_, name, problem) => {
    const { code, err } = await ask(name, { status: 400 });
    expect(code).toBe(2);
    expect(err).toContain('tests[0].headers.mcp-name');
    expect(err).toContain(problem);
  });
});
