import { request as httpRequest } from 'node:http';
import { expect, it } from 'vitest';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { type Endpoint, pageListener, sendPage, serverOf, textPage } from '../../process/pages.ts';
import { listening } from '../testing/probing.ts';
import { limitedEndpoint } from './limited-endpoint.ts';

/** Answers when the test lets it. */
async function setUp(limits: Parameters<typeof limitedEndpoint>[0]) {
  const clock = manualClock();
  const waiting: (() => void)[] = [];
  const endpoint: Endpoint = {
    method: 'GET',
    answer: (_, response) => void waiting.push(() => sendPage(response, textPage(200, 'made'))),
  };
  const pages = pageListener({}, { '/slow': limitedEndpoint(limits, clock.monotonic, endpoint) });
  const port = await listening(serverOf(pages));
  const ask = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const asking = httpRequest({ host: '127.0.0.1', port, path: '/slow', agent: false }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      });
      asking.once('error', reject).end();
    });
  const isWaiting = (count: number) => expect.poll(() => waiting.length).toBe(count);
  return { clock, ask, isWaiting, letGo: () => waiting.splice(0).forEach((answer) => void answer()) };
}

it('refuses one more at the same time, and takes it when another has gone', async () => {
  const { ask, isWaiting, letGo } = await setUp({ atOnce: 2, perSecond: 100 });
  const first = [ask(), ask()];
  await isWaiting(2);
  expect(await ask()).toBe(503);
  letGo();
  expect(await Promise.all(first)).toEqual([200, 200]);
  const next = ask();
  await isWaiting(1);
  letGo();
  expect(await next).toBe(200);
});

it('refuses one more in the same second, and takes it in the next', async () => {
  const { clock, ask, isWaiting, letGo } = await setUp({ atOnce: 2, perSecond: 1 });
  const first = ask();
  await isWaiting(1);
  letGo();
  expect(await first).toBe(200);
  expect(await ask()).toBe(503);
  clock.advance(1000);
  const next = ask();
  await isWaiting(1);
  letGo();
  expect(await next).toBe(200);
});
