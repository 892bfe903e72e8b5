/** Answers of a binding's own: browsers are sent to the login page, and clients get its bodies. */

import { expect, it } from 'vitest';
import { asking, withToken } from '../envoy/contract-cases.ts';
import { send } from '../envoy/guarded.ts';
import type { GatewayStage } from './stage.ts';

const HOST = ['host', 'pages.example'] as const;
type Pairs = readonly (readonly [name: string, value: string])[];

export function answers(stage: () => GatewayStage): void {
  const ask = (target: string, headers: Pairs = [], method = 'GET') =>
    send(stage().gateway.port, { target, method, headers: [HOST, ...headers] });

  it('a browser is sent to the login page', async () => {
    for (const [name, value] of [
      ['sec-fetch-mode', 'navigate'],
      ['accept', 'text/html,*/*;q=0.8'],
    ] as const) {
      const answer = await ask('/orders/7.html?page=2&q=a%20b', [[name, value]]);
      expect(stage().arrived()).toEqual([]);
      expect([answer.status, answer.headers.location]).toEqual([
        302,
        'https://login.example/start?rd=https%3A%2F%2Fpages.example%2Forders%2F7.html%3Fpage%3D2%26q%3Da%2520b',
      ]);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers['www-authenticate']).toBeUndefined();
    }
  });

  it.each([
    ['fetch()', 'GET', [['sec-fetch-mode', 'cors']]],
    ['a form', 'POST', [['sec-fetch-mode', 'navigate']]],
    ['a program', 'GET', [['accept', '*/*']]],
  ] as const)('%s gets the 401, with the body of the binding', async (_, method, headers) => {
    const answer = await ask('/orders/7.html', headers, method);
    expect(stage().arrived()).toEqual([]);
    expect([answer.status, answer.headers['content-type']]).toEqual([401, 'application/json']);
    expect(JSON.parse(answer.body)).toEqual({ error: 'token_missing', code: 401 });
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="shop/pages"');
    expect(answer.headers.location).toBeUndefined();
  });

  it('a page of an allowed origin may read a refusal, and no other page', async () => {
    for (const origin of ['https://shop.example', 'https://evil.example']) {
      const { status, headers } = await send(stage().gateway.port, asking('/', ['origin', origin]));
      expect(stage().arrived()).toEqual([]);
      const may = origin === 'https://shop.example';
      expect([status, headers['access-control-allow-origin']]).toEqual([401, may ? origin : undefined]);
      expect(headers['access-control-expose-headers']).toBe(
        may ? 'WWW-Authenticate, Retry-After' : undefined,
      );
      expect(String(headers.vary).toLowerCase()).toContain('origin');
    }
  });

  it('a page of the binding’s own reaches the client', async () => {
    const { headers = [] } = withToken(stage().cases.bearer());
    const token = headers.filter(([name]) => name !== 'host');
    const answer = await ask('/admin/x.json', token);
    expect(stage().arrived()).toEqual([]);
    expect([answer.status, answer.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
    expect(answer.body.replace(/\s+/g, ' ')).toBe('<h1>A role is missing</h1> <p>Łódź: role_mismatch</p>');
    expect((await ask('/', token)).status).toBe(200);
    stage().arrived();
  });
}
