import { expect, it } from 'vitest';
import { failed, ok } from '../../kubernetes/errors.ts';
import type { PodHttp } from '../../kubernetes/pod-http.ts';
import { clusterKeys } from './cluster-keys.ts';

async function* bytes(text: string) {
  yield Buffer.from(text);
}
const answering =
  (text: string): PodHttp =>
  async () =>
    ok({ status: 200, headers: {}, body: bytes(text) });
const telling = (...sources: readonly object[]): PodHttp =>
  answering(
    JSON.stringify({ format: 1, sources: sources.map((one) => ({ leftOut: 0, problem: null, ...one })) }),
  );

function keysOf(pods: Readonly<Record<string, PodHttp>>) {
  const found = { pods: Object.keys(pods), ofGateways: new Map([['edge/gateway-1', 'all' as const]]) };
  const ask = ({ namespace, name }: { namespace: string; name: string }) =>
    pods[`${namespace}/${name}`] ?? (async () => failed('NotFound', 'gone'));
  const sourcesAt = (pod: string) => new Set(pod.startsWith('shop/') ? ['shop/okta', 'sso/okta'] : []);
  return clusterKeys(found, ask, sourcesAt);
}

it('are as old as the oldest copy', async () => {
  const { sources } = await keysOf({
    'shop/a': telling({ source: 'shop/okta', age: 10 }, { source: 'sso/okta', age: 5 }),
    'shop/b': telling({ source: 'shop/okta', age: 90, problem: 'no\u001b[2J answer' }),
    'edge/gateway-1': telling({ source: 'far/okta', age: 7 }),
  });
  expect(sources).toEqual([
    { source: 'shop/okta', age: 90, leftOut: 0, problem: 'no [2J answer' },
    { source: 'sso/okta', age: 5, leftOut: 0, problem: null },
    { source: 'far/okta', age: 7, leftOut: 0, problem: null },
  ]);
});

it('a pod is believed of sources alone whose tokens its validator takes, and one that tells nonsense of none', async () => {
  const { sources } = await keysOf({
    'evil/liar': telling({ source: 'shop/okta', age: 1e9 }),
    'shop/other': telling({ source: 'secret/okta', age: 3 }, { source: 'shop/okta', age: 4 }),
    'shop/odd': telling({ source: 'shop/okta', age: -1 }),
    'shop/html': answering('<html>'),
    'shop/long': answering(`${' '.repeat(2 * 1024 * 1024)}{}`),
    'shop/gone': async () => failed('Unreachable', 'gone'),
  });
  expect(sources).toEqual([{ source: 'shop/okta', age: 4, leftOut: 0, problem: null }]);
});
