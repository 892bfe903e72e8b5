/** Bounds maps and sets whose keys others choose: keeps the newest entries. */

/** Removes the entries that were put in first until `most` are left. */
export function keepNewest<K>(entries: Map<K, unknown> | Set<K>, most: number): void {
  // An iterator over a map that has lost many entries is slow to begin.
  if (entries.size <= most) return;
  for (const oldest of entries.keys()) {
    entries.delete(oldest);
    if (entries.size <= most) return;
  }
}
