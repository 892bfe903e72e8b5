/** A whole collection, page by page, so that neither side ever holds all of it as text. */

import { setImmediate as turn } from 'node:timers/promises';
import type { ObjectList } from './client.ts';
import { type Outcome, ok } from './errors.ts';
import type { KubernetesObject } from './object.ts';
import type { ListQuery } from './query.ts';

export interface Whole<T> {
  readonly items: readonly T[];
  /** Where a watch goes on from. */
  readonly resourceVersion: string;
}

type Page = Pick<ListQuery, 'limit' | 'continue'>;

/** Objects that are read before others have a turn: of a guarded pod much is compared. */
const AT_ONCE = 25;

/** @param keep makes of each object what is held on to; undefined = nothing. */
export async function listAll<T>(
  list: (page: Page) => Promise<Outcome<ObjectList>>,
  pageSize: number,
  keep: (object: KubernetesObject) => T | undefined,
): Promise<Outcome<Whole<T>>> {
  const items: T[] = [];
  let resourceVersion: string | undefined;
  let page: Page = { limit: pageSize };
  for (;;) {
    const answer = await list(page);
    if (answer.kind === 'failed') {
      // The snapshot that the pages come from has been compacted away: all in one go cannot fail so.
      if (answer.error.kind === 'Gone' && page.limit !== undefined) {
        items.length = 0;
        resourceVersion = undefined;
        page = {};
        continue;
      }
      return answer;
    }
    for (const [index, object] of answer.value.items.entries()) {
      if (index > 0 && index % AT_ONCE === 0) await turn();
      const kept = keep(object);
      if (kept !== undefined) items.push(kept);
    }
    // All pages stand at the version of the first.
    resourceVersion ??= answer.value.resourceVersion;
    if (answer.value.continue === undefined) return ok({ items, resourceVersion });
    page = { ...(page.limit !== undefined && { limit: page.limit }), continue: answer.value.continue };
  }
}
