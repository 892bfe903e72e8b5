/** What is asked of a collection, as a query string. Pure. */

export interface ListSelection {
  /** Absent = all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ListQuery extends ListSelection {
  /** Objects a page. Absent = all in one. */
  readonly limit?: number;
  /** From the page before. */
  readonly continue?: string;
  /**
   * Absent = as of now, at the least (a quorum read). "0" = whatever the API server has at hand, which may be old.
   * Another = not older than that.
   */
  readonly resourceVersion?: string;
}

export interface WatchQuery extends ListSelection {
  /** Where to go on from. */
  readonly resourceVersion: string;
  /** After which the API server ends it. */
  readonly timeoutSeconds: number;
}

export function listParameters(query: ListQuery): string {
  const version = query.resourceVersion;
  return parameters({
    ...selectors(query),
    limit: query.limit === undefined ? undefined : String(query.limit),
    continue: query.continue,
    // The token of a page says at which version it stands; both together are refused.
    ...(version !== undefined &&
      query.continue === undefined && {
        resourceVersion: version,
        resourceVersionMatch: 'NotOlderThan',
      }),
  });
}

export function watchParameters(query: WatchQuery): string {
  return parameters({
    ...selectors(query),
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: query.resourceVersion,
    timeoutSeconds: String(query.timeoutSeconds),
  });
}

/** With its question mark; empty where nothing is asked. */
export function parameters(members: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) if (value !== undefined) query.set(name, value);
  return query.size === 0 ? '' : `?${query}`;
}

function selectors({ labelSelector, fieldSelector }: ListSelection) {
  return { labelSelector, fieldSelector };
}
