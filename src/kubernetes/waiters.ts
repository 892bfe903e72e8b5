/** Those who wait for the cache to know enough. */

import { isAtLeast } from './versions.ts';

export interface Waiters {
  /** True once the version is reached, false when it all ends before. */
  forVersion(resourceVersion: string): Promise<boolean>;
  reached(resourceVersion: string): void;
  /** The resourceVersions begin anew: what was waited for is of a history that is gone, and the list is all there is. */
  restarted(): void;
  /** True after a list that begins from now on, false when it all ends before. */
  forList(): Promise<boolean>;
  readonly listWanted: boolean;
  /** To be called when a list begins; the answer, when it was a good one. */
  beginList(): () => void;
  end(): void;
}

export function createWaiters(): Waiters {
  const versions = new Map<(reached: boolean) => void, string>();
  let lists = new Set<(done: boolean) => void>();
  let ended = false;

  const reached = (resourceVersion: string): void => {
    for (const [resolve, wanted] of versions) {
      if (!isAtLeast(resourceVersion, wanted)) continue;
      versions.delete(resolve);
      resolve(true);
    }
  };

  return {
    forVersion(resourceVersion) {
      if (ended) return Promise.resolve(false);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      versions.set(resolve, resourceVersion);
      return promise;
    },
    reached,
    restarted() {
      for (const resolve of versions.keys()) resolve(true);
      versions.clear();
    },
    forList() {
      if (ended) return Promise.resolve(false);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      lists.add(resolve);
      return promise;
    },
    get listWanted() {
      return lists.size > 0;
    },
    beginList() {
      const waiting = [...lists];
      return () => {
        for (const resolve of waiting) {
          lists.delete(resolve);
          resolve(true);
        }
      };
    },
    end() {
      ended = true;
      for (const resolve of [...versions.keys(), ...lists]) resolve(false);
      versions.clear();
      lists = new Set();
    },
  };
}
