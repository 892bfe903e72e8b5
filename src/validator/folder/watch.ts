/** Watches a folder: by the system's notifications, and by a look now and then where there are none. */

import { type FSWatcher, statSync, watch } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import { type FolderLook, look, lookSignature, type ManifestFile } from './files.ts';

export interface FolderFollowParts {
  readonly folder: string;
  readonly clock: Clock;
  /** Called after every look that saw a change; the next look waits for its promise. Must not throw. */
  readonly onChange: (seen: FolderLook) => void | Promise<void>;
}

/** Milliseconds between two looks that nothing has called for: some file systems report no changes. */
export const RESCAN_INTERVAL = 5000;
/** Milliseconds in which nothing may change before what is seen counts: files are written in pieces. */
export const QUIET = 60;
/** The same where a changed file looks like a piece of one: a rule cut short can let in more than the whole. */
export const UNFINISHED = 500;
/** A folder that never comes to rest is taken as it is after so many looks. */
const MAX_LOOKS = 20;

/** `first` is what has been seen already. Returns how to stop. */
export function followFolder(first: FolderLook, { folder, clock, onChange }: FolderFollowParts): () => void {
  let seen = first;
  let stopped = false;
  let looking = false;
  let again = false;
  let cancelTimer = () => {};
  const watcher = folderWatcher(folder, () => trigger());

  const known = (): ReadonlyMap<string, ManifestFile> =>
    new Map(seen.kind === 'files' ? seen.files.map((file) => [file.name, file]) : []);

  const quiet = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => clock.after(milliseconds, resolve));

  /** The first look that sees what the one before it saw. */
  const settled = async (): Promise<FolderLook> => {
    let last = await look(folder, known());
    for (let looks = 1; looks < MAX_LOOKS && lookSignature(last) !== lookSignature(seen); looks++) {
      await quiet(looksUnfinished(last, known()) ? UNFINISHED : QUIET);
      const next = await look(folder, known());
      if (lookSignature(next) === lookSignature(last)) return next;
      last = next;
    }
    return last;
  };

  const trigger = (): void => {
    again = true;
    if (!looking) void run();
  };

  const run = async (): Promise<void> => {
    looking = true;
    while (again && !stopped) {
      again = false;
      const next = await settled();
      if (stopped || lookSignature(next) === lookSignature(seen)) continue;
      seen = next;
      await onChange(next);
    }
    looking = false;
  };

  const rescan = (): void => {
    cancelTimer = clock.after(RESCAN_INTERVAL, rescan);
    watcher.renew();
    trigger();
  };

  watcher.renew();
  cancelTimer = clock.after(RESCAN_INTERVAL, rescan);
  // Finds what changed between the first look and the start of the notifications.
  trigger();
  return () => {
    stopped = true;
    cancelTimer();
    watcher.close();
  };
}

/** Text files end with a line's end; one that is cut short, or emptied to be written again, seldom does. */
function looksUnfinished(seen: FolderLook, before: ReadonlyMap<string, ManifestFile>): boolean {
  return (
    seen.kind === 'files' &&
    seen.files.some((file) => file !== before.get(file.name) && !file.text.endsWith('\n'))
  );
}

interface FolderWatcher {
  /** Watches the folder that has the name now, should it have been replaced. */
  renew(): void;
  close(): void;
}

function folderWatcher(folder: string, onEvent: () => void): FolderWatcher {
  let watcher: FSWatcher | undefined;
  let watched: string | undefined;
  const close = (): void => {
    watcher?.close();
    watcher = undefined;
    watched = undefined;
  };
  return {
    renew: () => {
      const current = folderIdentity(folder);
      if (current === watched) return;
      close();
      if (current === undefined) return;
      try {
        watcher = watch(folder, { persistent: false }, onEvent);
        watcher.on('error', close);
        watched = current;
      } catch {
        // No more watches to be had: the regular look goes on.
      }
    },
    close,
  };
}

/** A folder made anew often gets the old one's inode. Undefined: nothing to watch; the look says why. */
function folderIdentity(folder: string): string | undefined {
  try {
    const { dev, ino, birthtimeNs } = statSync(folder, { bigint: true });
    return [dev, ino, birthtimeNs].join('/');
  } catch {
    return undefined;
  }
}
