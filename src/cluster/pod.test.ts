/** What is read of marks, sidecars and an Envoy of the pod's own; the rest stands in objects.test.ts. */

import { expect, it } from 'vitest';
import { keptPod as pod } from './testing/objects.ts';

it('is marked by labels and annotations, each where it belongs', () => {
  const labels = { 'portcullis.dev/capture': 'None', 'portcullis.dev/moved-ports': 'http=1' };
  const annotations = { 'portcullis.dev/inject': 'false', 'portcullis.dev/injected': '9' };
  expect(pod('shop/o', { labels, annotations, guarded: false }).marks).toEqual({});
});

it('is not kept with how it was written', () => {
  const annotations = { 'portcullis.dev/written': '{"empty":["volumes"]}', 'portcullis.dev/capture': 'None' };
  expect(pod('shop/o', { annotations, guarded: false }).marks).toEqual({ 'portcullis.dev/capture': 'None' });
});

it('has the ports that its sidecars take by their containers, shared with its like', () => {
  const annotations = { 'portcullis.dev/captured-ports': '8080,9090' };
  const [one, other] = [pod('shop/o-1', { annotations }), pod('shop/o-2')];
  expect(one.sidecars.ports).toEqual([8080]);
  expect(one.sidecars).toBe(other.sidecars);
});

it.each([
  [true, { name: 'istio-proxy', image: 'docker.io/istio/proxyv2' }],
  [true, { name: 'proxy', image: 'envoyproxy/envoy:v1.36' }],
  [true, { name: 'my-envoy' }],
  [false, { name: 'proxy', image: 'nginx' }],
  [false, { name: 'istio', image: 'app' }],
])('may have an Envoy of its own: %s for %j', (isSo, container) => {
  expect(pod('a/b', { spec: { containers: [{ name: 'app' }, container] } }).ownEnvoy).toBe(isSo);
  const spec = { initContainers: [{ ...container, restartPolicy: 'Always' }] };
  expect(pod('a/b', { spec }).ownEnvoy).toBe(isSo);
  expect(pod('a/b', { spec: { initContainers: [container] } }).ownEnvoy).toBe(false);
});

it('has no Envoy of its own by our sidecars', () => {
  expect(pod('a/b').ownEnvoy).toBe(false);
});
