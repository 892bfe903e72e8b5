/** What a check over gRPC may hold at most. */

import { describe, expect, it } from 'vitest';
import { check, startGrpc } from '../testing/grpc.ts';

const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, 'a']));
const raw = (count: number) => ({
  headerMap: {
    headers: Object.entries(named(count)).map(([key, value]) => ({ key, rawValue: Buffer.from(value) })),
  },
});

describe('a check', () => {
  it.each([
    ['that is no message', Buffer.from([0xff, 0xff, 0xff]), 'cannot be read'],
    ['that is cut short', check().subarray(0, 20), 'cannot be read'],
    ['with a field of the number 0', Buffer.from([0x02, 0x00]), 'cannot be read'],
    ['with more headers than any', check({ headers: named(1001) }), 'more than 1000 headers'],
    ['with more raw headers than any', check(raw(1001)), 'more than 1000 headers'],
    ['with too many of both forms', check({ ...raw(500), headers: named(501) }), 'more than 1000 headers'],
  ])('%s is denied unread and counted, and the next one is answered', async (_, message, detail) => {
    const { client, checks, refused, errors } = await startGrpc();
    const { answer } = await client.ask(message);
    expect(answer).toMatchObject({
      status: { code: 3, message: 'request_malformed' },
      deniedResponse: { status: { code: 400 }, body: expect.stringContaining(detail) },
    });
    expect(answer).not.toHaveProperty('okResponse');
    expect([checks, errors, refused.map(({ reason }) => reason)]).toEqual([[], [], ['request_malformed']]);
    expect((await client.ask(check())).answer).toMatchObject({ status: { code: 16 } });
  });

  it('of a mebibyte is judged, a larger one fails by itself', async () => {
    const { client } = await startGrpc();
    const around = check({ headers: { 'x-a': 'a'.repeat(1_000_000) } }).length - 1_000_000;
    const of = (bytes: number) => check({ headers: { 'x-a': 'a'.repeat(bytes - around) } });
    expect(of(1024 * 1024)).toHaveLength(1024 * 1024);
    expect((await client.ask(of(1024 * 1024))).answer).toMatchObject({ status: { code: 16 } });
    expect((await client.ask(of(1024 * 1024 + 1))).error?.details).toContain('larger than max');
    expect((await client.ask(check())).answer).toMatchObject({ status: { code: 16 } });
  });

  it('with as many headers as may be is judged', async () => {
    const { client, checks } = await startGrpc();
    for (const http of [{ headers: named(1000) }, raw(1000)]) await client.ask(check(http));
    expect(checks.map(({ request }) => Object.keys(request.headers).length)).toEqual([1000, 1000]);
  });
});
