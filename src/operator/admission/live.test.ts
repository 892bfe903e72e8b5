import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { raw } from '../../cluster/testing/objects.ts';
import { type ErrorKind, failed, ok } from '../../kubernetes/errors.ts';
import { isKubernetesObject } from '../../kubernetes/object.ts';
import { objectPath } from '../../kubernetes/resource.ts';
import { createLive } from './live.ts';

/** An API server that has one object, or one failure. */
function asking(found: JsonObject | ErrorKind) {
  const asked: string[] = [];
  const live = createLive({
    async get(resource, name, options) {
      asked.push(`${objectPath(resource, name)} ${options?.timeoutMilliseconds}`);
      if (typeof found === 'string') return failed(found, 'x');
      return isKubernetesObject(found) ? ok(found) : failed('Unexpected', 'x');
    },
  });
  return { live, asked };
}

describe('what is asked of the API server', () => {
  it('is one object, for a second at most', async () => {
    const { live, asked } = asking('NotFound');
    await live.secret('shop', 's');
    await live.configMap('shop', 'c');
    await live.hasBinding('shop/b');
    await live.isTerminating('shop');
    expect(asked).toEqual([
      '/api/v1/namespaces/shop/secrets/s 1000',
      '/api/v1/namespaces/shop/configmaps/c 1000',
      '/apis/portcullis.dev/v1alpha1/namespaces/shop/apibindings/b 1000',
      '/api/v1/namespaces/shop 1000',
    ]);
  });

  it('comes back decoded', async () => {
    const found = await asking(raw('shop/s', { data: { k: 'aGk=' } })).live.secret('shop', 's');
    expect(found.kind === 'found' && Buffer.from(found.object.data.get('k') ?? '').toString()).toBe('hi');
  });

  it.each<[ErrorKind, string]>([
    ['NotFound', 'absent'],
    ['Forbidden', 'forbidden'],
    ['Timeout', 'unknown'],
    ['Unreachable', 'unknown'],
  ])('may fail: %s is %s', async (kind, expected) => {
    expect(await asking(kind).live.secret('shop', 's')).toEqual({ kind: expected });
    expect(await asking(kind).live.configMap('shop', 's')).toEqual({ kind: expected });
    expect(await asking(kind).live.hasBinding('shop/s')).toBe(kind === 'NotFound' ? false : undefined);
    expect(await asking(kind).live.isTerminating('shop')).toBe(kind === 'NotFound' ? true : undefined);
  });

  it('says of a namespace whether it goes', async () => {
    const phase = (value: string) =>
      asking(raw('shop', { status: { phase: value } })).live.isTerminating('shop');
    expect([await phase('Active'), await phase('Terminating')]).toEqual([false, true]);
    expect(await asking(raw('shop/b')).live.hasBinding('shop/b')).toBe(true);
  });
});
