// Header names with an underscore, by what is chosen for them, in front of an app that shows its bytes.

import { afterEach, describe, expect, it } from 'vitest';
import type { UnderscoreHeaders } from '../../src/sidecar/underscores.ts';
import { ALLOWED, type Between, putBetween } from './between.ts';
import { type RawApp, startRawApp } from './raw-app.ts';
import { answerTo, lines } from './wire.ts';

let app: RawApp;
let between: Between;

afterEach(async () => {
  await between.stop();
  app.stop();
});

async function choose(underscoreHeaders: UnderscoreHeaders): Promise<void> {
  app = await startRawApp();
  between = await putBetween({ appPort: app.port, underscoreHeaders });
  between.authorize = (_request, response) =>
    response
      .writeHead(200, {
        ...ALLOWED,
        'x-auth-user': 'joe',
        'x-envoy-auth-headers-to-remove': 'x_auth_user,x-auth_user',
      })
      .end();
}

const ask = (...headers: string[]) =>
  answerTo(between.port, lines('GET /a HTTP/1.1', 'Host: api', 'sentry-trace: 1', ...headers));

const named = (): string => app.received.map(({ text }) => text).join('');

describe('names with an underscore', () => {
  it('are left out, and the request passes', async () => {
    await choose('Drop');
    expect((await ask('x_auth_user: mallory', 'grpc_meta_data: 1')).status).toBe(200);
    expect(named()).toContain('sentry-trace: 1');
    expect(named()).not.toMatch(/_.*:/);
    expect(Object.keys(between.checks[0]?.headers ?? {}).filter((name) => name.includes('_'))).toEqual([]);
  });

  it('are refused with a reason', async () => {
    await choose('Reject');
    const answer = await ask('grpc_meta_data: 1');
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({
      reason: 'request_malformed',
      detail: expect.stringContaining('underscore'),
    });
    expect(between.checks).toEqual([]);
    expect((await ask()).status).toBe(200);
  });

  it('pass, but those that would be taken for one of ours or for an order to the app', async () => {
    await choose('Allow');
    const orders = ['x_original_url', 'x-http_method-override', 'X_Forwarded_For', 'x-forwarded_client-cert'];
    await ask(
      'grpc_meta_data: 1',
      'x_auth_user: mallory',
      'x-auth_user: mallory',
      ...orders.map((name) => `${name}: mallory`),
    );
    expect(named()).toContain('grpc_meta_data: 1');
    expect(named()).toContain('x-auth-user: joe');
    expect(named()).not.toContain('mallory');
    // The validator has to see what it is to have removed.
    expect(between.checks[0]?.headers).toMatchObject({ x_auth_user: 'mallory', grpc_meta_data: '1' });
  });
});
