/** In words for the log: how old the policy in force is, and what becomes of it while the control plane is away. Pure. */

import { formatDuration } from '../../base/durations.ts';

const REFUSES = 'every request gets policy_missing until the control plane answers';

/**
 * @param age since the control plane confirmed it; undefined = there is none. In seconds, as is the other.
 * @param maxStale for how long it serves.
 */
export function describeStanding(age: number | undefined, maxStale: number): string {
  if (age === undefined) return `none: ${REFUSES}`;
  const confirmed = `confirmed ${formatDuration(Math.floor(age))} ago`;
  return age > maxStale
    ? `${confirmed}, which is too long ago: ${REFUSES}`
    : `${confirmed}; it is used for another ${formatDuration(Math.floor(maxStale - age))}`;
}
