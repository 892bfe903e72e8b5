// Cookies whose bytes are no UTF-8, beside one with the token, which the app is not to see.

import { expect, it } from 'vitest';
import { binding, yaml } from '../support/manifests.ts';
import { NOW } from '../support/verification.ts';
import { contractCases, DOCUMENTS } from './contract-cases.ts';
import { guardRawApp } from './guarded-raw-app.ts';
import { answerTo, lines } from './wire.ts';

const { bearer } = contractCases(NOW);
const COOKIES = binding('cookies', {
  sources: [{ name: 'okta' }],
  credentials: [{ in: 'Cookie', name: 'session', origins: ['https://shop.example'] }],
  forward: { token: 'Remove' },
});

const guarded = guardRawApp(yaml([...DOCUMENTS, COOKIES]));

const others = ['name=J\xf6rg', 'x=\xff\xfe!', 'y=\xc3\xa9'];
const ask = (protocol: 'http' | 'grpc', ...cookies: string[]) =>
  answerTo(
    guarded.ports[protocol],
    lines('GET / HTTP/1.1', 'Host: cookies.example', `Cookie: session=${bearer()}; ${cookies.join('; ')}`),
  );
const cookie = () => /^cookie: (.*)$/im.exec(guarded.received.map(({ text }) => text).join(''))?.[1];

it('reach the app byte for byte', async () => {
  expect((await ask('http', ...others)).status).toBe(200);
  expect(cookie()).toBe(others.join('; '));
});

it('are refused with a reason over gRPC, where a header is text', async () => {
  const answer = await ask('grpc', ...others);
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body)).toMatchObject({
    reason: 'request_malformed',
    detail: expect.stringContaining('cookie'),
  });
  expect(guarded.received).toEqual([]);
  expect((await ask('grpc', 'y=\xc3\xa9')).status).toBe(200);
  expect(cookie()).toBe('y=\xc3\xa9');
});
