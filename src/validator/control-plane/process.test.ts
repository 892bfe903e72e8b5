/** The program as the injected pod starts it: before, with, and without a control plane. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Server } from '../../../test/support/server.ts';
import { podFiles, startControlPlane } from '../testing/control-plane-server.ts';
import { policyOf } from '../testing/policies.ts';

const MAIN = new URL('../../cli/main.ts', import.meta.url).pathname;
const A = policyOf('a');
/** Prints the address of every module that is loaded. */
const TELLTALE = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    load(url, context, next) {
      process.stderr.write('loaded ' + url + String.fromCharCode(10));
      return next(url, context);
    },
  });`)}`;

let files: ReturnType<typeof podFiles>;
let plane: Awaited<ReturnType<typeof startControlPlane>>;
const cleanUps: (() => unknown)[] = [];

beforeEach(async () => {
  files = podFiles();
  plane = await startControlPlane();
  files.writeToken('token');
  files.writeAuthorities(plane.authority);
  cleanUps.push(files.remove, () => plane.stop().catch(() => {}));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(...flags: readonly string[]) {
  const server = new Server({
    name: 'validator',
    program: process.execPath,
    args: [
      ...['--import', TELLTALE, MAIN, 'validator', '--control-plane', plane.url.href],
      ...['--http', '127.0.0.1:0', '--grpc', 'off', '--admin', '127.0.0.1:0', ...flags],
    ],
    env: files.environment,
  });
  cleanUps.push(() => server.stop());
  const serving = await server.until('serving', 60, async () => servingLine(server.logs));
  const readyz = async () => {
    const answer = await fetch(`http://${serving.admin}/readyz`);
    return [answer.status, (await answer.text()).trim()] as const;
  };
  return {
    server,
    readyz,
    reason: async () => (await fetch(`http://${serving.http}/envoy/`)).headers.get('portcullis-reason'),
    ready: () => server.until('ready', 60, async () => ((await readyz())[0] === 200 ? true : undefined)),
    /** On SIGTERM. */
    end: async () => {
      server.signal('SIGTERM');
      expect(await server.ended()).toBe('ended (exit code 0)');
    },
  };
}

function servingLine(logs: string): { readonly http: string; readonly admin: string } | undefined {
  const line = logs.split('\n').find((text) => text.endsWith('"msg":"serving"}'));
  return line === undefined ? undefined : JSON.parse(line);
}

describe('the validator of a control plane', () => {
  it('starts while that is away, is ready when it comes, and ends though a question hangs', async () => {
    await plane.stop();
    const { server, readyz, reason, ready, end } = await start();
    const refuses = `the control plane ${plane.url.host} refuses connections: is the operator running? (ECONNREFUSED)`;
    await expect.poll(readyz).toEqual([503, `no policy has been received yet; ${refuses}`]);
    expect(await reason()).toBe('policy_missing');
    await plane.restart();
    plane.publish(A);
    await ready();
    expect(await reason()).toBe('token_missing');
    await plane.askedFor(({ version }) => version === A.version);
    await end();
    const loaded = server.logs.split('\n').filter((line) => line.startsWith('loaded '));
    expect(loaded.some((line) => line.endsWith('/src/validator/control-plane/feed.ts'))).toBe(true);
    expect(
      loaded.filter((line) =>
        /\/src\/(compiler|issuers|validator\/folder)\/|\/node_modules\/(yaml|undici|@grpc)\//.test(line),
      ),
    ).toEqual([]);
  });

  it('is ready with the policy on disk while nobody answers, until that is too old', async () => {
    plane.publish(A);
    const first = await start();
    await first.ready();
    const kept = join(files.stateFolder, 'policy.json');
    await first.server.until('keeping it', 60, async () => existsSync(kept) || undefined);
    await first.end();
    await plane.stop();
    const second = await start();
    expect(await second.readyz()).toEqual([200, 'ok']);
    expect(await second.reason()).toBe('token_missing');
    await second.end();
    const third = await start('--policy-max-stale', '1ms');
    await expect
      .poll(third.readyz)
      .toEqual([
        503,
        expect.stringMatching(
          /^the policy is too old: the control plane has not confirmed it for too long; .* refuses connections/,
        ),
      ]);
    expect(await third.reason()).toBe('policy_missing');
  });

  it('asks for the routes of its gateway', async () => {
    plane.publish(A);
    await start('--gateway', 'shop/edge');
    const { url } = await plane.askedFor(() => true);
    expect(url).toBe('/v1/policy?gateway=shop%2Fedge');
  });
});
