import { expect, it } from 'vitest';
import { createMetrics, type MetricSources } from './metrics.ts';
import { createOperatorMetrics } from './operator-metrics.ts';
import { IDLE_OPERATOR } from './testing/idle-operator.ts';

const nothing: MetricSources = {
  tokenCacheEntries: () => 0,
  policyVersion: () => undefined,
  policyAge: () => undefined,
  keyAges: () => [],
  keysLeftOut: () => [],
};

it('every metric of the contract is there, with its labels', async () => {
  const metrics = createMetrics({
    tokenCacheEntries: () => 7,
    policyVersion: () => 'abc',
    policyAge: () => 3.5,
    keyAges: () => [['shop/okta', 12.5]],
    keysLeftOut: () => [
      ['shop/okta', 2],
      ['shop/whole', 0],
    ],
  });
  metrics.decided('shop/orders', 'allowed', 'authenticated', 0.00002);
  metrics.decided('shop/orders', 'allowed', 'authenticated', 0.3);
  metrics.decided(undefined, 'denied', 'host_unbound', 0.001);
  metrics.tokenCacheHit();
  metrics.tokenCacheHit();
  metrics.tokenCacheMiss();
  metrics.keysFetched('shop/okta', 'ok');
  metrics.keysFetched('shop/okta', 'UNKNOWN_HOST');
  metrics.keysFetched('shop/okta', 'UNKNOWN_HOST');
  const lines = (await metrics.render()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'portcullis_decisions_total{binding="shop/orders",outcome="allowed",reason="authenticated"} 2',
      'portcullis_decisions_total{binding="",outcome="denied",reason="host_unbound"} 1',
      'portcullis_decision_duration_seconds_bucket{le="0.000025"} 1',
      'portcullis_decision_duration_seconds_bucket{le="0.5"} 3',
      'portcullis_decision_duration_seconds_count 3',
      'portcullis_token_cache_hits_total 2',
      'portcullis_token_cache_misses_total 1',
      'portcullis_token_cache_entries 7',
      'portcullis_key_fetches_total{source="shop/okta",result="ok"} 1',
      'portcullis_key_fetches_total{source="shop/okta",result="UNKNOWN_HOST"} 2',
      'portcullis_keys_age_seconds{source="shop/okta"} 12.5',
      'portcullis_keys_left_out{source="shop/okta"} 2',
      'portcullis_policy_info{version="abc"} 1',
      'portcullis_policy_age_seconds 3.5',
    ]),
  );
  expect(metrics.contentType).toMatch(/^text\/plain/);
});

it('a second scrape counts nothing twice', async () => {
  const metrics = createMetrics(nothing);
  metrics.decided('a/b', 'denied', 'token_missing', 0.001);
  metrics.tokenCacheHit();
  const first = await metrics.render();
  expect(await metrics.render()).toBe(first);
});

it('only the policy in force has a series', async () => {
  let version = 'one';
  const metrics = createMetrics({ ...nothing, policyVersion: () => version });
  expect(await metrics.render()).toContain('portcullis_policy_info{version="one"} 1');
  version = 'two';
  const text = await metrics.render();
  expect(text).toContain('portcullis_policy_info{version="two"} 1');
  expect(text).not.toContain('version="one"');
});

it('bindings beyond a thousand share one series', async () => {
  const metrics = createMetrics(nothing);
  for (let i = 0; i < 1500; i++) metrics.decided(`ns/b${i}`, 'allowed', 'authenticated', 0.001);
  metrics.decided('ns/b0', 'allowed', 'authenticated', 0.001);
  const series = (await metrics.render())
    .split('\n')
    .filter((line) => line.startsWith('portcullis_decisions_total{'));
  expect(series).toHaveLength(1001);
  expect(series).toContain(
    'portcullis_decisions_total{binding="(other)",outcome="allowed",reason="authenticated"} 500',
  );
  expect(series).toContain(
    'portcullis_decisions_total{binding="ns/b0",outcome="allowed",reason="authenticated"} 2',
  );
});

it.each([
  ['a validator', () => createMetrics(nothing)],
  ['the control plane', () => createOperatorMetrics(IDLE_OPERATOR)],
])('sources of %s beyond a thousand share one series', async (_, create) => {
  const metrics = create();
  for (let i = 0; i < 1500; i++) metrics.keysFetched(`ns/s${i}`, 'success');
  metrics.keysFetched('ns/s0', 'success');
  const series = (await metrics.render())
    .split('\n')
    .filter((line) => line.startsWith('portcullis_key_fetches_total{'));
  expect(series).toHaveLength(1001);
  expect(series).toContain('portcullis_key_fetches_total{source="(other)",result="success"} 500');
  expect(series).toContain('portcullis_key_fetches_total{source="ns/s0",result="success"} 2');
});

it('the control plane says how many keys of which set are left out', async () => {
  const counts = [['shop/okta', 2] as const, ['shop/whole', 0] as const];
  const page = await createOperatorMetrics({ ...IDLE_OPERATOR, keysLeftOut: () => counts }).render();
  expect(page).toContain('\nportcullis_keys_left_out{source="shop/okta"} 2\n');
  expect(page).not.toContain('shop/whole');
});

it('the control plane says how old the keys of each source are', async () => {
  const metrics = createOperatorMetrics({ ...IDLE_OPERATOR, keyAges: () => [['shop/okta', 12.5]] });
  expect(await metrics.render()).toContain('\nportcullis_keys_age_seconds{source="shop/okta"} 12.5\n');
});
