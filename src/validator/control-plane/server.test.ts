/** The feed over a real network and a real disk: restarts, rotations, and servers that hang. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../base/clock.ts';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { createAuthority } from '../../issuers/testing/certificates.ts';
import { watchedFeed } from '../testing/control-plane-feed.ts';
import { podFiles, startControlPlane } from '../testing/control-plane-server.ts';
import { fetched, fieldsOf, hmac, key, policyOf } from '../testing/policies.ts';
import { BODY_LIMIT, HEAD_LIMIT } from './poll.ts';

const A = policyOf('a');
const B = policyOf('b');
const now = () => Math.floor(Date.now() / 1000);

let files: ReturnType<typeof podFiles>;
let server: Awaited<ReturnType<typeof startControlPlane>>;
const cleanUps: (() => unknown)[] = [];

beforeEach(async () => {
  files = podFiles();
  server = await startControlPlane();
  files.writeToken('token');
  files.writeAuthorities(server.authority);
  cleanUps.push(files.remove, () => server.stop().catch(() => {}));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function setUp(clock: Clock = systemClock, maxStale = 86_400) {
  const watched = watchedFeed({ ...files, url: server.url, clock, maxStale });
  cleanUps.push(watched.stop);
  return watched;
}

const acknowledged = (version: string) => server.askedFor((asked) => asked.version === version);

describe('a change', () => {
  it('is in force and acknowledged, over one connection', async () => {
    server.publish(A, { 'uid-okta': now() });
    const { start, until } = setUp();
    await start();
    await until(({ version }) => version === A.version);
    await acknowledged(A.version);
    server.publish(B);
    await until(({ version }) => version === B.version);
    await acknowledged(B.version);
    server.publish(A);
    await until(({ version }) => version === A.version);
    expect(server.connections()).toBe(1);
  });

  it('that cannot be applied is reported, and another one is applied', async () => {
    server.publish(A);
    const { start, until } = setUp();
    await start();
    await acknowledged(A.version);
    const broken = policyOf('c');
    server.misbehave((_, response) => void response.writeHead(200, fieldsOf(broken)).end('{}'));
    // The question that is held is answered well.
    server.publish(B);
    await until(({ version }) => version === B.version);
    const { version, rejected } = await server.askedFor((asked) => asked.rejected !== undefined);
    expect([version, rejected]).toEqual([
      B.version,
      { version: broken.version, reason: 'the answer cannot be read: policy is missing' },
    ]);
    server.misbehave(undefined);
    server.publish(A);
    await until(({ version }) => version === A.version);
    const reported = server.asked.findIndex((asked) => asked.rejected !== undefined);
    const next = await server.askedFor(
      (asked) => asked.version === A.version && server.asked.indexOf(asked) > reported,
    );
    expect(next.rejected).toBeUndefined();
  });

  it('of keys is fetched at once when an unknown one is reported', async () => {
    server.publish(A, { 'uid-okta': now() });
    const { start, refreshKeys, last } = setUp();
    await start();
    await acknowledged(A.version);
    const rotated = policyOf('a', [fetched({ keys: { kind: 'public', keys: [key('new')] } })]);
    let reported = '';
    server.onRefresh((uid) => {
      reported = uid;
      server.publish(rotated, { 'uid-okta': now() });
    });
    await refreshKeys('uid-okta');
    expect([reported, last().version]).toEqual(['uid-okta', rotated.version]);
    expect(refreshKeys('uid-okta')).toBeUndefined();
  });
});

describe('a control plane', () => {
  it('that restarts is found again, and what was in force stays', async () => {
    server.publish(A);
    const { start, until, lines, updates } = setUp();
    await start();
    await acknowledged(A.version);
    await server.stop();
    await until(() => lines.some((line) => line.includes('ECONNREFUSED')));
    expect(updates).toHaveLength(1);
    await server.restart();
    server.publish(B);
    await until(({ version }) => version === B.version);
    expect(lines.at(-1)).toBe('the control plane answers again');
  });

  it('that comes later is waited for', async () => {
    await server.stop();
    const { start, until, lines, updates } = setUp();
    await start();
    await until(() => lines.some((line) => line.includes('ECONNREFUSED')));
    expect(updates).toEqual([]);
    await server.restart();
    server.publish(A);
    await until(({ version }) => version === A.version);
  });

  it('that takes another token, or has another authority, is followed when the files are there', async () => {
    server.publish(A);
    const { start, until, lines } = setUp();
    await start();
    await acknowledged(A.version);
    server.acceptToken('next');
    await server.stop();
    const authority = await createAuthority('next');
    server = await startControlPlane({ authority, port: server.port });
    server.acceptToken('next');
    server.publish(B);
    await until(() => lines.some((line) => line.includes('no authority in')));
    files.writeAuthorities(authority);
    await until(() => lines.some((line) => line.includes('does not accept our token')));
    files.writeToken('next');
    await until(({ version }) => version === B.version);
  });

  it('that is not there any more, though its connection is, is noticed', async () => {
    const clock = manualClock(now() * 1000);
    const { start, until, lines } = setUp(clock);
    server.misbehave(() => {});
    await start();
    await server.askedFor(() => true);
    server.misbehave(undefined);
    server.publish(A);
    clock.advance(HEAD_LIMIT);
    await until(() => lines.length > 0);
    clock.advance(250);
    await until(({ version }) => version === A.version);
    expect(lines).toEqual([
      expect.stringMatching(
        /^the control plane 127\.0\.0\.1:\d+ does not answer: the connection stands.* \(no answer within 15 s\)$/,
      ),
      'the control plane answers again',
    ]);
    expect(server.connections()).toBe(2);
  });

  it('that sends its policy ever more slowly is left', async () => {
    const clock = manualClock(now() * 1000);
    const { start, until, lines } = setUp(clock);
    server.misbehave((_, response) => void response.writeHead(200, fieldsOf(A)).write('{"policy":'));
    await start();
    await server.askedFor(() => true);
    server.misbehave(undefined);
    server.publish(A);
    const whole = until(({ version }) => version === A.version);
    await until(() => {
      clock.advance(lines.length === 0 ? BODY_LIMIT / 10 : 250);
      return lines.length > 0;
    });
    clock.advance(250);
    await whole;
    expect(lines[0]).toMatch(
      /^the control plane 127\.0\.0\.1:\d+ begins to answer, and does not send all of it; .* \(not whole within 30 s\)$/,
    );
  });
});

describe('the policy on disk', () => {
  const file = () => join(files.stateFolder, 'policy.json');

  async function written(): Promise<void> {
    const { start, until, stop } = setUp();
    await start();
    await until(({ version }) => version !== undefined);
    await until(() => {
      try {
        return readFileSync(file(), 'utf8').length > 0;
      } catch {
        return false;
      }
    });
    await stop();
  }

  it('is in force at once after a restart, without its secrets, which are fetched', async () => {
    const policy = policyOf('a', [fetched(), hmac()]);
    const secret = new TextEncoder().encode('a secret of thirty-two characters');
    server.publish(policy, { 'uid-okta': now() }, { 'shop/s/k': secret });
    await written();
    expect(readFileSync(file(), 'utf8')).not.toContain(Buffer.from(secret).toString('base64'));
    await server.stop();
    const { start, updates, until } = setUp();
    await start();
    expect(updates[0]).toMatchObject({ policy, secrets: new Map() });
    expect(updates[0]?.keysChecked.size).toBe(1);
    await server.restart();
    await until(() => updates.length > 1);
    expect(updates[1]).toMatchObject({ policy, secrets: new Map([['shop/s/k', secret]]) });
  });

  it('is not in force when it is too old, until it is confirmed', async () => {
    server.publish(A);
    await written();
    const clock = manualClock((now() + 3601) * 1000);
    const { start, updates, until, lines } = setUp(clock, 3600);
    await start();
    expect(lines).toEqual([expect.stringContaining('--policy-max-stale')]);
    await until(() => updates.length > 0);
    expect(updates[0]?.policy).toEqual(A);
  });

  it('that is broken is passed over', async () => {
    server.publish(A);
    await written();
    writeFileSync(file(), readFileSync(file(), 'utf8').slice(0, -100));
    const { start, lines, until } = setUp();
    await start();
    await until(({ version }) => version === A.version);
    expect(lines).toEqual([expect.stringMatching(/^the policy on disk is passed over: .* is broken$/)]);
  });

  it('that cannot be written is no reason to stop', async () => {
    writeFileSync(files.stateFolder, 'a file where a folder should be');
    server.publish(A);
    const { start, until, lines } = setUp();
    await start();
    await until(({ version }) => version === A.version);
    server.publish(B);
    await until(({ version }) => version === B.version);
    await until(() => lines.some((line) => line.includes('cannot be kept')));
  });
});
