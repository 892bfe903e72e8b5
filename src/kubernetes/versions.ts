/** Comparing resourceVersions, which the API server gives as whole numbers of any length. Pure. */

/** True where the cache at `seen` has all that happened up to `wanted`. Not for numbers: then only the same is. */
export function isAtLeast(seen: string, wanted: string): boolean {
  if (!isNumber(seen) || !isNumber(wanted)) return seen === wanted;
  return seen.length === wanted.length ? seen >= wanted : seen.length > wanted.length;
}

function isNumber(version: string): boolean {
  return /^[1-9]\d*$/.test(version);
}
