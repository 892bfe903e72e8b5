import { describe, expect, it, vi } from 'vitest';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { failed, ok } from '../../kubernetes/errors.ts';
import type { PodHttp } from '../../kubernetes/pod-http.ts';
import { readStreamEvent } from '../../report/decision-event.ts';
import { decisionEvent } from '../../report/testing/reports.ts';
import { traceValidators } from './cluster-trace.ts';

/** A validator whose stream the test writes. */
function stream() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const http: PodHttp = async ({ signal }) => {
    signal?.addEventListener('abort', () => void writer.close().catch(() => {}));
    return ok({ status: 200, headers: {}, body: readable });
  };
  return {
    http,
    tell: (path: string) =>
      void writer.write(Buffer.from(`event: decision\ndata: ${JSON.stringify(decisionEvent({ path }))}\n\n`)),
    end: () => void writer.close(),
  };
}

function follow(count: number, pods: Map<string, PodHttp>) {
  const clock = manualClock();
  const heard: string[] = [];
  const lost: string[] = [];
  const fleet = {
    find: async () => ({
      pods: [...pods.keys()],
      ofGateways: new Set<string>(),
      bindings: new Set<string>(),
      unread: ['cannot list pods: forbidden'],
    }),
    ask: ({ namespace, name }: { namespace: string; name: string }): PodHttp =>
      pods.get(`${namespace}/${name}`) ?? (async () => failed('NotFound', 'gone')),
  };
  const ended = traceValidators(
    fleet,
    '/decisions?binding=shop%2Forders',
    {
      heard({ name, data }, pod) {
        expect(pods.has(pod)).toBe(true);
        const event = readStreamEvent(name, JSON.parse(data));
        if (event.kind === 'decision') heard.push(event.decision.path);
        return heard.length < count;
      },
      lost: (text) => lost.push(text),
    },
    clock,
  );
  return { clock, heard, lost, ended };
}

describe('decisions of many validators', () => {
  it('come as each makes them, until there are enough', async () => {
    const [one, two] = [stream(), stream()];
    const { heard, lost, ended } = follow(
      3,
      new Map([
        ['shop/a', one.http],
        ['shop/b', two.http],
      ]),
    );
    one.tell('/1');
    await vi.waitFor(() => expect(heard).toEqual(['/1']));
    two.tell('/2');
    await vi.waitFor(() => expect(heard).toEqual(['/1', '/2']));
    one.tell('/3');
    expect(await ended).toBe('enough');
    // Said once, though it is looked for again and again.
    expect(lost).toEqual(['cannot list pods: forbidden']);
  });

  it('a validator that starts later is followed, one that ends is named', async () => {
    const [one, two] = [stream(), stream()];
    const pods = new Map([['shop/a', one.http]]);
    const { clock, heard, lost, ended } = follow(2, pods);
    one.tell('/1');
    await vi.waitFor(() => expect(heard).toEqual(['/1']));
    pods.delete('shop/a');
    pods.set('shop/b', two.http);
    one.end();
    await vi.waitFor(() => expect(lost).toContain('validator shop/a is not followed any more: it has ended'));
    clock.advance(10_000);
    two.tell('/2');
    expect(await ended).toBe('enough');
  });

  it.each<[string, PodHttp, string]>([
    [
      'that is away',
      async () => failed('Forbidden', 'pods/portforward is forbidden'),
      'pods/portforward is forbidden',
    ],
    [
      'that has four listeners',
      async () => ok({ status: 503, headers: {}, body: new ReadableStream() }),
      'it answers 503',
    ],
  ])('one %s is named, once, and where there is no other it ends', async (_, http, why) => {
    const { lost, ended } = follow(1, new Map([['shop/a', http]]));
    expect(await ended).toBe('nobody');
    expect(lost).toEqual(['cannot list pods: forbidden', `validator shop/a is not followed: ${why}`]);
  });

  it('one that says nothing any more is given up', async () => {
    const one = stream();
    const pods = new Map([['shop/a', one.http]]);
    const { clock, heard, lost, ended } = follow(9, pods);
    one.tell('/1');
    await vi.waitFor(() => expect(heard).toEqual(['/1']));
    pods.delete('shop/a');
    clock.advance(40_000);
    const why = 'validator shop/a is not followed any more: it has said nothing for 40 s';
    await vi.waitFor(() => expect(lost).toContain(why));
    clock.advance(10_000);
    expect(await ended).toBe('nobody');
  });
});
