/** Which of the machine's clusters is that of this checkout: each checkout has one, with a number of its own. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** How many clusters one machine can have: each has a network 10.200.<number>.0/24. */
export const SLOTS = 100;

/** In the folder of a cluster: the path of the checkout that it belongs to. */
export const OWNER = 'checkout';

/** The folder of the cluster with this number, below the folder for temporary files. */
export const slotFolder = (temporary: string, slot: number): string =>
  path.join(temporary, `portcullis-cluster-${slot}`);

/**
 * The number of the cluster that `checkout` has, else the first free one. The search begins at a place that depends
 * on the checkout, so that two that start at the same time do not take the same.
 */
export function slotOf(checkout: string, temporary: string): number {
  const first = createHash('sha256').update(checkout).digest().readUInt32BE() % SLOTS;
  const slots = Array.from({ length: SLOTS }, (_, i) => (first + i) % SLOTS);
  const own = slots.find((slot) => ownerOf(slotFolder(temporary, slot)) === checkout);
  return own ?? slots.find((slot) => !existsSync(slotFolder(temporary, slot))) ?? first;
}

/** Undefined where there is no cluster, or one whose checkout cannot be read. */
function ownerOf(folder: string): string | undefined {
  try {
    return readFileSync(path.join(folder, OWNER), 'utf8');
  } catch {
    return undefined;
  }
}
