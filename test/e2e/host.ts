/** Programs of the node, which is this machine, for pods whose image has none of them: folders that they mount. */

import type { JsonObject } from '../../src/base/json.ts';
import { exists } from '../../tools/cache.ts';

/** What nearly every program of a Linux needs. */
export const SYSTEM = ['/usr', '/lib', '/lib64', '/bin'];

/** A folder that stands at the same place in the pod, or somewhere else. */
export type HostFolder = string | { readonly from: string; readonly to: string };

export interface HostMounts {
  readonly volumes: readonly JsonObject[];
  readonly volumeMounts: readonly JsonObject[];
}

/** Of those that are there; pods can write to none of them. */
export async function hostMounts(folders: readonly HostFolder[]): Promise<HostMounts> {
  const wanted = folders.map((folder) =>
    typeof folder === 'string' ? { from: folder, to: folder } : folder,
  );
  const found = await Promise.all(
    wanted.map(async (folder) => ((await exists(folder.from)) ? [folder] : [])),
  );
  const present = found.flat().map((folder, index) => ({ ...folder, name: `host-${index}` }));
  return {
    volumes: present.map(({ name, from }) => ({ name, hostPath: { path: from } })),
    volumeMounts: present.map(({ name, to }) => ({ name, mountPath: to, readOnly: true })),
  };
}
