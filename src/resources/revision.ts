/** What tells one state of an object's spec from every other, of it or of another object of its name. */

import type { ObjectMeta } from './object.ts';

/** Undefined where no API server has counted them. */
export function revisionOf({ uid, generation }: Pick<ObjectMeta, 'uid' | 'generation'>): string | undefined {
  return uid === undefined || generation === undefined ? undefined : `${uid}/${generation}`;
}
