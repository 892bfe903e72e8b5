/** Answers hooks to the kubelet alone: it shows the pod's key, which is in the pod's spec; other pods do not have it. */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Page, textPage } from '../../process/pages.ts';
import { HOOK_HEADER } from '../../sidecar/settings.ts';

/** @param key undefined = every caller is answered. */
export function forKubelet(key: string | undefined, page: () => Promise<Page>) {
  if (key === undefined) return page;
  const wanted = digest(key);
  return async (headers: IncomingHttpHeaders): Promise<Page> => {
    const shown = headers[HOOK_HEADER];
    return typeof shown === 'string' && timingSafeEqual(digest(shown), wanted)
      ? await page()
      : textPage(403, 'only for the kubelet, which shows the key of this pod');
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
