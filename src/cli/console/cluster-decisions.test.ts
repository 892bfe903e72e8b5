import { describe, expect, it, vi } from 'vitest';
import { manualClock } from '../../base/testing/manual-clock.ts';
import { failed, ok } from '../../kubernetes/errors.ts';
import type { PodHttp } from '../../kubernetes/pod-http.ts';
import { EVENTS_PER_SECOND, MAX_LISTENERS } from '../../report/listeners.ts';
import type { LiveFilter } from '../../report/live.ts';
import { decisionEvent } from '../../report/testing/reports.ts';
import { createClusterDecisions } from './cluster-decisions.ts';

const ALL: LiveFilter = { binding: [], outcome: [], reason: [], rule: [], user: [] };

type Changes = Parameters<typeof decisionEvent>[0];
const eventOf = (changes: Changes): string =>
  `event: decision\ndata: ${JSON.stringify(decisionEvent(changes))}\n\n`;

/** A validator whose streams the test writes. */
function validator() {
  const writers = new Map<WritableStreamDefaultWriter<Uint8Array>, string>();
  const asked: string[] = [];
  const http: PodHttp = async ({ path, signal }) => {
    asked.push(path);
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    writers.set(writer, path);
    signal?.addEventListener('abort', () => {
      writers.delete(writer);
      void writer.close().catch(() => {});
    });
    return ok({ status: 200, headers: {}, body: readable });
  };
  const writeAt = (path: string | undefined, text: string): void => {
    for (const [writer, at] of writers)
      if (path === undefined || at === path) void writer.write(Buffer.from(text)).catch(() => {});
  };
  const write = (text: string): void => writeAt(undefined, text);
  return {
    http,
    asked,
    write,
    end: () => {
      for (const writer of writers.keys()) void writer.close().catch(() => {});
      writers.clear();
    },
    streams: () => writers.size,
    tell: (changes: Changes = {}) => write(eventOf(changes)),
    tellAt: (path: string, changes: Changes) => writeAt(path, eventOf(changes)),
  };
}

function setUp(pods: Readonly<Record<string, PodHttp>>) {
  const clock = manualClock();
  let asked = 0;
  const decisions = createClusterDecisions({
    find: async () => ({ pods: Object.keys(pods), ofGateways: new Map(), bindings: new Set(), unread: [] }),
    ask: ({ namespace, name }) => pods[`${namespace}/${name}`] ?? (async () => failed('NotFound', 'gone')),
    mayTell(pod, binding) {
      asked += 1;
      return binding?.split('/')[0] === pod.split('/')[0];
    },
    clock,
  });
  const listen = (filter: Partial<LiveFilter> = {}, isExplained = false) => {
    const texts: string[] = [];
    const state = { isReady: true };
    const stop = decisions.listen(
      { ...ALL, ...filter },
      { isReady: () => state.isReady, write: (text) => void texts.push(text), end: () => {} },
      isExplained,
    );
    const events = (name: string): readonly unknown[] =>
      texts
        .filter((text) => text.startsWith(`event: ${name}\n`))
        .map((text) => JSON.parse(text.slice(text.indexOf('data: ') + 6)));
    return { stop, state, texts, events };
  };
  return { clock, decisions, listen, asked: () => asked };
}

describe('decisions of a cluster', () => {
  it('come from all validators, and each is asked once for all listeners with one filter', async () => {
    const [one, two] = [validator(), validator()];
    const { decisions, listen } = setUp({ 'shop/a': one.http, 'shop/b': two.http });
    const listeners = [listen({ outcome: ['denied'] }), listen({ outcome: ['denied'] })];
    await vi.waitFor(() => expect([one.streams(), two.streams()]).toEqual([1, 1]));
    one.tell({ path: '/1' });
    two.tell({ path: '/2' });
    for (const { events } of listeners)
      await vi.waitFor(() => expect(events('decision')).toMatchObject([{ path: '/1' }, { path: '/2' }]));
    expect(one.asked).toEqual(['/decisions?outcome=denied']);
    listeners[0]?.stop?.();
    expect(one.streams()).toBe(1);
    listeners[1]?.stop?.();
    await vi.waitFor(() => expect([one.streams(), two.streams()]).toEqual([0, 0]));
    decisions.end();
  });

  it('come with their steps to who asks for them, and to nobody else', async () => {
    const one = validator();
    const { decisions, listen } = setUp({ 'shop/a': one.http });
    const [plain, explained] = [listen(), listen({}, true)];
    await vi.waitFor(() => expect(one.asked.toSorted()).toEqual(['/decisions?', '/decisions?explain=true']));
    const steps = [{ step: 'rule', finding: 'read' }];
    one.tellAt('/decisions?', {});
    one.tellAt('/decisions?explain=true', { steps });
    await vi.waitFor(() => expect(explained.events('decision')).toMatchObject([{ steps }]));
    await vi.waitFor(() => expect(plain.events('decision')).toHaveLength(1));
    expect(plain.events('decision')).toEqual([expect.not.objectContaining({ steps: expect.anything() })]);
    decisions.end();
  });

  it('are told to four at a time', async () => {
    const { decisions, listen } = setUp({ 'shop/a': validator().http });
    const all = Array.from({ length: MAX_LISTENERS }, () => listen());
    expect(listen().stop).toBeUndefined();
    all[0]?.stop?.();
    expect(listen().stop).toBeDefined();
    decisions.end();
  });

  it('are at most so many a second from all of them, and what is left out is counted, here and there', async () => {
    const [one, two] = [validator(), validator()];
    const { clock, decisions, listen } = setUp({ 'shop/a': one.http, 'shop/b': two.http });
    const { events } = listen();
    await vi.waitFor(() => expect([one.streams(), two.streams()]).toEqual([1, 1]));
    for (let i = 0; i < EVENTS_PER_SECOND; i++) {
      one.tell();
      two.tell();
    }
    two.write('event: left-out\ndata: {"overRate":7,"slowReader":2}\n\n');
    await vi.waitFor(() => expect(events('decision')).toHaveLength(EVENTS_PER_SECOND));
    await vi.waitFor(() => {
      clock.advance(1000);
      const left = events('left-out') as readonly { overRate: number; slowReader: number }[];
      expect(left.reduce((sum, { overRate }) => sum + overRate, 0)).toBe(EVENTS_PER_SECOND + 7);
      expect(left.reduce((sum, { slowReader }) => sum + slowReader, 0)).toBe(2);
    });
    decisions.end();
  });

  it('go on without a validator that is away, which is named, and again where nobody is there', async () => {
    const one = validator();
    const pods: Record<string, PodHttp> = {
      'shop/b': async () => failed('Unreachable', 'it\u001b[2J is gone'),
    };
    const { clock, decisions, listen } = setUp(pods);
    const { events, texts } = listen();
    await vi.waitFor(() => {
      clock.advance(1000);
      expect(events('missing').at(-1)).toEqual([
        expect.stringContaining('validator shop/b is not followed: it [2J is gone'),
        'no validator is followed just now',
      ]);
    });
    expect(texts.join('')).not.toContain('\u001b');
    pods['shop/a'] = one.http;
    await vi.waitFor(() => {
      clock.advance(10_000);
      expect(one.streams()).toBe(1);
    });
    one.tell({ path: '/after' });
    await vi.waitFor(() => expect(events('decision')).toMatchObject([{ path: '/after' }]));
    decisions.end();
  });
});

it('a validator that was lost is missing no more once it is followed again', async () => {
  const [one, two, back] = [validator(), validator(), validator()];
  const pods = { 'shop/a': one.http, 'shop/b': two.http };
  const { clock, decisions, listen } = setUp(pods);
  const { events } = listen();
  await vi.waitFor(() => expect([one.streams(), two.streams()]).toEqual([1, 1]));
  pods['shop/b'] = back.http;
  two.end();
  const gone = 'validator shop/b is not followed any more: it has ended';
  await vi.waitFor(() => {
    clock.advance(1000);
    expect(events('missing')).toContainEqual([gone]);
  });
  await vi.waitFor(() => {
    clock.advance(1000);
    expect(back.streams()).toBe(1);
    expect(events('missing').at(-1)).toEqual([]);
  });
  decisions.end();
});

describe('a validator that lies', () => {
  it('tells of no other namespace, nothing that is no decision, and nothing that is too long', async () => {
    const evil = validator();
    const { decisions, listen } = setUp({ 'evil/liar': evil.http });
    const { events, texts } = listen();
    await vi.waitFor(() => expect(evil.streams()).toBe(1));
    evil.tell({ binding: 'shop/orders' });
    evil.tell({ binding: null });
    evil.tell({ binding: 'evil/x', path: 'x'.repeat(140_000) });
    evil.write('event: decision\ndata: {"binding":"evil/x"}\n\n');
    evil.write('event: decision\ndata: <script>\n\n');
    evil.write('event: missing\ndata: ["all is well"]\n\n');
    evil.write('event: left-out\ndata: {"overRate":1e308,"slowReader":-1}\n\n');
    evil.tell({ binding: 'evil/x', user: '\n\nevent: decision\ndata: {}\n\n', path: '/mine' });
    await vi.waitFor(() => expect(events('decision')).toHaveLength(1));
    expect(events('decision')).toMatchObject([{ binding: 'evil/x', path: '/mine' }]);
    expect(events('missing')).toEqual([]);
    expect(texts.filter((text) => text.startsWith('event: '))).toHaveLength(1);
    decisions.end();
  });

  it('moves no terminal of who reads the stream without a page', async () => {
    const evil = validator();
    const { decisions, listen } = setUp({ 'evil/liar': evil.http });
    const { events, texts } = listen();
    await vi.waitFor(() => expect(evil.streams()).toBe(1));
    evil.tell({ binding: 'evil/x', user: 'a\u009b2J\u202eb' });
    await vi.waitFor(() => expect(events('decision')).toMatchObject([{ user: 'a 2J b' }]));
    expect(texts.join('')).not.toMatch(/[\u0080-\u009f\u202e]/);
    decisions.end();
  });

  it('tells no more than a validator could, and the rest is counted, and not read', async () => {
    const flood = validator();
    const { clock, decisions, listen, asked } = setUp({ 'evil/liar': flood.http });
    const { events } = listen();
    await vi.waitFor(() => expect(flood.streams()).toBe(1));
    // None of them is believed.
    for (let i = 0; i < 3 * EVENTS_PER_SECOND; i++) flood.tell({ binding: 'shop/orders' });
    await vi.waitFor(() => expect(asked()).toBe(2 * EVENTS_PER_SECOND + 8));
    clock.advance(1000);
    expect(events('left-out')).toEqual([{ overRate: EVENTS_PER_SECOND - 8, slowReader: 0 }]);
    expect(events('decision')).toEqual([]);
    decisions.end();
  });
});
