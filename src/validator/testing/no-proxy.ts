/** Parts of an HTTP service that Envoy alone asks. */

import type { HttpServiceParts } from '../http/server.ts';

export const NO_PROXY: Pick<HttpServiceParts, 'mayTell' | 'tokenHeaders'> = {
  mayTell: () => false,
  tokenHeaders: () => [],
};
