/** Parts of an HTTP service that Envoy alone asks. */

import type { HttpServiceParts } from '../http/server.ts';
import { noProxies } from '../proxies.ts';

export const NO_PROXY: Pick<HttpServiceParts, 'mayTell' | 'enforcer'> = {
  mayTell: noProxies,
  enforcer: () => undefined,
};
