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
      ofGateways: new Map(),
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

/** A validator that says nothing after the head of its answer, and whether its connection is left. */
function silent(status: number) {
  let isLeft = false;
  const http: PodHttp = async ({ signal }) => {
    signal?.addEventListener('abort', () => {
      isLeft = true;
    });
    return ok({ status, headers: {}, body: new ReadableStream<Uint8Array>() });
  };
  return { http, isLeft: () => isLeft };
}

describe('a connection is left', () => {
  it('that a validator has refused, while others are followed', async () => {
    const [one, two] = [stream(), silent(503)];
    const { lost } = follow(
      1,
      new Map([
        ['shop/a', one.http],
        ['shop/b', two.http],
      ]),
    );
    await vi.waitFor(() => expect(lost).toContain('validator shop/b is not followed: it answers 503'));
    expect(two.isLeft()).toBe(true);
  });

  it('and the validator is asked again after a minute, and followed then', async () => {
    const [one, two, back] = [stream(), silent(503), stream()];
    const pods = new Map([
      ['shop/a', one.http],
      ['shop/b', two.http],
    ]);
    const { lost, heard, clock } = follow(9, pods);
    await vi.waitFor(() => expect(lost).toContain('validator shop/b is not followed: it answers 503'));
    pods.set('shop/b', back.http);
    back.tell('/back');
    await vi.waitFor(() => {
      clock.advance(10_000);
      expect(heard).toEqual(['/back']);
    });
    expect(lost.filter((text) => text.includes('shop/b'))).toHaveLength(1);
  });

  it('on which nothing was said for long', async () => {
    const [one, two] = [stream(), silent(200)];
    const { lost, clock } = follow(
      1,
      new Map([
        ['shop/a', one.http],
        ['shop/b', two.http],
      ]),
    );
    await vi.waitFor(() => expect(clock.due().filter((due) => due === 40_000)).toHaveLength(2));
    clock.advance(40_000);
    await vi.waitFor(() =>
      expect(lost).toContain('validator shop/b is not followed any more: it has said nothing for 40 s'),
    );
    expect(two.isLeft()).toBe(true);
  });
});

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
