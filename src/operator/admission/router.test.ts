import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonValue } from '../../base/json.ts';
import { own, review, viewOf } from '../testing/admission.ts';
import { ADMISSION_PATH } from './configuration.ts';
import { judgeAdmission } from './judge-admission.ts';
import { admissionRouter } from './router.ts';

const errors: unknown[] = [];
const view = {
  ...viewOf({}),
  isSynced: () => {
    if (isBroken) throw new Error('secret-detail');
    return true;
  },
};
let isBroken = false;

const router = admissionRouter({
  path: ADMISSION_PATH,
  judge: (request) => judgeAdmission(request, view, { allowInsecureHttp: false }),
  onError: (error) => errors.push(error),
});
const server = createServer(express().use(router));
let url: string;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}${ADMISSION_PATH}`;
});

afterAll(() => void server.close());

const object = own('AuthenticationSource', 'shop/idp', { jwt: { issuer: 'https://id.example' } });
const REVIEW = review({ kind: 'AuthenticationSource', operation: 'CREATE', object });

async function post(body: RequestInit['body'], headers: Readonly<Record<string, string>> = {}) {
  const all = { 'content-type': 'application/json', ...headers };
  const response = await fetch(url, { method: 'POST', headers: all, body: body ?? null });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return {
    status: response.status,
    text,
    json: type.includes('json') ? (JSON.parse(text) as JsonValue) : {},
  };
}

describe('admission over HTTP', () => {
  it('answers a review, with its uid', async () => {
    const answer = await post(JSON.stringify(REVIEW));
    expect(answer).toMatchObject({
      status: 200,
      json: {
        kind: 'AdmissionReview',
        response: {
          uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
          allowed: true,
          warnings: [expect.stringContaining('AudienceUnchecked')],
        },
      },
    });
  });

  it('takes a charset', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect((await post(JSON.stringify(REVIEW), headers)).status).toBe(200);
  });

  it.each<[string, number, RequestInit['body'], Record<string, string>]>([
    ['no JSON', 400, '{"a":', {}],
    ['nothing', 400, '', {}],
    ['a text', 400, '"hello"', {}],
    ['no review', 400, '{}', {}],
    ['another content type', 415, JSON.stringify(REVIEW), { 'content-type': 'text/plain' }],
    ['a compressed body', 415, gzipSync(JSON.stringify(REVIEW)), { 'content-encoding': 'gzip' }],
    ['a body that is too large', 413, `{"a":"${'x'.repeat(3 * 1024 * 1024)}"}`, {}],
  ])('says in a line what is wrong: %s', async (_, status, body, headers) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(/^[^\n]{10,200}\n$/);
    expect(answer.text).not.toContain('    at ');
  });

  it('takes no other method', async () => {
    const response = await fetch(url);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('refuses after an exception, and keeps it to itself', async () => {
    isBroken = true;
    const answer = await post(JSON.stringify(REVIEW));
    isBroken = false;
    expect(answer).toMatchObject({
      status: 200,
      json: {
        response: { uid: expect.any(String), allowed: false, status: { code: 500, reason: 'InternalError' } },
      },
    });
    expect(answer.text).not.toContain('secret-detail');
    expect(errors).toEqual([new Error('secret-detail')]);
  });
});
