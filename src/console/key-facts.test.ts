import { expect, it } from 'vitest';
import { createMetrics } from '../telemetry/metrics.ts';
import { sourceKeyFacts } from './key-facts.ts';
import { samplesOf } from './metrics-text.ts';

it('reads what a validator tells of its keys', async () => {
  const metrics = createMetrics({
    tokenCacheEntries: () => 0,
    policyVersion: () => 'v',
    policyAge: () => undefined,
    keyAges: () => [['shop/okta', 12.5]],
    keysLeftOut: () => [['shop/okta', 2]],
  });
  metrics.keysFetched('shop/okta', 'success');
  metrics.keysFetched('shop/okta', 'success');
  metrics.keysFetched('shop/odd"\\\n}', 'URL_INVALID');
  const facts = sourceKeyFacts(await metrics.render());
  expect(Object.fromEntries(facts)).toEqual({
    'shop/okta': { age: 12.5, leftOut: 2, fetches: [{ result: 'success', count: 2 }] },
    'shop/odd"\\\n}': { age: undefined, leftOut: 0, fetches: [{ result: 'URL_INVALID', count: 1 }] },
  });
});

it('takes no metric for another, and no line that is none', () => {
  const page = 'a_total{x="1"} 2\na_total_more{x="2"} 3\n# HELP a_total b\na_total 7\na_total{x="3"} many\n';
  expect(samplesOf(page, 'a_total')).toEqual([
    { labels: { x: '1' }, value: 2 },
    { labels: {}, value: 7 },
  ]);
});
