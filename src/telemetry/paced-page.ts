/** The page of metrics at a pace: however many scrapers ask, making it takes at most a fifth of the thread's time. */

import type { MetricsPage } from './prometheus.ts';

/** How long a page is handed out again, in times that it took to be made. */
const REST = 4;

/** Who asks too soon gets the page as it is being made, or was made last. `monotonic` in milliseconds. */
export function pacedPage({ contentType, render }: MetricsPage, monotonic: () => number): MetricsPage {
  let page: Promise<string> | undefined;
  let restsUntil = Number.POSITIVE_INFINITY;
  const make = async (): Promise<string> => {
    const start = monotonic();
    try {
      return await render();
    } finally {
      const end = monotonic();
      restsUntil = end + REST * (end - start);
    }
  };
  return {
    contentType,
    render() {
      if (page === undefined || monotonic() >= restsUntil) {
        restsUntil = Number.POSITIVE_INFINITY;
        page = make();
      }
      return page;
    },
  };
}
