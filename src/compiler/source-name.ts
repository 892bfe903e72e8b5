/** How a source is named in policies. */

import type { AuthenticationSource } from '../resources/types.gen.ts';

export interface SourceName {
  /** namespace/name. */
  readonly id: string;
  /** namespace/name, too, where there is no API server. */
  readonly uid: string;
}

export function sourceName({ metadata: { namespace, name, uid } }: AuthenticationSource): SourceName {
  const id = `${namespace}/${name}`;
  return { id, uid: uid ?? id };
}
