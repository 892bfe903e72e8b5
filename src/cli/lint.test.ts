import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { binding, source, yaml } from '../../test/support/manifests.ts';
import { publicJwk } from '../../test/support/tokens.ts';
import { UsageError } from '../process/start-error.ts';
import { lintCommand } from './lint.ts';
import { fileWith, folderWith, runCommand } from './testing/run.ts';

const okta = source('okta', {
  issuer: 'https://issuer.example',
  audiences: ['api'],
  keys: { jwks: { keys: [publicJwk('RS256')] } },
});
const orders = binding('orders', { sources: [{ name: 'okta' }] });
const good = yaml([okta, orders]);
const doubtful = yaml([source('open', { issuer: 'https://issuer.example' })]);

describe('portcullis lint', () => {
  it('finds nothing in good manifests', async () => {
    expect(await runCommand(lintCommand, ['-f', fileWith(good)])).toEqual({
      code: 0,
      out: '0 errors, 0 warnings in 1 file\n',
      err: '',
    });
  });

  it('lets warnings pass', async () => {
    const { code, out } = await runCommand(lintCommand, ['-f', fileWith(doubtful)]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /one\.yaml:\d+:\d+: warning: .*\(AudienceUnchecked\)\n0 errors, 1 warning in 1 file\n$/,
    );
  });

  it('says nothing false of what a mistake elsewhere leaves open', async () => {
    const lint = (...objects: Parameters<typeof yaml>[0]) =>
      runCommand(lintCommand, ['-f', fileWith(yaml(objects))]);
    const open = source('okta', { issuer: 'https://okta.example' });
    const misspelt = { sources: [{ name: 'okta' }], resuorce: {} };
    const brokenBinding = await lint(open, binding('orders', misspelt));
    expect(brokenBinding.out).toMatch(/did you mean resource.*\n1 error, 0 warnings in 1 file\n$/);
    const google = source('okta', { preset: 'Google', issuer: 'https://accounts.google.com' });
    const brokenSource = await lint(google, orders);
    expect(brokenSource.out).toMatch(
      /spec\.sources\[0\]: AuthenticationSource shop\/okta has errors of its own \(.*one\.yaml:\d+\); mend those first \(SourceNotPermitted\)\n2 errors/,
    );
  });

  it.each([
    ['the schema', yaml([okta, binding('orders', { source: [] })]), 'Invalid'],
    ['references', yaml([orders]), 'SourceNotPermitted'],
    [
      'expressions',
      yaml([
        okta,
        binding('orders', {
          sources: [{ name: 'okta' }],
          rules: [{ name: 'a', require: { expressions: [{ expression: 'usr == ""' }] } }],
        }),
      ]),
      'InvalidExpression',
    ],
    [
      'regular expressions',
      yaml([
        okta,
        binding('orders', {
          sources: [{ name: 'okta' }],
          rules: [{ name: 'a', match: { paths: [{ type: 'RegularExpression', value: '/(' }] } }],
        }),
      ]),
      'InvalidPath',
    ],
    [
      'conflicts',
      yaml([okta, orders, { ...orders, metadata: { name: 'other', namespace: 'shop' } }]),
      'Conflicted',
    ],
    ['two of one name', yaml([okta, okta, orders]), 'Duplicate'],
    ['YAML', 'a: [', 'Unreadable'],
  ])('finds errors of %s', async (_case, manifests, reason) => {
    const { code, out } = await runCommand(lintCommand, ['-f', fileWith(manifests)]);
    expect(code).toBe(1);
    expect(out).toContain(`(${reason})\n`);
    expect(out).toMatch(/\d+ errors?, \d+ warnings? in 1 file\n$/);
  });

  it('takes bindings of different targets for different workloads', async () => {
    const other = binding('other', { hosts: ['orders.example'], sources: [{ name: 'okta' }] });
    expect((await runCommand(lintCommand, ['-f', fileWith(yaml([okta, orders, other]))])).code).toBe(0);
  });

  it('finds an error in a file that is no text', async () => {
    const folder = folderWith({ 'a.yaml': good, 'b.yaml': new Uint8Array([0x61, 0xff]) });
    const { code, out } = await runCommand(lintCommand, ['-f', folder]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /b\.yaml:1:1: error: the file is not UTF-8, .*save it in that encoding \(Unreadable\)\n/,
    );
  });

  it('sorts by file and line, whatever the order of the paths', async () => {
    const folder = folderWith({
      'b.yaml': yaml([binding('c', {})]),
      'a.yaml': yaml([binding('b', {}), binding('a', {})]),
    });
    const { out } = await runCommand(lintCommand, [
      '-f',
      path.join(folder, 'b.yaml'),
      path.join(folder, 'a.yaml'),
      '--output',
      'json',
    ]);
    const places = JSON.parse(out).map(({ file, line }: { file: string; line: number }) => [
      path.basename(file),
      line,
    ]);
    expect(places).toEqual([
      ['a.yaml', 6],
      ['a.yaml', 18],
      ['b.yaml', 6],
    ]);
  });

  it('reads what helm template prints, and counts what is none of ours', async () => {
    const others = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: orders}\n---\n';
    expect(await runCommand(lintCommand, ['-f', '-'], { stdin: others + good })).toMatchObject({
      code: 0,
      out: '0 errors, 0 warnings in 1 file; 1 object of other kinds passed over\n',
    });
  });

  it('gives every field as JSON', async () => {
    const file = fileWith(yaml([orders]));
    const { code, out } = await runCommand(lintCommand, ['-f', file, '--output', 'json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual([
      {
        severity: 'error',
        reason: 'SourceNotPermitted',
        object: { kind: 'ApiBinding', namespace: 'shop', name: 'orders' },
        file,
        line: expect.any(Number),
        column: expect.any(Number),
        field: 'spec.sources[0]',
        message: expect.any(String),
        remedy: expect.any(String),
      },
    ]);
  });

  it('gives an empty array as JSON where there is nothing to say', async () => {
    expect((await runCommand(lintCommand, ['-f', fileWith(good), '--output=json'])).out).toBe('[]\n');
  });

  it('gives workflow commands, escaped as GitHub reads them', async () => {
    const folder = folderWith({
      'a,b:50%.yaml': 'apiVersion: portcullis.dev/v1alpha1\nkind: ApiBinding\n"50%": 1\n',
    });
    const { code, out, err } = await runCommand(lintCommand, ['-f', folder, '--output', 'github']);
    expect(code).toBe(1);
    const lines = out.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line).toMatch(
        /^::error file=[^,:]*a%2Cb%3A50%25\.yaml,line=\d+,col=\d+,title=Invalid%3A ApiBinding default\/\?::.+$/,
      );
    }
    expect(out).toContain('["50%25"]: unknown field "50%25"');
    expect(err).toMatch(/^\d+ errors, 0 warnings in 1 file\n$/);
  });

  it.each([
    ['no path', []],
    ['an unknown format', ['-f', 'a.yaml', '--output', 'xml']],
    ['an unknown option', ['-f', 'a.yaml', '--strict']],
    ['a format twice', ['-f', 'a.yaml', '--output', 'json', '--output', 'text']],
  ])('refuses %s', async (_case, args) => {
    await expect(runCommand(lintCommand, args)).rejects.toThrow(UsageError);
  });
});
