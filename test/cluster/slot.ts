/** Which of the machine's clusters is that of this checkout: each checkout has its own, with numbers of their own. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** How many clusters one machine can have: each has a network 10.200.<number>.0/24. */
export const SLOTS = 100;

/** In the folder of a cluster: whom it belongs to. */
export const OWNER = 'checkout';

/** The folder of the cluster with this number, below the folder for temporary files. */
export const slotFolder = (temporary: string, slot: number): string =>
  path.join(temporary, `portcullis-cluster-${slot}`);

/** Whose cluster it is: the path of the checkout, and which of its clusters where it is not the first. */
export const ownerName = (checkout: string, nth: number): string =>
  nth === 0 ? checkout : `${checkout} ${nth}`;

/**
 * The number of the cluster that `checkout` has as its `nth`, else the first free one. The search begins at a place
 * that depends on both, so that two that start at the same time do not take the same.
 */
export function slotOf(checkout: string, temporary: string, nth = 0): number {
  const first = createHash('sha256').update(checkout).digest().readUInt32BE() + nth;
  const slots = Array.from({ length: SLOTS }, (_, i) => (first + i) % SLOTS);
  const owner = ownerName(checkout, nth);
  const own = slots.find((slot) => ownerOf(slotFolder(temporary, slot)) === owner);
  return own ?? slots.find((slot) => !existsSync(slotFolder(temporary, slot))) ?? first % SLOTS;
}

/** Undefined where there is no cluster, or one whose owner cannot be read. */
function ownerOf(folder: string): string | undefined {
  try {
    return readFileSync(path.join(folder, OWNER), 'utf8');
  } catch {
    return undefined;
  }
}
