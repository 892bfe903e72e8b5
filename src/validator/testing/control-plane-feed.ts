/** A control-plane feed at a clock that does not move, whose transport is answered by a test. */

import type { Clock } from '../../base/clock.ts';
import { type ManualClock, manualClock } from '../../base/testing/manual-clock.ts';
import type { PolicyUpdate } from '../../policy/policy.ts';
import { createConnection } from '../control-plane/connection.ts';
import { type Disk, systemDisk } from '../control-plane/disk.ts';
import { createControlPlaneFeed } from '../control-plane/feed.ts';
import type { HeldPolicy } from '../control-plane/held.ts';
import { createStateStore, type StateStore } from '../control-plane/state-store.ts';
import type { Stored } from '../control-plane/stored.ts';
import type { Heard } from '../hearing.ts';
import type { WouldDenyNews } from '../would-deny.ts';
import { type ScriptedTransport, scriptedTransport, settle } from './transport.ts';

const NOTHING_HEARD: Heard = { wasAsked: false, tellsRoutes: undefined };
const NOTHING_DENIED: WouldDenyNews = { next: () => undefined, answered: () => {} };

export interface SetUp {
  readonly clock?: ManualClock;
  readonly transport?: ScriptedTransport;
  readonly random?: () => number;
  readonly gateway?: string;
  readonly heard?: Heard;
  readonly maxStale?: number;
  readonly wouldDeny?: WouldDenyNews;
  /** What is on disk. */
  readonly stored?: Stored;
  /** Called for each update, before it counts. */
  readonly onUpdate?: (update: PolicyUpdate | undefined) => void | Promise<void>;
}

export function controlPlaneFeed(options: SetUp = {}) {
  const clock = options.clock ?? manualClock();
  const transport = options.transport ?? scriptedTransport();
  const lines: string[] = [];
  const updates: (PolicyUpdate | undefined)[] = [];
  const saved: { readonly held: HeldPolicy; readonly confirmedAt: number }[] = [];
  const hear = (line: string) => void lines.push(line);
  const store: StateStore = {
    load: async () => options.stored,
    save: (held, confirmedAt) => void saved.push({ held, confirmedAt }),
  };
  const feed = createControlPlaneFeed(
    { gateway: options.gateway, maxStale: options.maxStale ?? 86_400 },
    {
      clock,
      transport,
      store,
      heard: () => options.heard ?? NOTHING_HEARD,
      wouldDeny: options.wouldDeny ?? NOTHING_DENIED,
      random: options.random ?? (() => 0.5),
      log: { info: hear, warn: hear, error: hear, flush: async () => {} },
    },
  );
  const start = async () => {
    await feed.start(async (update) => {
      await options.onUpdate?.(update);
      updates.push(update);
    });
    await settle();
  };
  return {
    feed,
    clock,
    transport,
    lines,
    updates,
    saved,
    start,
    /** The last question is answered; whatever follows at once has happened afterwards. */
    answer: async (...reply: Parameters<ScriptedTransport['last']['answer']>) => {
      transport.last.answer(...reply);
      await settle();
    },
    fail: async (topic?: string) => {
      transport.last.fail(topic);
      await settle();
    },
    pass: async (milliseconds: number) => {
      clock.advance(milliseconds);
      await settle();
    },
    /** The header fields of the last question that say what is known. */
    told: () => {
      const { 'if-none-match': version, 'portcullis-rejected': rejected } = transport.last.question.headers;
      return { version, rejected };
    },
    inForce: () => updates.at(-1)?.policy.version,
  };
}

/** A feed whose first question has been answered. */
export async function followingFeed(
  reply: Parameters<ScriptedTransport['last']['answer']>,
  options?: SetUp,
): Promise<ReturnType<typeof controlPlaneFeed>> {
  const setUp = controlPlaneFeed(options);
  await setUp.start();
  await setUp.answer(...reply);
  return setUp;
}

export interface WatchedOptions {
  readonly url: URL;
  readonly tokenFile: string;
  readonly caFile: string;
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly maxStale: number;
  readonly disk?: Disk;
}

/** A feed over the real network and disk, and all that it says and does. */
export function watchedFeed(options: WatchedOptions) {
  const { url, tokenFile, caFile, stateFolder, clock, maxStale } = options;
  const lines: string[] = [];
  const updates: PolicyUpdate[] = [];
  const hear = (line: string) => void lines.push(line);
  const log = { info: hear, warn: hear, error: hear, flush: async () => {} };
  const { disk, idle } = watchedDisk(options.disk ?? systemDisk);
  const feed = createControlPlaneFeed(
    { gateway: undefined, maxStale },
    {
      clock,
      log,
      random: () => 0.1,
      heard: () => NOTHING_HEARD,
      wouldDeny: NOTHING_DENIED,
      transport: createConnection({ url, tokenFile, caFile, clock }),
      store: createStateStore({
        clock,
        log,
        folder: stateFolder,
        disk,
        origin: { url: url.href, gateway: '' },
      }),
    },
  );
  const last = () => ({ version: updates.at(-1)?.policy.version });
  return {
    lines,
    updates,
    last,
    refreshKeys: feed.refreshKeys,
    /** Resolves when nothing is read or written any more, so that the folder can be removed. */
    stop: async () => {
      feed.stop();
      await idle();
    },
    start: () => feed.start((update) => void (update !== undefined && updates.push(update))),
    /** Looks again and again, while the network and the disk do their work. */
    until: async (isSo: (last: { readonly version: string | undefined }) => boolean): Promise<void> => {
      while (!isSo(last())) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
}

/** The disk, and when nothing is under way on it. */
function watchedDisk({ read, replace }: Disk): { readonly disk: Disk; readonly idle: () => Promise<void> } {
  const underWay = new Set<Promise<unknown>>();
  const watch = <Result>(work: Promise<Result>): Promise<Result> => {
    const ended = work.finally(() => underWay.delete(ended));
    underWay.add(ended);
    return ended;
  };
  return {
    disk: {
      read: (file) => watch(read(file)),
      replace: (file, text) => watch(replace(file, text)),
    },
    idle: async () => {
      while (underWay.size > 0) {
        await Promise.allSettled(underWay);
        // What waited for its end may begin something else now.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}
