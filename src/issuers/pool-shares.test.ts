/** One tenant's many sources at a provider that hangs, or sends a MiB of nothing: what they take, and the others' keys. */

import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { createIssuerPool } from './pool.ts';
import { PER_NAMESPACE } from './shares.ts';
import { testGet } from './testing/fetching.ts';
import { publicJwk } from './testing/keys.ts';
import { testPlan } from './testing/plan.ts';
import { type Handler, serves, startServer } from './testing/servers.ts';

const SOURCES = 700;
const BLANKS = Buffer.alloc(1024 * 1024, ' ');

it.each<[string, Handler]>([
  ['sends a MiB of blanks', (_request, response) => void response.writeHead(200).end(BLANKS)],
  ['sends blanks without end', (_request, response) => void response.writeHead(200).write(BLANKS)],
  ['never answers', () => {}],
])('a provider that %s', async (_, handler) => {
  const hostile = await startServer((request, response) => {
    most = Math.max(most, hostile.open());
    handler(request, response);
  });
  const good = await startServer(serves({ keys: [publicJwk('a')] }));
  let most = 0;
  const fetched = Promise.withResolvers<string>();
  const pool = createIssuerPool({
    get: testGet(),
    clock: systemClock,
    random: Math.random,
    onChange: () => {},
    onFetch: ({ source }, result) => source.startsWith('shop/') && fetched.resolve(result),
  });
  onTestFinished(() => pool.stop());
  const sources = Array.from({ length: SOURCES }, (_unused, i) =>
    testPlan({
      uid: `uid-${i}`,
      source: `mallory/s${i}`,
      location: { kind: 'jwks', url: `${hostile.origin}/${i}` },
    }),
  );
  const shop = testPlan({
    uid: 'uid-shop',
    source: 'shop/okta',
    location: { kind: 'jwks', url: good.origin },
  });
  pool.reconcile([...sources, shop]);
  expect(await fetched.promise).toBe('success');
  expect(pool.state('uid-shop')?.keys).toHaveLength(1);
  await expect.poll(() => most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(PER_NAMESPACE);
});
