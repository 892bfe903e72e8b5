import { describe, expect, it } from 'vitest';
import { failed } from '../../kubernetes/errors.ts';
import { bound, chooser, shop } from '../testing/injection.ts';

const route = (id: string, service: string) =>
  ['HTTPRoute', id, { rules: [{ backendRefs: [{ name: service }] }] }] as const;
const onRoute = bound('shop/orders', { targetRefs: [{ kind: 'HTTPRoute', name: 'r' }] });

async function read(world: ReturnType<typeof shop>) {
  const answer = await world.reading('shop');
  if (answer.kind === 'failed') throw new Error(`${answer.error.kind}: ${answer.error.message}`);
  return answer.value;
}

describe('what is read', () => {
  it('is the namespace and its bindings alone, where there are none', async () => {
    const world = shop();
    expect(await read(world)).toEqual({
      namespace: { labels: { c: 'd' }, annotations: { a: 'b' } },
      bindings: [],
      services: [],
    });
    expect(world.api.calls).toEqual(['list apibindings']);
  });

  it('is what the bindings target, each kind once', async () => {
    const both = [chooser('shop/orders'), chooser('shop/stock'), bound('shop/orders'), bound('shop/stock')];
    const world = shop(both);
    const { bindings } = await read(world);
    expect(bindings.map(({ id, missing }) => [id, missing])).toEqual([
      ['shop/orders', []],
      ['shop/stock', []],
    ]);
    expect(world.api.calls).toEqual(['list apibindings', 'list services']);
  });

  it('is nothing where pods are chosen by their labels', async () => {
    const world = shop([bound('shop/orders', { podSelector: { matchLabels: { a: 'b' } } })]);
    expect((await read(world)).bindings).toHaveLength(1);
    expect(world.api.calls).toEqual(['list apibindings']);
  });

  it('is a route, and the Services behind it', async () => {
    const world = shop([onRoute, route('shop/r', 'orders'), chooser('shop/orders')]);
    world.api.install('HTTPRoute');
    const [binding] = (await read(world)).bindings;
    expect(binding).toMatchObject({
      missing: [],
      resolution: { selections: [{ target: 'Service shop/orders' }] },
    });
    expect(world.api.calls).toEqual(['list apibindings', 'list httproutes', 'list services']);
  });
});

describe('what is missing', () => {
  const missing = async (...parts: Parameters<typeof shop>) =>
    (await read(shop(...parts))).bindings.map((binding) => binding.missing);

  it('is a target', async () => {
    expect(await missing([bound('shop/orders')])).toEqual([[{ kind: 'Service', id: 'shop/orders' }]]);
  });

  it('is a route of an API that is not installed', async () => {
    expect(await missing([onRoute])).toEqual([[{ kind: 'HTTPRoute', id: 'shop/r' }]]);
  });

  it('is a Service behind a route that is there', async () => {
    const world = shop([onRoute, route('shop/r', 'orders')]);
    world.api.install('HTTPRoute');
    expect((await read(world)).bindings[0]?.missing).toEqual([{ kind: 'Service', id: 'shop/orders' }]);
  });
});

describe('an answer that does not come', () => {
  it.each(['ApiBinding', 'Service'] as const)('fails the reading: %s', async (kind) => {
    const world = shop([bound('shop/orders')]);
    world.api.forbid(kind, true);
    expect(await world.reading('shop')).toMatchObject({ kind: 'failed', error: { kind: 'Forbidden' } });
  });

  it('is asked for once more where a connection was dead', async () => {
    const world = shop();
    world.answers.push(failed('Unreachable', 'reset'));
    expect((await world.reading('shop')).kind).toBe('ok');
    world.answers.push(failed('Unreachable', 'reset'), failed('Unreachable', 'refused'));
    expect(await world.reading('shop')).toMatchObject({ error: { message: 'refused' } });
  });

  it('fails it where the namespace cannot be read', async () => {
    const world = shop();
    world.answers.push(failed('Timeout', 'late'));
    expect(await world.reading('shop')).toMatchObject({ kind: 'failed', error: { kind: 'Timeout' } });
  });
});
