/** Takes away a cluster, or what one left behind that ended in some other way. */
import { rm, rmdir } from 'node:fs/promises';
import { exists } from '../../tools/cache.ts';
import { removeControlGroups } from './control-groups.ts';
import { destroyNamespaces, findNamespaces, hasNeighbours } from './namespaces.ts';
import { removeCable } from './network.ts';
import { COVERED, FOLDER } from './place.ts';

export async function takeDown(): Promise<void> {
  const found = await exists(FOLDER);
  // Processes and mounts go with the namespaces.
  const holder = await findNamespaces();
  if (holder !== undefined) await destroyNamespaces(holder);
  await removeCable();
  await removeControlGroups();
  await rm(FOLDER, { recursive: true, force: true });
  // Made to be mounted over; another program that uses one has something in it. To remove one would end the mount
  // that another cluster has there.
  if (!found || (await hasNeighbours())) return;
  for (const name of Object.keys(COVERED)) await rmdir(name).catch(() => {});
}
