/** The command itself: which program a name starts, its exit codes, and where it says what. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { binding, source, yaml } from '../../test/support/manifests.ts';
import { run } from '../../tools/run.ts';
import { folderWith } from './testing/run.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const QUICKSTART = fileURLToPath(new URL('../../examples/quickstart', import.meta.url));

const portcullis = (args: readonly string[], stdin = '') => run(process.execPath, [MAIN, ...args], { stdin });

/** The published example of RFC 7515 appendix A.1, and its key. */
const RFC_TOKEN =
  'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const RFC_MANIFESTS = yaml([
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'rfc', namespace: 'shop' },
    stringData: {
      key: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    },
  },
  source('rfc', {
    issuer: 'joe',
    keys: { hmac: [{ secretKeyRef: { name: 'rfc', key: 'key' }, encoding: 'Base64URL' }] },
    mapping: { user: ['iss'] },
  }),
  binding('orders', { sources: [{ name: 'rfc' }] }),
]);

describe('portcullis', () => {
  it('lists its commands', async () => {
    const { code, stdout } = await portcullis(['--help']);
    expect(code).toBe(0);
    for (const name of ['validator', 'capture', 'lint', 'explain', 'test', 'envoy-config'])
      expect(stdout).toMatch(RegExp(`^ +${name} `, 'm'));
  });

  it.each([
    [['explain'], /^portcullis: -f PATH is missing: .* See portcullis explain --help\.\n$/],
    [['lint', '-f', '/nowhere'], /^portcullis: \/nowhere does not exist\.\n$/],
    [['test', '-f', QUICKSTART], /^portcullis: TESTS\.yaml is missing: .*\n$/],
    [['lnt'], /^portcullis: there is no command "lnt"; there is: validator, .*\n$/],
  ])('ends with 2 and one line for %j', async (args, line) => {
    const { code, stdout, stderr } = await portcullis(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(line);
  });

  it.each(['lint', 'explain', 'test'])('%s --help tells its options', async (name) => {
    const { code, stdout } = await portcullis([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(RegExp(`^Usage: portcullis ${name} -f PATH`));
  });
});

describe('portcullis lint', () => {
  it('ends with 0 for the quickstart, and with 1 for an error', async () => {
    expect((await portcullis(['lint', '-f', QUICKSTART])).code).toBe(0);
    const broken = yaml([binding('orders', { sources: [{ name: 'okta' }] })]);
    const { code, stdout, stderr } = await portcullis(['lint', '-f', '-'], broken);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^<stdin>:\d+:\d+: error: .*\n1 error, 0 warnings in 1 file\n$/);
  });

  it('does not end well when nobody reads what it says', async () => {
    const child = spawn(process.execPath, [MAIN, 'lint', '-f', '-'], { stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdout.destroy();
    const ended = once(child, 'close');
    child.stdin.end(yaml([binding('orders', { sources: [{ name: 'okta' }] })]));
    expect(await ended).toEqual([1, null]);
  });
});

describe('portcullis explain', () => {
  const explain = (at: string, ...args: string[]) => {
    const folder = folderWith({ 'm.yaml': RFC_MANIFESTS });
    const request = ['--request', 'GET https://orders.example/', '--token', RFC_TOKEN, '--at', at];
    return portcullis(['explain', '-f', folder, ...request, ...args]);
  };

  it('ends with 0 for a published token while it was good', async () => {
    const { code, stdout, stderr } = await explain('2011-03-22T18:42:00Z');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n200 OK: the request goes on to the API\nset {5}x-auth-user: joe\n/);
    expect(stderr).toMatch(/\(AudienceUnchecked\)\n$/);
    expect(stdout + stderr).not.toContain(RFC_TOKEN.slice(-43));
  });

  it('ends with 3 when it has expired', async () => {
    const { code, stdout } = await explain('1300819410', '--output', 'json');
    expect({ code, reason: JSON.parse(stdout).reason }).toEqual({ code: 3, reason: 'token_expired' });
  });

  it('ends with 1 where a manifest cannot be read', async () => {
    const { code, stdout } = await portcullis(['explain', '-f', '-', '--request', 'GET https://a/'], 'a: [');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});

describe('portcullis test', () => {
  it.each([
    [401, 0, '1 passed, 0 failed'],
    [200, 1, '0 passed, 1 failed'],
  ])('ends with its counts where %i is expected', async (status, code, last) => {
    const tests = [{ name: 'orders', request: 'GET https://a/orders', expect: { status } }];
    const folder = folderWith({ 'tests.yaml': stringify({ tests }) });
    const ended = await portcullis(['test', '-f', QUICKSTART, path.join(folder, 'tests.yaml')]);
    expect(ended.code).toBe(code);
    expect(ended.stdout.trimEnd().split('\n').at(-1)).toBe(last);
  });
});
