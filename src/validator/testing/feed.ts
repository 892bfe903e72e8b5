/** A folder feed on a real folder, and everything that it says and does. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import type { PolicyUpdate } from '../../policy/policy.ts';
import { createFolderFeed, type FolderFeedOptions } from '../folder/feed.ts';

/** A folder of its own; `remove` ends what was started in it, too. */
export function feedFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-feed-'));
  const cleanUps: (() => unknown)[] = [];
  return {
    folder,
    cleanUps,
    write: (name: string, text: string) => writeFileSync(join(folder, name), text),
    setUp: (options: Partial<FolderFeedOptions> = {}) => {
      const watched = watchedFeed({ folder, allowInsecureHttp: true, fetchDenyCidrs: [], ...options });
      cleanUps.push(() => watched.feed.stop());
      return watched;
    },
    remove: async () => {
      for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function watchedFeed(options: FolderFeedOptions) {
  const updates: PolicyUpdate[] = [];
  const lines: string[] = [];
  const fetches: string[] = [];
  let wake = () => {};
  const hear = (list: string[]) => (line: string) => {
    list.push(line);
    wake();
  };
  const feed = createFolderFeed(options, {
    clock: systemClock,
    log: { info: hear(lines), warn: hear(lines), error: hear(lines), flush: async () => {} },
    environment: {},
    onFetch: (source, result) => hear(fetches)(`${source} ${result}`),
  });
  return {
    feed,
    updates,
    lines,
    fetches,
    start: () =>
      feed.start((update) => {
        if (update !== undefined) updates.push(update);
        wake();
      }),
    /** Looks whenever the feed has said or done something, until it is so. */
    until: async (isSo: () => boolean): Promise<void> => {
      while (!isSo()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    last: (): PolicyUpdate => {
      const update = updates.at(-1);
      if (update === undefined) throw new Error('no policy so far');
      return update;
    },
  };
}
