import { expect, it } from 'vitest';
import { readRoute } from './routes.ts';
import { createSharing } from './sharing.ts';
import { raw } from './testing/objects.ts';

const sharing = createSharing();

it('counts copies of requests as requests, and what is foreign once, up to a bound', () => {
  const mirror = (name: string, namespace: string) => ({
    type: 'RequestMirror',
    requestMirror: { backendRef: { name, namespace, port: 80 } },
  });
  const rule = (n: number) => ({
    filters: [mirror('copy', 'c'), { requestMirror: null }],
    backendRefs: [{ name: 'api', port: 80, filters: [mirror(`copy-${n}`, 'a')] }],
  });
  const route = readRoute('HTTPRoute', raw('a/b', { spec: { rules: [rule(1), rule(2)] } }), sharing);
  expect(route?.backends.map(({ service }) => service)).toEqual(['a/api', 'a/copy-1', 'c/copy', 'a/copy-2']);
  expect(route?.foreign).toEqual(['Service c/copy']);
  const many = Array.from({ length: 300 }, (_, n) => ({ name: `x-${n}`, kind: 'Bucket' }));
  const wide = readRoute('HTTPRoute', raw('a/b', { spec: { rules: [{ backendRefs: many }] } }), sharing);
  expect(wide?.foreign.length).toBe(64);
});
