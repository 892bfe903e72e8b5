/** CORS headers of a denial, so that pages can read it. */

import type { PreparedBinding } from './binding.ts';
import type { HeaderPair } from './decision.ts';

/** Without these a browser hides the denial from the page, which then cannot tell 401 from a broken network. */
export function crossOriginHeaders(
  origin: string | undefined,
  binding: PreparedBinding | undefined,
): readonly HeaderPair[] {
  if (binding?.kind !== 'rules' || binding.judgement.cors.allowOrigins.length === 0) return [];
  if (origin === undefined || !binding.judgement.cors.allowOrigins.includes(origin))
    return [['vary', 'Origin']];
  return [
    ['access-control-allow-origin', origin],
    ['access-control-allow-credentials', 'true'],
    ['access-control-expose-headers', 'WWW-Authenticate, Retry-After'],
    ['vary', 'Origin'],
  ];
}
