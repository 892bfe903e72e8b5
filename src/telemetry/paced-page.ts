/** The page of metrics at a pace: who asks for it over and over takes at most a fifth of the thread's time. */

import type { MetricsPage } from './prometheus.ts';

/** Of the thread's time, what making pages may take for long. */
const SHARE = 0.2;
/** Milliseconds of making pages that may come at once. */
export const PAGES_AT_ONCE = 200;

/** Who asks too often gets the page as it is being made, or was made last. `monotonic` in milliseconds. */
export function pacedPage({ contentType, render }: MetricsPage, monotonic: () => number): MetricsPage {
  let page: Promise<string> | undefined;
  let isUnderWay = false;
  /** Milliseconds that pages have taken, less what has been allowed since. */
  let taken = 0;
  let lastLook = monotonic();
  const isTooMuch = (): boolean => {
    const now = monotonic();
    taken = Math.max(0, taken - SHARE * (now - lastLook));
    lastLook = now;
    return taken >= PAGES_AT_ONCE;
  };
  const make = async (): Promise<string> => {
    const start = monotonic();
    isUnderWay = true;
    try {
      return await render();
    } finally {
      isUnderWay = false;
      taken += monotonic() - start;
    }
  };
  return {
    contentType,
    render() {
      if (page === undefined || !(isUnderWay || isTooMuch())) page = make();
      return page;
    },
  };
}
