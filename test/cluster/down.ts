/** Takes away a cluster, or what one left behind that ended in some other way. */
import { rm, rmdir } from 'node:fs/promises';
import { removeControlGroups } from './control-groups.ts';
import { destroyNamespaces, findNamespaces } from './namespaces.ts';
import { removeCable } from './network.ts';
import { COVERED, FOLDER } from './place.ts';

export async function takeDown(): Promise<void> {
  // Processes and mounts go with the namespaces.
  const holder = await findNamespaces();
  if (holder !== undefined) await destroyNamespaces(holder);
  await removeCable();
  await removeControlGroups();
  await rm(FOLDER, { recursive: true, force: true });
  // Made to be mounted over; whoever else uses one has something in it.
  for (const name of Object.keys(COVERED)) await rmdir(name).catch(() => {});
}
