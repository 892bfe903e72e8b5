import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { captureCommand } from './capture.ts';
import { folderWith, runCommand } from './testing/run.ts';

it('--print shows the rules and changes nothing', async () => {
  const { code, out } = await runCommand(captureCommand, ['--print', '8080=15906', '--print', '9090=15907']);
  expect(code).toBe(0);
  expect(out).toMatch(/^ +tcp dport 8080 redirect to :15906\n +tcp dport 9090 redirect to :15907$/m);
});

it.each([
  [[], 'PORT=LISTENER is missing'],
  [['8080'], '"8080" is not PORT=LISTENER'],
  [['--ports', '8080=1'], "Unknown option '--ports'"],
])('%j is wrong usage', async (args, problem) => {
  await expect(runCommand(captureCommand, args)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(problem),
  });
});

/** Runs it where the program nft is this script. */
function withNft(script: string) {
  const folder = folderWith({ nft: `#!/bin/sh\n${script}\n` });
  chmodSync(join(folder, 'nft'), 0o755);
  return captureCommand(['8080=15906'], {
    stdin: () => Promise.reject(new Error('it reads no input')),
    out: () => {},
    err: () => {},
    environment: { PATH: folder },
    isTerminal: { out: false, err: false },
    now: 0,
  });
}

it('the rules go to nft in one piece', async () => {
  expect(await withNft('exec /bin/cat >/dev/null')).toBe(0);
});

it.each([
  ['Operation not permitted', 'capability NET_ADMIN'],
  ['Error: Could not process rule: No such file or directory', 'this kernel has no NAT by nftables'],
  ['netlink: Error: something\nelse', 'nft refused the rules: netlink: Error: something'],
  ['', 'nft refused the rules: it does not say why'],
])('nft that fails with %j is one clear line', async (said, problem) => {
  await expect(withNft(`printf '%s' '${said}' >&2; exit 1`)).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringContaining(problem),
  });
});
